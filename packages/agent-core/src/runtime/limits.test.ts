import { describe, expect, it } from 'vitest'
import { deferred, failureCode, harness, statusText } from '../../test/harness'
import type { PfError } from '../error/pf-error'
import type { Usage } from '../event/usage'
import type { StoredTask } from '../port/run-store'
import { reply } from '../reply/reply'
import { createFakeClock } from '../testing/fake-clock'
import { Budget } from './budget'
import type { RunContext } from './run-context'

const forever = () => new Promise<never>(() => {})

describe('the deadline', () => {
  it.each<[string, Parameters<typeof harness>[0], object, object, number]>([
    ["the runtime's", {}, { deadlineMs: 3_000 }, {}, 3_000],
    ["the agent's before the runtime's", { deadlineMs: 5_000 }, { deadlineMs: 3_000 }, {}, 5_000],
    ["the caller's, where it is sooner", { deadlineMs: 5_000 }, {}, { deadline: 1_700_000_000_000 + 2_000 }, 2_000],
    ["not the caller's, where it is later", { deadlineMs: 5_000 }, {}, { deadline: 1_700_000_000_000 + 9_000 }, 5_000],
    ['ten minutes where nobody says', {}, {}, {}, 600_000],
  ])('is %s, and ends a handler that ignores its signal', async (_, agent, runtime, input, ms) => {
    let context: RunContext | undefined
    const test = harness(
      {
        ...agent,
        onMessage: (_message, ctx) => {
          context = ctx
          return forever()
        },
      },
      { runtime },
    )
    const run = test.submit('x', {}, input)
    expect(context?.deadline).toBe(test.clock.now() + ms)
    await test.clock.advance(ms - 1)
    expect(test.runtime.activeRuns).toBe(1)
    await test.clock.advance(1)
    const task = (await run.outcome).task as StoredTask
    expect([task.task.status.state, failureCode(task)]).toEqual(['failed', 'PF_RUN_TIMEOUT'])
    expect(context?.signal.reason).toMatchObject({ code: 'PF_RUN_TIMEOUT' })
    expect([test.runtime.activeRuns, test.clock.pending]).toEqual([0, 0])
  })

  it('may be farther than a timer reaches', async () => {
    const test = harness({ onMessage: forever, deadlineMs: 40 * 86_400_000 })
    const run = test.submit()
    await test.clock.advance(39 * 86_400_000)
    expect(test.runtime.activeRuns).toBe(1)
    await test.clock.advance(86_400_000)
    expect(failureCode((await run.outcome).task as StoredTask)).toBe('PF_RUN_TIMEOUT')
  })

  it('that has passed already does not let the handler begin', async () => {
    let called = false
    const test = harness({
      onMessage: () => {
        called = true
      },
    })
    const { task } = await test.sendTask('x', {}, { deadline: test.clock.now() })
    expect([task.status.state, called]).toEqual(['failed', false])
  })

  it('leaves no timer behind a run that is done in time', async () => {
    const test = harness({ onMessage: async () => 'done' })
    await test.submit().outcome
    expect(test.clock.pending).toBe(0)
    expect(test.clock.started).toBe(1)
  })
})

