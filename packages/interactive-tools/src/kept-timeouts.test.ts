import {
  type AgentRuntime,
  createMemoryKeyValue,
  type RunContext,
  type StoredTask,
  type SubmitInput,
  type TaskState,
} from '@pf-agents/agent-core'
import { createFakeClock, createSeededRandom } from '@pf-agents/agent-core/testing'
import { expect, it } from 'vitest'
import { KeptTimeouts, type KeptTimeoutsOptions } from './kept-timeouts'

const context = (taskId: string): RunContext =>
  ({ tenant: '', principal: { id: 'p' }, task: { id: taskId }, deadline: Number.MAX_SAFE_INTEGER }) as never

function setUp(
  more: Partial<KeptTimeoutsOptions> = {},
  submit: (input: SubmitInput) => Promise<unknown> = async () => ({}),
) {
  const state = {
    value: 'input-required' as TaskState | undefined,
    interrupts: [{ id: 'i1', toolCallId: 'c1', status: 'open' }] as object[],
  }
  const submitted: SubmitInput[] = []
  const logs: string[] = []
  const runtime = {
    task: async (): Promise<StoredTask | undefined> =>
      state.value &&
      ({
        task: { status: { state: state.value } },
        facts: { principal: { id: 'p', scopes: ['s'] }, interrupts: state.interrupts },
      } as never),
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
    timeouts.watch(context(taskId), { toolCallId, timeoutMs: ms, payload: 'x' })
  return { state, timeouts, store, clock, submitted, logs, watch }
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

it('counts the time from when the question is asked, whatever the run does before', async () => {
  const test = setUp()
  // The task is not stored yet, then it is and works, then it asks.
  Object.assign(test.state, { value: undefined, interrupts: [] })
  await test.watch()
  await test.clock.advance(1_500)
  test.state.value = 'working'
  await test.clock.advance(1_700)
  const defaultAt = new Date(test.clock.now() + 1_000).toISOString()
  Object.assign(test.state, {
    value: 'input-required',
    interrupts: [{ id: 'i1', toolCallId: 'c1', status: 'open', defaultAt }],
  })
  await test.clock.advance(999)
  expect(test.submitted).toEqual([])
  await test.clock.advance(1)
  expect(test.submitted).toMatchObject([{ answers: [{ interruptId: 'i1', payload: 'x' }] }])
  expect(test.clock.pending).toBe(0)
})

it('forgets a question that no run will ask any more', async () => {
  const test = setUp()
  const end = test.clock.now() + 2_500
  Object.assign(test.state, { value: undefined })
  await test.timeouts.watch({ ...context('t'), deadline: end }, { toolCallId: 'c1', timeoutMs: 1_000, payload: 'x' })
  await test.clock.advance(2_000)
  expect([test.clock.pending, test.store.keys('').length]).toEqual([1, 1])
  await test.clock.advance(1_000)
  expect([test.clock.pending, test.store.keys('').length]).toEqual([0, 0])
})

it('gives the default again where the run could not go on with it, and asks anew', async () => {
  let rounds = 0
  const test = setUp({}, async () => (++rounds < 3 ? { task: { facts: { interrupts: test.state.interrupts } } } : {}))
  await test.watch()
  await test.clock.run()
  expect([test.submitted.length, test.logs.length, test.clock.pending]).toEqual([3, 2, 0])
})

it('waits on where a timer could not be set for so long', async () => {
  const clock = createFakeClock()
  const test = setUp({ clock: { now: clock.now, after: (ms, callback) => clock.after(Math.min(ms, 400), callback) } })
  await test.timeouts.watch(context('t'), { toolCallId: 'c1', timeoutMs: 1_000, payload: 'x' })
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
