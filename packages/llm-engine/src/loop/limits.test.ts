import {
  bind,
  type ContextRequest,
  contextStrategyPort,
  defineTool,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  type Tool,
} from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { codeOf, loopHarness, messagesOf, texts } from '../../test/loop-harness'
import { createAnthropic } from '../anthropic'
import { createFallbackModel } from '../model/fallback-model'
import { createOpenAiChat } from '../openai/openai-chat'
import type { FakeTurn } from '../testing'

const ping: Tool = { name: 'ping', description: 'Pings', run: () => 'pong' }
const again: FakeTurn = { toolCalls: [{ name: 'ping' }] }
const done: FakeTurn = { text: 'Done.' }
const outcome = (task: Parameters<typeof codeOf>[0]): unknown[] => [task.task.status.state, codeOf(task)]

describe('a model that never comes to an end', () => {
  it.each([
    ['turns of the engine', {}, { maxTurns: 3 }, 3],
    ['the default turns', {}, {}, 20],
    ["the agent's turns", { budget: { turns: 2 } }, {}, 2],
    ["the agent's tool calls", { budget: { toolCalls: 4 } }, {}, 5],
    ["the agent's tokens", { budget: { tokens: 50 } }, {}, 4],
  ])('is stopped by %s', async (_, agent, loop, calls) => {
    let ran = 0
    const tool: Tool = { ...ping, run: () => `${++ran}` }
    const test = loopHarness(() => again, { tools: [tool], ...agent }, { loop })
    const task = await test.send('go')
    expect(outcome(task)).toEqual(['failed', 'PF_BUDGET_EXCEEDED'])
    expect(test.provider.requests).toHaveLength(calls)
    expect(ran).toBeLessThan(calls + 1)
  })

  it('is stopped by money', async () => {
    const test = loopHarness(
      () => ({ ...again, usage: { costUsd: 0.4 } as never }),
      { tools: [ping], budget: { costUsd: 1 } },
      {
        model: (fields) => createOpenAiChat({ ...fields, profile: { prices: { input: 20_000, output: 40_000 } } }),
      },
    )
    expect(outcome(await test.send('go'))).toEqual(['failed', 'PF_BUDGET_EXCEEDED'])
    expect(test.provider.requests).toHaveLength(3)
  })

  it.each([
    ['turns', { turns: 3 }, 3],
    ['tool calls', { toolCalls: 3 }, 4],
    ['tokens', { tokens: 60 }, 4],
    ['money', { costUsd: 0.00006 }, 4],
  ])('is stopped by %s over a whole task, however often somebody answers', async (_, budget, most) => {
    let ran = 0
    const asking: Tool = { ...ping, needsApproval: true, run: () => `${++ran}` }
    const test = loopHarness(
      () => ({ ...again, usage: { inputTokens: 10, outputTokens: 10 } }),
      { tools: [asking], budget },
      { model: (fields) => createOpenAiChat({ ...fields, profile: { prices: { input: 1, output: 1 } } }) },
    )
    let task = await test.send('go')
    for (let count = 0; count < 9 && task.task.status.state === 'input-required'; count++)
      task = (await test.clock.until(test.submit('yes', { taskId: task.task.id }, test.restarted()).outcome))
        .task as typeof task
    expect(outcome(task)).toEqual(['failed', 'PF_BUDGET_EXCEEDED'])
    expect(test.provider.requests.length).toBeLessThanOrEqual(most)
    expect(ran).toBeLessThanOrEqual(3)
  })

  it('is stopped by its time', async () => {
    const clock = createFakeClock()
    const test = loopHarness(() => ({ ...again, paceMs: 100 }), { tools: [ping], budget: { wallMs: 2_000 } }, { clock })
    const task = await test.send('go')
    expect(outcome(task)).toEqual(['failed', 'PF_BUDGET_EXCEEDED'])
  })

  it('may not make more calls in one turn than are left: none of them runs', async () => {
    let ran = 0
    const tool: Tool = { ...ping, run: () => `${++ran}` }
    const many = { toolCalls: Array.from({ length: 5 }, () => ({ name: 'ping' })) }
    const test = loopHarness([many], { tools: [tool], budget: { toolCalls: 4 } })
    expect([...outcome(await test.send('go')), ran]).toEqual(['failed', 'PF_BUDGET_EXCEEDED', 0])
  })
})

