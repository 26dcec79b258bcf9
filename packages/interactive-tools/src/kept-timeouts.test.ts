import {
  type AgentRuntime,
  createMemoryKeyValue,
  type RunContext,
  type StoredTask,
  type SubmitInput,
} from '@pf-agents/agent-core'
import { createFakeClock, createSeededRandom } from '@pf-agents/agent-core/testing'
import { expect, it } from 'vitest'
import { KeptTimeouts, type KeptTimeoutsOptions } from './kept-timeouts'

const context = (taskId: string): RunContext => ({ tenant: '', principal: { id: 'p' }, task: { id: taskId } }) as never

function setUp(
  more: Partial<KeptTimeoutsOptions> = {},
  submit: (input: SubmitInput) => Promise<unknown> = async () => undefined,
) {
  const submitted: SubmitInput[] = []
  const logs: string[] = []
  const runtime = {
    task: async (): Promise<StoredTask> =>
      ({
        facts: { principal: { id: 'p', scopes: ['s'] }, interrupts: [{ id: 'i1', toolCallId: 'c1', status: 'open' }] },
      }) as never,
    submit(input: SubmitInput) {
      submitted.push(input)
      return { outcome: submit(input) }
    },
  } as unknown as AgentRuntime
  const store = createMemoryKeyValue()
  const clock = createFakeClock()
  const timeouts = new KeptTimeouts({
    store,
    clock,
    random: createSeededRandom(),
    agents: [{ tenant: '', agent: {} as never, runtime }],
    log: (_, message) => logs.push(message),
    ...more,
  })
  const watch = (toolCallId = 'c1', ms = 1_000, taskId = 't') =>
    timeouts.watch(context(taskId), { toolCallId, at: clock.now() + ms, payload: 'x' })
  return { timeouts, store, clock, submitted, logs, watch }
}

it('answers the very question, for the principal of the task', async () => {
  const test = setUp()
  await test.watch()
  await test.clock.advance(1_000)
  expect(test.submitted).toMatchObject([
    {
      principal: { id: 'p', scopes: ['s'] },
      message: { taskId: 't', parts: [] },
      answers: [{ interruptId: 'i1', status: 'resolved', payload: 'x' }],
    },
  ])
})

it('answers no other question of the task', async () => {
  const test = setUp()
  await test.watch('c2')
  await test.clock.advance(1_000)
  expect([test.submitted, test.store.keys('').length]).toEqual([[], 0])
})

it('waits on where a timer could not be set for so long', async () => {
  const clock = createFakeClock()
  const test = setUp({ clock: { now: clock.now, after: (ms, callback) => clock.after(Math.min(ms, 400), callback) } })
  await test.timeouts.watch(context('t'), { toolCallId: 'c1', at: clock.now() + 1_000, payload: 'x' })
  await clock.advance(999)
  expect(test.submitted).toEqual([])
  await clock.advance(1)
  expect(test.submitted).toHaveLength(1)
})

it('watches no more questions than it may', async () => {
  const test = setUp({ maxWatched: 2 })
  expect([await test.watch('c1'), await test.watch('c2'), await test.watch('c3')]).toEqual([true, true, false])
  await test.timeouts.settle(context('t'), 'c2')
  expect(await test.watch('c3')).toBe(true)
  expect(test.timeouts.watched).toBe(2)
})

it('does not watch what it can not keep', async () => {
  const test = setUp({ store: { ...createMemoryKeyValue(), set: () => Promise.reject(new Error('full')) } })
  expect([await test.watch(), test.clock.pending]).toEqual([false, 0])
  expect(test.logs).toEqual(['A question expires instead of taking its default.'])
})

it('tries again, a few times, where the answer is not taken', async () => {
  const test = setUp({}, () => Promise.reject(new Error('busy')))
  await test.watch()
  await test.clock.run()
  expect([test.submitted.length, test.logs.length]).toEqual([5, 5])
  expect(test.clock.pending).toBe(0)
})

it('tells apart what was answered here from what somebody answered', async () => {
  const test = setUp()
  await test.watch()
  expect(await test.timeouts.settle(context('t'), 'c1')).toBe(false)
  await test.watch()
  await test.clock.advance(1_000)
  expect(await test.timeouts.settle(context('t'), 'c1')).toBe(true)
  expect(await test.timeouts.settle(context('t'), 'c1')).toBe(false)
  expect(await test.timeouts.settle(context('other'), 'c1')).toBe(false)
})
