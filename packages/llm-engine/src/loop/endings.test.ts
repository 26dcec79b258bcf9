import {
  type AgentDefinition,
  defineSkill,
  type JsonValue,
  jsonSchema,
  reply,
  type RunContext,
  type Skill,
  type Tool,
} from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { codeOf, loopHarness, texts } from '../../test/loop-harness'
import type { FakeScript, FakeTurn } from '../testing'
import type { LoopOptions } from './options'

const number = jsonSchema<{ n: number }>({ type: 'object', properties: { n: { type: 'number' } }, required: ['n'] })
const six: FakeTurn = { toolCalls: Array.from({ length: 6 }, (_, n) => ({ name: 'pay', arguments: { n } })) }
const messagesIn = ({ body }: { body: { [name: string]: JsonValue } }) =>
  body['messages'] as { role: string; content: string }[]

describe('calls of one answer are not begun any more', () => {
  const slow = 100
  const parallel = { parallel: false }
  it.each<[string, Partial<AgentDefinition>, Partial<Tool>, LoopOptions, number]>([
    ['once the run is canceled, one after the other', {}, parallel, {}, 1],
    ['once the run is canceled, two at a time', {}, {}, { maxParallel: 2 }, 2],
    ['behind the deadline', { deadlineMs: slow / 2 }, parallel, {}, 1],
    ['behind the time of the budget', { budget: { wallMs: slow / 2 } }, parallel, {}, 1],
    [
      'once a hook has failed the run',
      {},
      {},
      {
        maxParallel: 2,
        hooks: [
          {
            afterTool({ arguments: args }) {
              if ((args as { n: number }).n === 0) throw new Error('guard')
            },
          },
        ],
      },
      2,
    ],
  ])('%s', async (_, agent, more, loop, most) => {
    const ran: number[] = []
    const pay: Tool<{ n: number }> = {
      ...(more as object),
      name: 'pay',
      description: 'Pays',
      input: number,
      // Most tools do not look at the signal.
      async run({ n }) {
        if (ran.push(n) === most && Object.keys(agent).length + Object.keys(loop.hooks ?? {}).length === 0) run.cancel()
        await new Promise<void>((resolve) => test.clock.after(slow + n, resolve))
        return 'paid'
      },
    }
    const test = loopHarness([six], { tools: [pay as Tool], ...agent }, { loop })
    const run = test.submit('go')
    const { task } = await test.clock.until(run.outcome)
    expect(['canceled', 'failed']).toContain(task?.task.status.state)
    await test.clock.run()
    expect(ran).toHaveLength(most)
  })

  it('of a loop that a handler left behind, once the handler has answered', async () => {
    const ran: number[] = []
    const pay: Tool<{ n: number }> = {
      name: 'pay',
      description: 'Pays',
      input: number,
      parallel: false,
      async run({ n }) {
        ran.push(n)
        await new Promise<void>((resolve) => test.clock.after(slow, resolve))
        return 'paid'
      },
    }
    const test = loopHarness([six], {
      tools: [pay as Tool],
      async onMessage(_, { llm }) {
        void llm.run({ prompt: 'pay' })
        await new Promise<void>((resolve) => test.clock.after(slow / 2, resolve))
        return 'Done.'
      },
    })
    expect((await test.send('go')).task.status.state).toBe('completed')
    await test.clock.run()
    expect([ran, test.provider.requests.length]).toEqual([[0], 1])
  })
})

