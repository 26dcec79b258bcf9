import { readFile } from 'node:fs/promises'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { buildGuest, testCache } from '../../test/build-guest'
import { testGuest } from '../../test/test-guest'
import { compileModules } from '../cache/compile-modules'
import { loadComponent } from '../cache/component-cache'
import type { GuestShell } from './guest-shell'
import { InstancePool } from './instance-pool'
import { RunQueue } from './run-queue'
import { shellFactory } from './shell-factory'

let factory: () => GuestShell
let made = 0
let pool: InstancePool
beforeAll(async () => {
  const component = new Uint8Array(await readFile(await buildGuest(testGuest)))
  factory = shellFactory(await compileModules(await loadComponent(component, testCache), 64), 'threads')
}, 120_000)
beforeEach(() => {
  vi.useFakeTimers()
  made = 0
  const shell = () => {
    made++
    return factory()
  }
  pool = new InstancePool({ shell, importsFor: () => ({}), queue: new RunQueue() }, 2)
})
afterEach(() => {
  pool.close()
  vi.useRealTimers()
})

test('an instance that ended well leaves its shell to the next, one that did not is replaced in idle time', () => {
  pool.fill()
  const [first, second] = [pool.take(), pool.take()]
  expect([made, pool.size]).toEqual([2, 0])
  first.end(true)
  expect(pool.size).toBe(0)
  vi.advanceTimersByTime(1)
  expect([made, pool.size]).toEqual([2, 1])
  second.end(false)
  vi.advanceTimersByTime(100)
  expect([made, pool.size]).toEqual([3, 2])
})

test('spares of a busy time go slowly, and those that are used again stay', () => {
  pool.fill()
  for (const instance of Array.from({ length: 10 }, () => pool.take())) instance.end(true)
  vi.advanceTimersByTime(1)
  expect([made, pool.size]).toEqual([10, 10])
  const held = pool.heldBytes
  vi.advanceTimersByTime(5_000)
  expect(pool.size).toBe(10)
  vi.advanceTimersByTime(5_000)
  expect(pool.size).toBe(6)
  expect(pool.heldBytes).toBe(held * 0.6)
  // Five at once, from time to time: those stay.
  for (let turn = 0; turn < 8; turn++) {
    for (const instance of Array.from({ length: 5 }, () => pool.take())) instance.end(true)
    vi.advanceTimersByTime(4_000)
  }
  expect([made, pool.size]).toEqual([10, 5])
  vi.advanceTimersByTime(60_000)
  expect(pool.size).toBe(2)
})
