import { expect, it } from 'vitest'
import { PfError } from '../error/pf-error'
import { createFakeClock } from '../testing/fake-clock'
import { RunAbort } from './abort'

const canceled = new PfError('PF_RUN_CANCELED')

it('a race passes values and errors on, and keeps nothing of those that are over', async () => {
  const abort = new RunAbort(createFakeClock())
  for (let index = 0; index < 100; index++) {
    expect(await abort.race(Promise.resolve(index))).toBe(index)
    await expect(abort.race(Promise.reject(new Error(`${index}`)))).rejects.toThrow(`${index}`)
  }
  expect(abort.waits).toBe(0)
  const waiting = [abort.race(new Promise(() => {})), abort.race(new Promise(() => {}))]
  expect(abort.waits).toBe(2)
  abort.abort(canceled)
  for (const one of waiting) await expect(one).rejects.toBe(canceled)
  expect(abort.waits).toBe(0)
})

it('a race that comes too late is lost at once, and what it waited for may fail unheard', async () => {
  const unhandled: unknown[] = []
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', onUnhandled)
  const abort = new RunAbort(createFakeClock())
  abort.abort(canceled)
  await expect(abort.race(Promise.reject(new Error('late')))).rejects.toBe(canceled)
  await new Promise((resolve) => setTimeout(resolve, 5))
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toEqual([])
})

it('has one reason, told to whoever asks before or after', () => {
  const abort = new RunAbort(createFakeClock())
  const { signal } = abort
  expect([signal.aborted, abort.reason]).toEqual([false, undefined])
  abort.abort(canceled)
  abort.abort(new PfError('PF_RUN_TIMEOUT'))
  expect([signal.aborted, signal.reason, abort.reason]).toEqual([true, canceled, canceled])
  const late = new RunAbort(createFakeClock())
  late.abort(canceled)
  expect(late.signal.reason).toBe(canceled)
})

it('rings at its time and not before, however early the timer does', async () => {
  const clock = createFakeClock()
  // A timer that rings a little early, as real ones do.
  const abort = new RunAbort({ now: clock.now, after: (ms, callback) => clock.after(ms * 0.9, callback) })
  abort.at(clock.now() + 1_000, () => new PfError('PF_RUN_TIMEOUT'))
  abort.at(clock.now() + 1, () => new PfError('PF_RUN_TIMEOUT'))
  await clock.advance(950)
  expect(abort.reason).toBeUndefined()
  await clock.advance(51)
  expect(abort.reason).toMatchObject({ code: 'PF_RUN_TIMEOUT' })
  expect(clock.pending).toBe(0)
})