describe('inside a turn', () => {
  it('tokens stop an answer that is certainly too long, before its usage is told', async () => {
    const long = { text: 'word '.repeat(20_000), deltaLength: 50 }
    const test = loopHarness([long], { budget: { tokens: 1000 } })
    expect(outcome(await test.send('go'))).toEqual(['failed', 'PF_BUDGET_EXCEEDED'])
    const length = test.events.reduce((sum, event) => sum + (event.type === 'text-delta' ? event.delta.length : 0), 0)
    expect(length).toBeLessThan(10_000)
    expect(test.provider.requests[0]?.body['max_completion_tokens']).toBe(1000)
  })

  it('usage that the provider tells while it streams stops it', async () => {
    const turn: FakeTurn = { text: 'abc '.repeat(500), usage: { inputTokens: 5000, outputTokens: 1 } }
    const test = loopHarness(
      [turn],
      { budget: { tokens: 3000 } },
      {
        model: ({ model }) => createAnthropic({ model, baseUrl: 'http://fake.test' }),
      },
    )
    const task = await test.send('go')
    expect(outcome(task)).toEqual(['failed', 'PF_BUDGET_EXCEEDED'])
    expect(test.events.some(({ type }) => type === 'text-delta')).toBe(false)
    expect(task.facts.usage?.inputTokens).toBe(5000)
  })

  it('an answer without an end is cut', async () => {
    const test = loopHarness([{ text: 'x'.repeat(10_000), deltaLength: 100 }], {}, { loop: { maxAnswerLength: 500 } })
    expect(outcome(await test.send('go'))).toEqual(['failed', 'PF_MODEL_RESPONSE_INVALID'])
  })
})

describe('a model that fails', () => {
  it.each<[string, FakeTurn, string]>([
    ['is asked too often', { status: 429 }, 'PF_MODEL_RATE_LIMITED'],
    ['breaks', { status: 500 }, 'PF_MODEL_UNAVAILABLE'],
    ['is overloaded', { status: 529 }, 'PF_MODEL_OVERLOADED'],
    ['refuses the key', { status: 401 }, 'PF_MODEL_AUTH'],
    ['says garbage', { text: 'abcdefgh'.repeat(4), fault: { after: 3, kind: 'garbage' } }, 'PF_MODEL_INTERRUPTED'],
    ['is cut off', { text: 'abcdefgh'.repeat(4), fault: { after: 3, kind: 'cut' } }, 'PF_MODEL_INTERRUPTED'],
    ['ends too early', { text: 'abcdefgh'.repeat(4), fault: { after: 3, kind: 'end' } }, 'PF_MODEL_INTERRUPTED'],
    ['goes silent', { text: 'abcdefgh'.repeat(4), fault: { after: 3, kind: 'stall' } }, 'PF_MODEL_INTERRUPTED'],
    ['refuses', { text: 'No', finish: 'content-filter' }, 'PF_MODEL_CONTENT_FILTER'],
  ])('because it %s fails the task with the code, and nothing hangs', async (_, turn, code) => {
    const test = loopHarness(() => turn)
    const task = await test.send('go')
    expect(outcome(task)).toEqual(['failed', code])
    expect([test.runtime.activeRuns, test.clock.pending]).toEqual([0, 0])
    expect(task.facts.usage?.turns).toBe(1)
  })

  it('says in the log who failed and how, and to the caller only that', async () => {
    const test = loopHarness([{ status: 403, headers: { 'x-request-id': 'req-1' } }])
    const task = await test.send('go')
    const details = { provider: 'openai', model: 'fake', httpStatus: 403, requestId: 'req-1' }
    expect(test.logs).toMatchObject([{ level: 'error', fields: { code: 'PF_MODEL_AUTH', details } }])
    expect(JSON.stringify(task)).not.toContain('req-1')
  })

  it('and is asked again says so in events', async () => {
    const test = loopHarness([{ status: 503 }, { status: 429, headers: { 'retry-after': '2' } }, done])
    expect((await test.send('go')).task.status.state).toBe('completed')
    expect(test.events.filter(({ type }) => type === 'custom')).toMatchObject([
      { name: 'pf.model-retry', value: { attempt: 1, code: 'PF_MODEL_OVERLOADED' } },
      { name: 'pf.model-retry', value: { attempt: 2, code: 'PF_MODEL_RATE_LIMITED' } },
    ])
  })

  it('and has another behind it says so in events', async () => {
    const test = loopHarness(
      ({ body }) =>
        body['model'] === 'a'
          ? { status: 400, body: '{"error":{"message":"x","code":"context_length_exceeded"}}' }
          : done,
      {},
      {
        model: ({ baseUrl }) =>
          createFallbackModel(
            ['a', 'b'].map((name) => createOpenAiChat({ model: name, baseUrl, profile: { contextWindow: 9000 } })),
          ),
      },
    )
    expect(texts(await test.send('go'))).toEqual(['Done.'])
    expect(test.events).toContainEqual({
      type: 'custom',
      name: 'pf.model-fallback',
      // Not what is known of the models: prices are nobody's business.
      value: {
        code: 'PF_MODEL_CONTEXT_LENGTH',
        from: { provider: 'openai', modelId: 'a' },
        to: { provider: 'openai', modelId: 'b' },
      },
    })
  })

  it('between calls leaves no timers and no run behind after a cancel', async () => {
    const test = loopHarness([{ text: 'abcdefgh'.repeat(4), fault: { after: 2, kind: 'stall' } }])
    const run = test.submit('go')
    await expect.poll(() => test.events.some(({ type }) => type === 'text-delta')).toBe(true)
    run.cancel()
    expect((await run.outcome).task?.task.status.state).toBe('canceled')
    await expect.poll(() => [test.runtime.activeRuns, test.clock.pending]).toEqual([0, 0])
  })
})

