import { readFile } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import { buildGuest, testCache } from '../../test/build-guest'
import { testGuest } from '../../test/test-guest'
import { compileModules } from '../cache/compile-modules'
import { loadComponent } from '../cache/component-cache'
import { GLOBAL_PREFIX } from '../cache/core/reveal-state'
import { wasm, type WasmMemory } from '../wasm-engine'
import type { GuestShell } from './guest-shell'
import { shellFactory } from './shell-factory'

let shell: () => GuestShell
beforeAll(async () => {
  const component = new Uint8Array(await readFile(await buildGuest(testGuest)))
  shell = shellFactory(await compileModules(await loadComponent(component, testCache), 64), 'threads')
}, 120_000)

type Cell = { value: number | bigint }
const exportsOf = ({ instance }: GuestShell) => instance.core.flatMap(({ exports }) => Object.entries(exports))
const globalsOf = (of: GuestShell) =>
  exportsOf(of).filter(([, value]) => value instanceof wasm.Global) as [string, Cell][]
const memoryOf = (of: GuestShell) => exportsOf(of).find(([name]) => name === 'memory')?.[1] as WasmMemory

test('a shell used again is what a new one is, whatever its guest changed', () => {
  const fresh = shell()
  const used = shell()
  expect(used.reusable).toBe(true)
  const globals = globalsOf(used)
  expect(globals.filter(([name]) => name.startsWith(GLOBAL_PREFIX)).length).toBeGreaterThan(3)

  const memory = memoryOf(used)
  memory.grow(40)
  new Uint8Array(memory.buffer).fill(0xaa)
  for (const [, global] of globals) global.value = typeof global.value === 'bigint' ? 77n : 77
  used.instance.handles.add('some#thing', {})
  used.instance.mayLeave = false
  used.restore()

  expect(globalsOf(used)).toHaveLength(globals.length)
  expect(globals.map(([name, { value }]) => [name, value])).toEqual(
    globalsOf(fresh).map(([name, { value }]) => [name, value]),
  )
  const first = Buffer.from(memoryOf(fresh).buffer)
  const now = Buffer.from(memory.buffer)
  expect(now.subarray(0, first.byteLength).equals(first)).toBe(true)
  expect(now.subarray(first.byteLength).every((byte) => byte === 0)).toBe(true)
  expect(() => used.instance.handles.get('some#thing', 1)).toThrow('handle 1 is no some#thing')
  expect(used.instance.mayLeave).toBe(true)
  expect(used.memoryBytes).toBe(fresh.memoryBytes)
})

test('every global of every core module can be put back', async () => {
  const { modules } = await compileModules(
    await loadComponent(new Uint8Array(await readFile(await buildGuest(testGuest))), testCache),
    64,
  )
  // What an engine lists as exported globals that are mutable is what the shell puts back; a hidden one would be missed.
  const revealed = modules.flatMap((module) => wasm.Module.exports(module)).filter(({ kind }) => kind === 'global')
  expect(globalsOf(shell())).toHaveLength(revealed.length)
})

test('a guest’s answers are the same in a shell used again as in a new one', () => {
  const used = shell()
  const describeAgent = () => used.instance.exports['pf:agent/discovery']?.['configureAgent']?.()
  const quiet = {
    'wasi:clocks/monotonic-clock': { now: () => 0n },
    'wasi:clocks/wall-clock': { now: () => ({ seconds: 0n, nanoseconds: 0 }) },
  }
  const answers: unknown[] = []
  const memories: Buffer[] = []
  for (let turn = 0; turn < 3; turn++) {
    used.instance.begin(quiet)
    answers.push(describeAgent())
    memories.push(Buffer.from(memoryOf(used).buffer))
    used.restore()
  }
  expect(answers).toEqual(Array(3).fill('{"name":"test-guest"}'))
  expect(memories[1]?.equals(memories[0] as Buffer)).toBe(true)
  expect(memories[2]?.equals(memories[0] as Buffer)).toBe(true)
})

test('one that grew large is not kept', () => {
  const used = shell()
  memoryOf(used).grow(400)
  expect(used.reusable).toBe(false)
})
