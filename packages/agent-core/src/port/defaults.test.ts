import { afterEach, expect, it, vi } from 'vitest'
import { systemClock } from './clock'
import { consoleLogger } from './console-logger'
import { systemRandom } from './random'

afterEach(() => void vi.restoreAllMocks())

it('the console logger writes one JSON line, and never throws', () => {
  const lines: unknown[] = []
  vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(line))
  const circle: Record<string, unknown> = {}
  circle.self = circle
  consoleLogger.log('info', 'hello', { runId: 'r' })
  consoleLogger.log('debug', 'not told')
  consoleLogger.log('error', 'odd', { circle, big: 1n })
  expect(lines).toEqual([
    '{"level":"info","message":"hello","runId":"r"}',
    '{"level":"error","message":"odd","circle":"[object Object]","big":"1"}',
  ])
})

it("the host's clock calls back once, or not at all where it is told so", async () => {
  const before = Date.now()
  expect(systemClock.now()).toBeGreaterThanOrEqual(before)
  let canceled = false
  const cancel = systemClock.after(1, () => (canceled = true))
  cancel()
  // Longer than a timer can hold: not at once.
  let early = false
  const cancelLong = systemClock.after(2 ** 40, () => (early = true))
  await new Promise<void>((resolve) => systemClock.after(20, resolve))
  cancelLong()
  expect([canceled, early]).toEqual([false, false])
})

it("the host's randomness gives UUIDs and fractions", () => {
  expect(systemRandom.id()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const fractions = Array.from({ length: 100 }, () => systemRandom.fraction())
  expect(fractions.every((one) => one >= 0 && one < 1)).toBe(true)
  expect(new Set(fractions).size).toBeGreaterThan(90)
})
