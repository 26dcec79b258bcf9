import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { sleep } from './sleep'

it('waits as long as it is told, and leaves nothing behind', async () => {
  const clock = createFakeClock()
  const { signal } = new AbortController()
  let awake = false
  const sleeping = sleep(100, { clock, signal }).then(() => (awake = true))
  await clock.advance(99)
  expect(awake).toBe(false)
  await clock.advance(1)
  await sleeping
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

it('wakes with the reason of an abort, and clears its timer', async () => {
  const clock = createFakeClock()
  const controller = new AbortController()
  const sleeping = sleep(100, { clock, signal: controller.signal })
  controller.abort('up')
  await expect(sleeping).rejects.toBe('up')
  expect(clock.pending).toBe(0)
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  await expect(sleep(100, { clock, signal: controller.signal })).rejects.toBe('up')
  expect(clock.pending).toBe(0)
})
