import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { expect, test } from 'vitest'
import { wasm } from '../../wasm-engine'
import { GLOBAL_PREFIX, revealState } from './reveal-state'

type Cell = { value: number | bigint }

test('every mutable global a module defines can be read and set, the others stay its own', async () => {
  const revealed = revealState(
    await parse(`(module
      (import "host" "f" (func)) (import "host" "base" (global i32))
      (global $a (mut i32) (i32.const -7)) (global $fixed i32 (i32.const 3)) (global $b (mut i64) (i64.const 9))
      (table 1 funcref) (elem (i32.const 0) $bump)
      (func $bump (export "bump") (result i64) (global.set $a (i32.add (global.get $a) (global.get $fixed)))
        (global.set $b (i64.add (global.get $b) (i64.extend_i32_s (global.get $a)))) (global.get $b)))`),
  )
  if (!revealed) throw new Error('not revealed')
  const { exports } = new wasm.Instance(new wasm.Module(revealed), { host: { f: () => {}, base: 1 } })
  const cells = Object.entries(exports).filter(([name]) => name.startsWith(GLOBAL_PREFIX)) as [string, Cell][]
  expect(cells.map(([, { value }]) => value)).toEqual([-7, 9n])
  const bump = exports['bump'] as () => bigint
  expect([bump(), bump()]).toEqual([5n, 4n])
  for (const [, cell] of cells) cell.value = typeof cell.value === 'bigint' ? 9n : -7
  expect(bump()).toBe(5n)
})

test('a module without exports gets some', async () => {
  const revealed = revealState(await parse('(module (global (mut i32) (i32.const 5)) (func))'))
  const { exports } = new wasm.Instance(new wasm.Module(revealed as Uint8Array), {})
  expect(Object.values(exports).map((cell) => (cell as Cell).value)).toEqual([5])
})

test.each([
  ['sets a table entry', '(table 1 funcref) (func (table.set (i32.const 0) (ref.null func)))'],
  ['grows a table', '(table 1 funcref) (func (drop (table.grow (ref.null func) (i32.const 1))))'],
  ['fills a table', '(table 1 funcref) (func (table.fill (i32.const 0) (ref.null func) (i32.const 1)))'],
  ['copies a table', '(table 1 funcref) (func (table.copy (i32.const 0) (i32.const 0) (i32.const 1)))'],
  ['drops a segment', '(func $f) (table 1 funcref) (elem $e func $f) (func (elem.drop $e))'],
  [
    'copies a segment later',
    '(memory 1) (data $d "a") (func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)))',
  ],
  ['has a global that is a number with a point', '(global (mut f64) (f64.const 1))'],
  ['has a global that is a reference', '(global (mut funcref) (ref.null func))'],
  ['runs at its start', '(func $f) (start $f)'],
])('a module that %s is not used again', async (_, text) => {
  expect(revealState(await parse(`(module ${text})`))).toBeUndefined()
})
