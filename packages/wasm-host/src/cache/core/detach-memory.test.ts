import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { describe, expect, test } from 'vitest'
import { wasm } from '../../wasm-engine'
import { DETACHED, type DetachedCore, detachMemory, growsMemory } from './detach-memory'
import { withMemoryMaximum } from './memory-maximum'

const source = (extra = '') => `(module
  (import "host" "note" (func $note (param i32)))
  (memory (export "memory") 2)
  (global $counter (mut i32) (i32.const 7))
  (func (export "size") (result i32) memory.size)
  (func (export "grow") (param i32) (result i32) local.get 0 memory.grow)
  (func (export "peek") (param i32) (result i32) local.get 0 i32.load8_u)
  (func (export "mixed") (param i32) (result i32)
    (block $out (loop $again (br_if $out (i32.gt_u (memory.size) (local.get 0))) (drop (memory.grow (i32.const 1))) (br $again)))
    (call $note (memory.size))
    (i32.add (memory.size) (global.get $counter)))
  (data (i32.const 10) "abc")
  (data (i32.const 131070) "\\ff\\fe")
  ${extra})`

interface Guest {
  size(): number
  grow(pages: number): number
  peek(address: number): number
  mixed(pages: number): number
}
type Cell = { value: number }

function start(core: DetachedCore, maximum: number, memory = new wasm.Memory({ initial: 2, maximum: 65_536 })) {
  new Uint8Array(memory.buffer).set(core.image)
  const notes: number[] = []
  const { exports } = new wasm.Instance(new wasm.Module(core.module), {
    host: { note: (value: number) => notes.push(value) },
    [DETACHED.module]: { [DETACHED.memory]: memory },
  })
  ;(exports[DETACHED.maximum] as Cell).value = maximum
  return {
    guest: exports as unknown as Guest,
    full: () => (exports[DETACHED.full] as Cell).value,
    pages: () => (exports[DETACHED.pages] as Cell).value,
    memory,
    notes,
  }
}

const detached = async (extra?: string): Promise<DetachedCore> => {
  const core = detachMemory(await parse(source(extra)))
  if (!core) throw new Error('not detached')
  return core
}

describe('detachMemory', () => {
  test('the data segments become the image', async () => {
    const { image, initialPages } = await detached()
    expect(initialPages).toBe(2)
    expect([...image.subarray(9, 14)]).toEqual([0, 97, 98, 99, 0])
    expect([...image.subarray(131069)]).toEqual([0, 0xff, 0xfe])
  })

  test('growing answers as it did before, up to the maximum, which is noted', async () => {
    const { guest, full, memory } = start(await detached(), 5)
    expect([guest.size(), guest.grow(0), guest.grow(2), guest.size()]).toEqual([2, 2, 2, 4])
    expect(full()).toBe(0)
    expect([guest.grow(2), guest.size(), full()]).toEqual([-1, 4, 1])
    expect([guest.grow(1), guest.size()]).toEqual([4, 5])
    expect([guest.grow(-1), guest.size()]).toEqual([-1, 5])
    expect(memory.buffer.byteLength).toBe(5 * 65_536)
  })

  test('a memory that is larger already is not seen to be, and not grown in vain', async () => {
    const memory = new wasm.Memory({ initial: 2, maximum: 65_536 })
    memory.grow(10)
    const { guest, pages } = start(await detached(), 5, memory)
    expect([guest.size(), guest.grow(3), guest.size(), guest.grow(1)]).toEqual([2, 2, 5, -1])
    expect(pages()).toBe(5)
    expect(memory.buffer.byteLength).toBe(12 * 65_536)
  })

  test('code around the replaced instructions runs as before', async () => {
    const { guest, notes } = start(await detached(), 100)
    expect(guest.mixed(5)).toBe(6 + 7)
    expect(notes).toEqual([6])
    expect(guest.peek(11)).toBe(98)
  })

  test.each([
    ['a start function', '(func $start) (start $start)'],
    [
      'a segment copied later',
      '(func (export "copy") (memory.init 2 (i32.const 0) (i32.const 0) (i32.const 1))) (data "later")',
    ],
  ])('a module with %s is left alone', async (_, extra) => {
    expect(detachMemory(await parse(source(extra)))).toBeUndefined()
  })

  test('a module that grows a memory it imports is noticed', async () => {
    expect(
      growsMemory(await parse('(module (import "a" "b" (memory 1)) (func (drop (memory.grow (i32.const 1)))))')),
    ).toBe(true)
    expect(growsMemory(await parse('(module (import "a" "b" (memory 1)) (func (drop (memory.size))))'))).toBe(false)
  })
})

describe('withMemoryMaximum', () => {
  test('caps what a module may grow to', async () => {
    const module = withMemoryMaximum(await parse(source()), 1)
    const { exports } = new wasm.Instance(new wasm.Module(module), { host: { note: () => {} } })
    const guest = exports as unknown as Guest
    expect([guest.grow(14), guest.grow(1), guest.size()]).toEqual([2, -1, 16])
  })

  test('keeps a lower maximum of its own, and refuses a module that starts larger', async () => {
    const small = withMemoryMaximum(
      await parse(
        '(module (memory (export "memory") 1 3) (func (export "grow") (param i32) (result i32) local.get 0 memory.grow))',
      ),
      64,
    )
    const guest = new wasm.Instance(new wasm.Module(small), {}).exports as unknown as Guest
    expect([guest.grow(2), guest.grow(1)]).toEqual([1, -1])
    await expect(parse('(module (memory 32))').then((module) => withMemoryMaximum(module, 1))).rejects.toThrow(
      'raise memoryMb',
    )
  })
})
