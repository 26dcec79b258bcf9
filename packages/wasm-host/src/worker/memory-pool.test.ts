import { readFile } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import { buildGuest, testCache } from '../../test/build-guest'
import { testGuest } from '../../test/test-guest'
import { compileModules, type DetachedMemory } from '../cache/compile-modules'
import { loadComponent } from '../cache/component-cache'
import type { WasmMemory } from '../wasm-engine'
import { MemoryPool } from './memory-pool'

let detached: DetachedMemory
beforeAll(async () => {
  const compiled = await compileModules(
    await loadComponent(new Uint8Array(await readFile(await buildGuest(testGuest))), testCache),
    64,
  )
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
