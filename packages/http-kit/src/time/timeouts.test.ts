import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { watchTimeouts } from './timeouts'

const phaseOf = (signal: AbortSignal) => (signal.reason as { code: string; details: { phase: string } }).details.phase

it('aborts where no headers come', async () => {
  const clock = createFakeClock()
  const watch = watchTimeouts({ headersMs: 50, totalMs: 500 }, { clock })
  await clock.advance(49)
  expect(watch.signal.aborted).toBe(false)
  await clock.advance(1)
  expect(watch.signal.reason).toMatchObject({ code: 'PF_HTTP_TIMEOUT', details: { phase: 'headers', ms: 50 } })
  expect(clock.pending).toBe(0)
})

it('aborts after silence, however long the body was alive before', async () => {
  const clock = createFakeClock()
  const watch = watchTimeouts({ headersMs: 50, idleMs: 100 }, { clock })
  watch.headers()
  for (let chunk = 0; chunk < 20; chunk++) {
    await clock.advance(90)
    watch.activity()
    expect(clock.pending).toBe(1)
  }
  await clock.advance(99)
  expect(watch.signal.aborted).toBe(false)
  await clock.advance(1)
  expect(phaseOf(watch.signal)).toBe('idle')
})

it('aborts at the end of the total, activity or not', async () => {
  const clock = createFakeClock()
  const watch = watchTimeouts({ idleMs: 100, totalMs: 250 }, { clock })
  watch.headers()
  for (let chunk = 0; chunk < 5; chunk++) {
    await clock.advance(50)
    watch.activity()
  }
  expect(phaseOf(watch.signal)).toBe('total')
})

it("aborts with the caller's reason, before and after", () => {
  const clock = createFakeClock()
  const controller = new AbortController()
  const watch = watchTimeouts({ totalMs: 100 }, { signal: controller.signal, clock })
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
  controller.abort('user')
  expect(watch.signal.reason).toBe('user')
  expect(clock.pending).toBe(0)
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  expect(watchTimeouts({ totalMs: 100 }, { signal: controller.signal, clock }).signal.reason).toBe('user')
  expect(clock.pending).toBe(0)
})

it('leaves nothing behind once it is disposed of', async () => {
  const clock = createFakeClock()
  const { signal } = new AbortController()
  const watch = watchTimeouts({ headersMs: 1, idleMs: 2, totalMs: 3 }, { signal, clock })
  watch.headers()
  watch.dispose()
  expect(clock.pending).toBe(0)
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  await clock.advance(10)
  expect(watch.signal.aborted).toBe(false)
})

it('ends a peer that sends but says nothing that counts', async () => {
  const clock = createFakeClock()
  const silent = watchTimeouts({ firstMs: 100, idleMs: 40 }, { clock })
  silent.headers()
  for (let at = 0; at < 5; at++) {
    await clock.advance(30)
    silent.activity()
  }
  expect(silent.signal.reason).toMatchObject({ code: 'PF_HTTP_TIMEOUT', details: { phase: 'first', ms: 100 } })
  const talking = watchTimeouts({ firstMs: 100 }, { clock })
  talking.headers()
  talking.first()
  await clock.run()
  expect(talking.signal.aborted).toBe(false)
  talking.dispose()
  expect(clock.pending).toBe(0)
})

it('has one timer, whichever limits run, and each of them ends it in its time', async () => {
  for (const [limits, phase, ms] of [
    [{ headersMs: 30, firstMs: 120, idleMs: 60, totalMs: 500 }, 'idle', 60],
    [{ headersMs: 30, firstMs: 40, idleMs: 60 }, 'first', 40],
    [{ headersMs: 200, firstMs: 20 }, 'first', 20],
  ] as const) {
    const clock = createFakeClock()
    const watch = watchTimeouts(limits, { clock })
    await clock.advance(10)
    watch.headers()
    expect(clock.pending).toBe(1)
    await clock.advance(ms - 1)
    expect([watch.signal.aborted, watch.stop.aborted]).toEqual([false, false])
    await clock.advance(1)
    expect([phaseOf(watch.signal), watch.stop.reason]).toEqual([phase, watch.signal.reason])
    expect(clock.pending).toBe(0)
  }
})

it.each([-3_600_000, 3_600_000])('goes by what has passed where the clock is set (%s ms)', async (step) => {
  const clock = createFakeClock()
  let shift = 0
  const set = { now: () => clock.now() + shift, elapsed: clock.now, after: clock.after }
  const watch = watchTimeouts({ headersMs: 50, idleMs: 30, totalMs: 90 }, { clock: set })
  shift = step
  await clock.advance(40)
  watch.headers()
  await clock.advance(29)
  watch.activity()
  shift = 0
  await clock.advance(20)
  expect(watch.signal.aborted).toBe(false)
  watch.activity()
  await clock.advance(1)
  expect(phaseOf(watch.signal)).toBe('total')
})