describe('the budget', () => {
  const spending = (usage: Usage, swallow = false) => ({
    async onMessage(_message: unknown, context: RunContext) {
      for (let turn = 0; turn < 100; turn++) {
        try {
          context.emit({ type: 'usage', usage })
        } catch (error) {
          if (!swallow) throw error
        }
        await null
      }
      return 'never'
    },
  })

  it.each<[string, object, Usage, object]>([
    ['turns', { turns: 3 }, { turns: 1 }, { limit: 'turns', allowed: 3, used: 4 }],
    ['toolCalls', { toolCalls: 5 }, { toolCalls: 2 }, { limit: 'toolCalls', allowed: 5, used: 6 }],
    [
      'tokens, in and out',
      { tokens: 100 },
      { inputTokens: 20, outputTokens: 10 },
      { limit: 'tokens', allowed: 100, used: 120 },
    ],
    ['money', { costUsd: 0.5 }, { costUsd: 0.25 }, { limit: 'costUsd', allowed: 0.5, used: 0.75 }],
  ])('of %s is hard, even where the handler goes on', async (_, budget, usage, details) => {
    for (const swallow of [false, true]) {
      let reason: unknown
      const agent = spending(usage, swallow)
      const test = harness({
        budget,
        onMessage: (message, context) => {
          context.signal.addEventListener('abort', () => {
            reason = context.signal.reason
          })
          return agent.onMessage(message, context)
        },
      })
      const task = await test.sendTask()
      expect(failureCode(task)).toBe('PF_BUDGET_EXCEEDED')
      expect(statusText(task)).toContain('budget')
      expect(reason).toMatchObject({ code: 'PF_BUDGET_EXCEEDED', details })
    }
  })

  it('of wall clock ends the run, and says that it was the budget', async () => {
    const test = harness({ onMessage: forever, budget: { wallMs: 2_000 }, deadlineMs: 5_000 })
    const task = await test.sendTask()
    expect(test.clock.now()).toBe(1_700_000_000_000 + 2_000)
    expect([failureCode(task), statusText(task)]).toEqual([
      'PF_BUDGET_EXCEEDED',
      'The run used up its budget of 2000 wallMs. Raise budget.wallMs or let the run do less.',
    ])
  })

  it("of the caller joins the agent's: the smaller holds, wall clock too", async () => {
    const tasks = await Promise.all([
      harness({ ...spending({ turns: 1 }), budget: { turns: 9 } }).sendTask('x', {}, { budget: { turns: 2 } }),
      harness({ ...spending({ turns: 1 }), budget: { turns: 2 } }).sendTask('x', {}, { budget: { turns: 9 } }),
      harness({ onMessage: forever, budget: { wallMs: 9_000 } }).sendTask('x', {}, { budget: { wallMs: 1_000 } }),
    ])
    expect(tasks.map(failureCode)).toEqual(['PF_BUDGET_EXCEEDED', 'PF_BUDGET_EXCEEDED', 'PF_BUDGET_EXCEEDED'])
    expect(tasks.map((task) => task.facts.usage?.turns)).toEqual([3, 3, undefined])
  })

  it('is inherited with its deadline: what a run starts can not use more, nor take longer, than the run', async () => {
    const clock = createFakeClock()
    const inner = harness(
      {
        onMessage: (_m, context) => {
          context.emit({ type: 'usage', usage: { toolCalls: 3 } })
          return `until ${context.deadline}`
        },
        deadlineMs: 60_000,
      },
      { clock },
    )
    const left: number[] = []
    const outer = harness(
      {
        budget: { toolCalls: 7, wallMs: 5_000 },
        async onMessage(_message, context) {
          for (;;) {
            await new Promise<void>((resolve) => clock.after(1_000, resolve))
            const { task } = await inner.submit('x', {}, { budget: context.budget }).outcome
            left.push(context.budget.remaining('toolCalls'))
            if (task?.task.status.state === 'failed') {
              context.budget.check()
              return 'unreachable'
            }
            expect(task?.task.artifacts[0]?.parts).toEqual([{ text: `until ${context.deadline}` }])
          }
        },
      },
      { clock },
    )
    const task = await outer.sendTask()
    expect(left).toEqual([4, 1, -2])
    expect(failureCode(task)).toBe('PF_BUDGET_EXCEEDED')
  })

  it.each<[string, object, Usage, object]>([
    ['turns', { turns: 3 }, { turns: 1 }, { limit: 'turns', allowed: 3, used: 4 }],
    ['tool calls', { toolCalls: 3 }, { toolCalls: 1 }, { limit: 'toolCalls', allowed: 3, used: 4 }],
    ['tokens', { tokens: 30 }, { inputTokens: 4, outputTokens: 6 }, { limit: 'tokens', allowed: 30, used: 40 }],
    ['money', { costUsd: 0.75 }, { costUsd: 0.25 }, { limit: 'costUsd', allowed: 0.75, used: 1 }],
  ])(
    'of %s holds for the whole task, however often it is answered, here or elsewhere',
    async (_, budget, usage, details) => {
      let reason: unknown
      const left: (number | undefined)[] = []
      const agent: Parameters<typeof harness>[0] = {
        budget,
        onMessage(_message, context) {
          left.push(context.budget.used.turns)
          context.signal.addEventListener('abort', () => {
            reason = context.signal.reason
          })
          context.emit({ type: 'usage', usage })
          return reply.inputRequired({ prompt: 'More?' })
        },
      }
      const first = harness(agent)
      let task = await first.sendTask('go')
      for (let count = 0; count < 9 && task.task.status.state === 'input-required'; count++) {
        const test = harness(agent, { stores: first.stores, clock: first.clock, random: first.random })
        task = await test.sendTask('yes', { taskId: task.task.id, contextId: task.task.contextId })
      }
      expect([task.task.status.state, failureCode(task), left.length]).toEqual(['failed', 'PF_BUDGET_EXCEEDED', 4])
      expect(reason).toMatchObject({ details })
    },
  )

  it('counts what the task has started before an answer, too', async () => {
    const inner = harness({
      onMessage(_message, context) {
        context.emit({ type: 'usage', usage: { turns: 2 } })
        return 'done'
      },
    })
    const left: number[] = []
    const outer = harness({
      budget: { turns: 5 },
      async onMessage(_message, context) {
        left.push(context.budget.remaining('turns'))
        await inner.clock.until(inner.submit('x', {}, { budget: context.budget }).outcome)
        return reply.inputRequired({ prompt: 'More?' })
      },
    })
    const { task, facts } = await outer.sendTask('go')
    expect(facts.usage).toEqual({ turns: 2 })
    await outer.sendTask('yes', { taskId: task.id, contextId: task.contextId })
    await outer.sendTask('yes', { taskId: task.id, contextId: task.contextId })
    expect(left).toEqual([5, 3, 1])
  })

  it('of the caller holds for the message it comes with', async () => {
    const test = harness({
      onMessage(_message, context) {
        context.emit({ type: 'usage', usage: { turns: 2 } })
        return reply.inputRequired({ prompt: 'More?' })
      },
    })
    let { task } = await test.sendTask('go', {}, { budget: { turns: 2 } })
    task = (await test.sendTask('yes', { taskId: task.id, contextId: task.contextId }, { budget: { turns: 2 } })).task
    expect(task.status.state).toBe('input-required')
  })

  it('tells what is left, and refuses before it is used up', () => {
    const parent = new Budget({ tokens: 100, turns: 5 })
    const child = parent.child({ tokens: 1_000 })
    child.add({ inputTokens: 60, turns: 1 })
    expect([
      child.remaining('tokens'),
      parent.remaining('tokens'),
      child.remaining('turns'),
      child.remaining('costUsd'),
    ]).toEqual([40, 40, 4, Infinity])
    expect(() => child.check({ outputTokens: 40 })).not.toThrow()
    expect(() => child.check({ outputTokens: 41 })).toThrow(
      expect.objectContaining({
        code: 'PF_BUDGET_EXCEEDED',
        details: { limit: 'tokens', allowed: 100, used: 101 },
      }) as PfError,
    )
    expect(child.used).toEqual({ inputTokens: 60, turns: 1 })
  })
})

it('a commit that hangs does not keep a cancel from being heard', async () => {
  // Back-pressure: the handler waits for room while the store takes its time.
  const gate = deferred()
  const test = harness(
    {
      async *onMessage() {
        for (;;) yield 'x'
      },
    },
    {
      wrapStore: (store) => ({
        ...store,
        async commit(commit) {
          if (commit.expectedVersion > 0) await gate.promise
          return store.commit(commit)
        },
      }),
    },
  )
  const run = test.submit('x', {}, { asTask: true })
  await run.started
  await test.clock.settle()
  run.cancel()
  await test.clock.settle()
  gate.resolve()
  expect((await run.outcome).task?.task.status.state).toBe('canceled')
})
