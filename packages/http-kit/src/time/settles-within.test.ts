import { createFakeClock } from '@pf-agents/agent-core/testing'
import { expect, it } from 'vitest'
import { settlesWithin } from './settles-within'

it.each<[string, () => Promise<unknown>]>([
  ['is kept', () => Promise.resolve(1)],
  ['is broken', () => Promise.reject(new Error('no'))],
])('tells of a promise that %s in time, and leaves no timer', async (_what, make) => {
  const clock = createFakeClock()
  expect(await settlesWithin(make(), 100, clock)).toBe(true)
  expect(clock.pending).toBe(0)
})

it('waits for no longer than it is told, and hears what comes later', async () => {
  const clock = createFakeClock()
  let fail = (_error: Error): void => {}
  const promise = new Promise((_resolve, reject) => (fail = reject))
  const waited = settlesWithin(promise, 100, clock)
  await clock.advance(99)
  expect(clock.pending).toBe(1)
  await clock.advance(1)
  expect(await waited).toBe(false)
  expect(await settlesWithin(promise, 0, clock)).toBe(false)
  expect(await settlesWithin(promise, -5, clock)).toBe(false)
  expect(clock.pending).toBe(0)
  // Unheard, this would fail the run.
  fail(new Error('late'))
  await Promise.resolve()
})