describe('how an answer ended', () => {
  it.each<[FakeTurn, string | undefined]>([
    [{ text: 'All.' }, undefined],
    [{ text: 'As far as', finish: 'length' }, 'length'],
    [{}, 'empty'],
  ])('%j is told as %s', async (turn, finish) => {
    const task = await loopHarness([turn]).send('go')
    expect([task.task.status.state, task.task.metadata?.['urn:pf-agents:model-finish']]).toEqual(['completed', finish])
  })
})

describe('an answer that pauses', () => {
  const pausing = (pauses: number, asked: ModelMessage[][]): LanguageModel => ({
    provider: 'p',
    modelId: 'm',
    async *stream({ messages }) {
      asked.push([...messages])
      const isOver = asked.length > pauses
      yield { type: 'response-start', provider: 'p', modelId: 'm', warnings: [] }
      yield { type: 'opaque', provider: 'p', data: { searched: asked.length } }
      yield { type: 'text-start', id: '0' }
      yield { type: 'text-delta', id: '0', delta: isOver ? 'Done.' : 'Searching.' }
      yield { type: 'text-end', id: '0' }
      yield { type: 'finish', finish: { reason: isOver ? 'stop' : 'pause', complete: true }, usage: {} }
    },
  })

  it('goes on where it stopped, with what it said as it said it', async () => {
    const asked: ModelMessage[][] = []
    const test = loopHarness([], { model: pausing(2, asked) })
    expect(texts(await test.send('go'))).toEqual(['Searching.', 'Searching.', 'Done.'])
    expect(asked.map((messages) => messages.map(({ role }) => role).join(' '))).toEqual([
      'user',
      'user assistant',
      'user assistant assistant',
    ])
    expect(asked[1]?.[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'opaque', provider: 'p', data: { searched: 1 } },
        { type: 'text', text: 'Searching.' },
      ],
    })
  })

  it('does not go on for ever', async () => {
    const asked: ModelMessage[][] = []
    const test = loopHarness([], { model: pausing(1000, asked) })
    expect([...outcome(await test.send('go')), asked.length]).toEqual(['failed', 'PF_BUDGET_EXCEEDED', 20])
  })
})

describe('stopWhen', () => {
  it('ends the run with what was said last', async () => {
    const seen: unknown[] = []
    const test = loopHarness(
      () => ({ text: 'Working.', ...again }),
      { tools: [ping] },
      {
        loop: {
          stopWhen: ({ calls, turns, text, usage }) => {
            seen.push([turns, text, calls, usage.inputTokens])
            return turns === 2
          },
        },
      },
    )
    expect(texts(await test.send('go'))).toEqual(['Working.', 'Working.'])
    const calls = [{ name: 'ping', arguments: {}, parts: [{ text: 'pong' }], isError: false }]
    expect(seen).toEqual([
      [1, 'Working.', calls, 10],
      [2, 'Working.', calls, 20],
    ])
  })
})

