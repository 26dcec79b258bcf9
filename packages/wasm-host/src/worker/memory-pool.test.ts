import { readFile } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import { buildGuest, testCache } from '../../test/build-guest'
import { testGuest } from '../../test/test-guest'
import { compileModules, type CompiledComponent, type DetachedMemory } from '../cache/compile-modules'
import { loadComponent } from '../cache/component-cache'
import { PAGE } from '../cache/core/binary'
import { DETACHED } from '../cache/core/detach-memory'
import { wasm, type WasmInstance, type WasmMemory } from '../wasm-engine'
import { MemoryPool } from './memory-pool'

let compiled: CompiledComponent
let detached: DetachedMemory
beforeAll(async () => {
  compiled = await compileModules(await loadComponent(new Uint8Array(await readFile(await buildGuest(testGuest))), testCache), 64)
  detached = compiled.memory as DetachedMemory
}, 120_000)

const holds = (memory: WasmMemory) => Buffer.from(memory.buffer)
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('a memory used again is what a new one is, whatever was written and however it grew', async () => {
  const pool = new MemoryPool(detached, 2)
  const fresh = Buffer.from(holds(pool.take()))
  const memory = pool.take()
  memory.grow(40)
  new Uint8Array(memory.buffer).fill(0xaa)
  pool.give(memory)
  await turn()
  expect(pool.spare).toBe(1)
  expect(pool.take()).toBe(memory)
  const again = holds(memory)
  expect(again.subarray(0, fresh.byteLength).equals(fresh)).toBe(true)
  expect(again.subarray(fresh.byteLength).every((byte) => byte === 0)).toBe(true)
  pool.close()
})

test('a memory that grew large is not kept', async () => {
  const pool = new MemoryPool(detached, 2)
  const memory = pool.take()
  memory.grow(400)
  pool.give(memory)
  await turn()
  expect(pool.spare).toBe(0)
  pool.close()
})

/** The core module alone, its imports never called. */
function instantiate(memory: WasmMemory): WasmInstance {
  const module = compiled.modules[detached.core] as WebAssembly.Module
  const imports: Record<string, Record<string, unknown>> = {}
  for (const entry of (globalThis as unknown as { WebAssembly: { Module: { imports(of: unknown): { module: string; name: string }[] } } }).WebAssembly.Module.imports(module)) {
    ;(imports[entry.module] ??= {})[entry.name] = () => {}
  }
  return new wasm.Instance(module, { ...imports, [DETACHED.module]: { [DETACHED.memory]: memory } })
}
type Cell = { value: number }

test('an instance on a grown memory sees the size a new one has, and its limit is exact', () => {
  const pool = new MemoryPool(detached, 2)
  const memory = pool.take()
  memory.grow(40)
  const { exports } = instantiate(memory)
  const pages = exports[DETACHED.pages] as Cell
  const full = exports[DETACHED.full] as Cell
  expect(pages.value).toBe(detached.initialPages)
  ;(exports[DETACHED.maximum] as Cell).value = detached.initialPages + 20
  // The guest's own allocator asks for more than the limit in one piece, then for something that fits.
  const allocate = exports['cabi_realloc'] as (old: number, oldSize: number, align: number, size: number) => number
  expect(allocate(0, 0, 1, 21 * PAGE)).toBe(0)
  expect(full.value).toBe(1)
  expect(pages.value).toBe(detached.initialPages)
  expect(allocate(0, 0, 1, 10 * PAGE)).not.toBe(0)
  expect(pages.value).toBeGreaterThan(detached.initialPages)
  expect(pages.value).toBeLessThanOrEqual(detached.initialPages + 20)
  pool.close()
})
