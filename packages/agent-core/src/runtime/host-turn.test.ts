import { expect, it } from 'vitest'
import { harness } from '../../test/harness'
import { systemClock } from '../port/clock'

it('a handler that never waits can be canceled all the same', async () => {
  let count = 0
  const test = harness({
    async *onMessage(_message, { signal }) {
      while (!signal.aborted) {
        count++
        yield { type: 'step-start', name: 'again' }
        // What a host without a turn would come to.
        if (count > 100_000) return
      }
    },
  })
  const submission = test.submit('go', {}, { asTask: true })
  test.clock.after(0, () => submission.cancel())
  const { task } = await test.clock.until(submission.outcome)
  expect(task?.task.status.state).toBe('canceled')
  expect(count).toBeLessThan(2_000)
})

it.each([true, false])(
  "after no time is after the host's turn, whether it knows of immediates (%s) or not",
  async (knows) => {
    const { setImmediate, clearImmediate } = globalThis
    if (!knows) {
      // @ts-expect-error: as in a component
      delete globalThis.setImmediate
      // @ts-expect-error: as in a component
      delete globalThis.clearImmediate
    }
    try {
      let called = 0
      systemClock.after(0, () => called++)()
      await new Promise<void>((resolve) => void systemClock.after(0, resolve))
      await new Promise<void>((resolve) => void systemClock.after(2, resolve))
      expect(called).toBe(0)
    } finally {
      Object.assign(globalThis, { setImmediate, clearImmediate })
    }
  },
)