describe('a context strategy', () => {
  const strategy = (fit: (request: ContextRequest) => object) => [
    bind(contextStrategyPort, {
      name: 'test',
      fit: (request) => ({ messages: request.messages, removed: 0, ...fit(request) }),
    }),
  ]

  it('is asked before every call, with the whole prompt and its own state, after a restart too', async () => {
    const seen: unknown[] = []
    const bindings = strategy(({ messages, state, lastUsage, tools }) => {
      seen.push([messages.map(({ role }) => role).join(' '), state, lastUsage?.inputTokens, tools.length])
      return { messages: messages.slice(-1), removed: messages.length - 1, state: { calls: seen.length } }
    })
    const ask = { ...ping, needsApproval: true }
    const test = loopHarness([again, again, done], { tools: [ask], instructions: 'Be kind.' }, { bindings })
    const first = await test.send('go')
    await test.send('yes', { taskId: first.task.id })
    await test.clock.until(test.submit('yes', { taskId: first.task.id }, test.restarted()).outcome)
    expect(seen).toEqual([
      ['system user', undefined, undefined, 1],
      ['system user assistant tool', { calls: 1 }, 10, 1],
      ['system user assistant tool assistant tool', { calls: 2 }, 10, 1],
    ])
    expect(messagesOf(test, 0)).toEqual([{ role: 'user', content: 'go' }])
  })

  it('is asked for less where the provider says that it is too much, once', async () => {
    const overflows: unknown[] = []
    const tooLong: FakeTurn = { status: 400, body: '{"error":{"message":"x","code":"context_length_exceeded"}}' }
    const bindings = strategy(({ overflowed }) => {
      overflows.push(overflowed)
      return {}
    })
    const test = loopHarness([tooLong, done], {}, { bindings })
    expect(texts(await test.send('go'))).toEqual(['Done.'])
    expect(overflows).toEqual([undefined, true])
    const other = loopHarness(() => tooLong, {}, { bindings })
    expect(outcome(await other.send('go'))).toEqual(['failed', 'PF_MODEL_CONTEXT_LENGTH'])
    expect(other.provider.requests).toHaveLength(2)
  })
})

describe('what is sent', () => {
  it('has the conversation so far, and this message', async () => {
    const test = loopHarness([{ text: 'Hello.' }, done], { instructions: 'Be kind.' })
    const { task } = await test.send('Hi')
    await test.send(
      [{ text: 'Look' }, { data: { a: 1 } }, { raw: 'aGk=', mediaType: 'text/plain', filename: 'a.txt' }],
      { contextId: task.contextId },
    )
    expect(messagesOf(test, 1)).toEqual([
      { role: 'developer', content: 'Be kind.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'Look\n{"a":1}\na.txt:\nhi' },
    ])
  })

  it('has no more of it than allowed, and begins with the user', async () => {
    const test = loopHarness(() => ({ text: 'Hello.' }), {}, { loop: { historyLimit: 3 } })
    const { task } = await test.send('1')
    await test.send('2', { contextId: task.contextId })
    await test.send('3', { contextId: task.contextId })
    expect(messagesOf(test, 2).map(({ role, content }) => [role, content])).toEqual([
      ['user', '2'],
      ['assistant', 'Hello.'],
      ['user', '3'],
    ])
  })

  it('has the settings; a tool is forced in the first turn alone', async () => {
    const settings = { temperature: 0.5, maxOutputTokens: 77, toolChoice: 'required' as const }
    const test = loopHarness([again, done], { tools: [ping] }, { loop: { settings } })
    await test.send('go')
    expect(test.provider.requests[0]?.body).toMatchObject({
      temperature: 0.5,
      max_completion_tokens: 77,
      tool_choice: 'required',
    })
    expect(test.provider.requests[1]?.body['tool_choice']).toBeUndefined()
  })

  it('has marks for the cache where they are asked for', async () => {
    const test = loopHarness(
      [again, done],
      { tools: [ping], instructions: 'Be kind.' },
      {
        loop: { cache: true },
        model: ({ model }) => createAnthropic({ model, baseUrl: 'http://fake.test' }),
      },
    )
    await test.send('go')
    const body = test.provider.requests[1]?.body as { system: object[]; messages: { content: object[] }[] }
    expect(body.system[0]).toHaveProperty('cache_control')
    expect(body.messages.map(({ content }) => content.some((block) => 'cache_control' in block))).toEqual([
      false,
      false,
      true,
    ])
  })
})

it('secrets of a model are looked up by the run', async () => {
  const variables: string[] = []
  const tool = defineTool({ name: 'x', description: 'x', input: jsonSchema({ type: 'object' }), run: () => 'x' })
  const test = loopHarness(
    [done],
    { tools: [tool] },
    {
      model: (fields) => createOpenAiChat({ ...fields, apiKey: { secret: 'KEY' } }),
      bindings: [
        bind((await import('@pf-agents/agent-core')).variablesPort, {
          get: (name) => {
            variables.push(name)
            return 'sk-1'
          },
        }),
      ],
    },
  )
  await test.send('go')
  expect([variables, test.provider.requests[0]?.headers.get('authorization')]).toEqual([['KEY'], 'Bearer sk-1'])
})

it('options that make no sense are refused', () => {
  expect(() => loopHarness([], {}, { loop: { maxTurns: 0 } })).toThrow('maxTurns must be')
})