describe('the time of a tool', () => {
  let clock = createFakeClock()
  const sent: string[] = []
  const send: Tool = {
    name: 'send',
    description: 'Sends',
    async run(_, { toolCallId }) {
      sent.push(toolCallId)
      await new Promise<void>((resolve) => clock.after(300, resolve))
      return 'sent'
    },
  }
  const inner = async ({ llm }: RunContext) => (await llm.run({ prompt: 'inner', tools: [send] })).text
  const skill = (more: object) => defineSkill({ id: 'work', name: 'Work', description: 'Works', ...more }) as Skill
  it.each<[string, Partial<AgentDefinition>]>([
    ['a tool', { tools: [{ name: 'work', description: 'Works', run: (_, { context }) => inner(context) }] }],
    [
      'a skill with a handler',
      { skills: [skill({ handler: async (_: unknown, ctx: RunContext) => reply.text(await inner(ctx)) })] },
    ],
    ['a skill with instructions', { tools: [send], skills: [skill({ instructions: 'Work.' })] }],
  ])(
    'is that of the loop within it (%s): nothing of it runs behind that, and what it used counts',
    async (_, agent) => {
      sent.length = 0
      clock = createFakeClock()
      const script: FakeScript = (request) => {
        const messages = messagesIn(request)
        const results = messages.filter(({ role }) => role === 'tool').length
        const isOuter = messages.some(({ role, content }) => role === 'user' && content === 'go')
        if (isOuter)
          return results > 0
            ? { text: `${messages.at(-1)?.content}` }
            : { toolCalls: [{ name: 'work', arguments: { input: 'inner' } }] }
        return { toolCalls: [{ name: 'send' }] }
      }
      const test = loopHarness(script, agent, { loop: { toolTimeoutMs: 1000 }, clock })
      const stored = await test.send('go')
      const calls = test.provider.requests.length
      expect(sent).toHaveLength(4)
      expect(texts(stored).at(-1)).toContain('It did not answer within 1000 ms.')
      await test.clock.run()
      expect([sent.length, test.provider.requests.length]).toEqual([4, calls])
      expect(stored.facts.usage?.turns).toBe(calls)
    },
  )

  it('ends the signal of its context, and requests that it makes later', async () => {
    let late: unknown
    let signal: AbortSignal | undefined
    const work: Tool = {
      name: 'work',
      description: 'Works',
      timeoutMs: 100,
      async run(_, call) {
        signal = call.context.signal
        await new Promise<void>((resolve) => test.clock.after(200, resolve))
        late = await call.context.llm.run({ prompt: 'late' }).catch((error: unknown) => error)
        return 'late'
      },
    }
    const test = loopHarness([{ toolCalls: [{ name: 'work' }] }, { text: 'ok' }], { tools: [work] })
    await test.send('go')
    await test.clock.run()
    expect([signal?.aborted, (late as Error).message]).toEqual([true, 'It did not answer within 100 ms.'])
    expect(test.provider.requests).toHaveLength(2)
  })
})

describe('a limit of one request', () => {
  const again: Tool = { name: 'again', description: 'Again', run: () => 'again' }
  const script: FakeScript = (request) => {
    const messages = messagesIn(request)
    if (messages[0]?.content !== 'go') return { toolCalls: [{ name: 'again' }] }
    return messages.length > 1
      ? { text: `${messages.at(-1)?.content}` }
      : { toolCalls: [{ name: 'look', arguments: { input: 'inner' } }] }
  }
  const look = (run: Tool['run']): Partial<AgentDefinition> => ({
    tools: [{ name: 'look', description: 'Looks', run }, again],
  })

  it.each<[string, Partial<AgentDefinition>, string]>([
    [
      'maxTurns of ctx.llm.run()',
      look(async (_, { context }) => (await context.llm.run({ prompt: 'x', maxTurns: 2 })).text),
      'Raise maxTurns of ctx.llm.run()',
    ],
    [
      'maxTurns of the engine',
      look(async (_, { context }) => (await context.llm.run({ prompt: 'x' })).text),
      'Raise maxTurns of llmEngine()',
    ],
    [
      'a budget of its own',
      look((_, { context }) => {
        context.budget.child({ turns: 1 }).check({ turns: 2 })
        return 'x'
      }),
      'budget of 1 turns',
    ],
  ])('ends that request, and the model is told which (%s)', async (_, agent, told) => {
    const stored = await loopHarness(script, agent, { loop: { maxTurns: 3 } }).send('go')
    expect([stored.task.status.state, texts(stored).at(-1)]).toEqual(['completed', expect.stringContaining(told)])
  })

  it("is the run's where it is the budget of the run", async () => {
    const agent = look(async (_, { context }) => (await context.llm.run({ prompt: 'x' })).text)
    const stored = await loopHarness(script, { ...agent, budget: { turns: 3 } }).send('go')
    expect([stored.task.status.state, codeOf(stored)]).toEqual(['failed', 'PF_BUDGET_EXCEEDED'])
  })
})
