import { getEventListeners } from 'node:events'
import { defineTool, jsonSchema, type Tool, type ToolCall } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { codeOf, loopHarness, messagesOf, texts } from '../../test/loop-harness'
import type { FakeTurn } from '../testing'

const add = defineTool({
  name: 'add',
  description: 'Adds',
  input: jsonSchema<{ a: number; b: number }>({
    type: 'object',
    properties: { a: { type: 'number' }, b: { type: 'number' } },
    required: ['a', 'b'],
  }),
  run: ({ a, b }) => a + b,
})
const call = (name: string, args: unknown = {}): FakeTurn => ({ toolCalls: [{ name, arguments: args as never }] })
const done: FakeTurn = { text: 'Done.' }
/** What the model was told of its calls. */
const results = (test: ReturnType<typeof loopHarness>, request: number): unknown[] =>
  messagesOf(test, request)
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => content)

describe('tools', () => {
  it('are shown by name, in one order, and their results go back to the model', async () => {
    const zed: Tool = { name: 'zed', description: 'Last', run: () => null }
    const test = loopHarness([call('add', { a: 1, b: 2 }), done], { tools: [zed, add] })
    const task = await test.send('1+2?')
    expect(texts(task)).toEqual(['Done.'])
    const tools = test.provider.requests[0]?.body['tools'] as unknown as { function: { name: string } }[]
    expect(tools.map((tool) => tool.function.name)).toEqual(['add', 'zed'])
    expect(test.provider.requests[1]?.body['tools']).toEqual(tools)
    expect(messagesOf(test, 1).slice(1)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1_0', type: 'function', function: { name: 'add', arguments: '{"a":1,"b":2}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1_0', content: '3' },
    ])
    expect(task.facts.usage).toMatchObject({ turns: 2, toolCalls: 1, inputTokens: 20, outputTokens: 10 })
  })

  it('tell of each call from its first byte to its result', async () => {
    const test = loopHarness([{ text: 'Let me see.', ...call('add', { a: 1, b: 2 }) }, done], { tools: [add] })
    await test.send('1+2?')
    expect(test.events.filter(({ type }) => type !== 'text-delta' && type !== 'tool-call-delta').slice(2, -1)).toEqual([
      { type: 'step-start', name: 'turn-1' },
      { type: 'text-start', messageId: expect.any(String) },
      { type: 'text-end', messageId: expect.any(String) },
      { type: 'tool-call-start', toolCallId: 'call_1_0', name: 'add', messageId: expect.any(String) },
      { type: 'tool-call-end', toolCallId: 'call_1_0' },
      { type: 'usage', usage: { turns: 1, inputTokens: 10, outputTokens: 5 } },
      { type: 'step-end', name: 'turn-1' },
      { type: 'usage', usage: { toolCalls: 1 } },
      { type: 'tool-result', toolCallId: 'call_1_0', parts: [{ data: 3 }] },
      { type: 'step-start', name: 'turn-2' },
      { type: 'text-start', messageId: expect.any(String) },
      { type: 'text-end', messageId: expect.any(String) },
      { type: 'usage', usage: { turns: 1, inputTokens: 10, outputTokens: 5 } },
      { type: 'step-end', name: 'turn-2' },
    ])
  })

  it.each<[string, unknown, string]>([
    ['text', 'hello', 'hello'],
    ['nothing', undefined, 'Done.'],
    ['data', { a: [1] }, '{"a":[1]}'],
    ['null', null, 'null'],
    ['a date', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['what JSON has no word for', { big: 1n }, 'The tool failed: Do not know how to serialize a BigInt'],
    ['a function', () => 1, 'Done.'],
    ['parts', { parts: [{ text: 'a' }, { data: 1 }] }, 'a\n1'],
    ['an error', { parts: [{ text: 'no' }], isError: true }, 'no'],
    ['what only looks like parts', { parts: [{ text: 'a', url: 'b' }] }, '{"parts":[{"text":"a","url":"b"}]}'],
    ['what has more than parts', { parts: [], approved: true }, '{"parts":[],"approved":true}'],
  ])('give %s', async (_, value, told) => {
    const tool: Tool = { name: 'give', description: 'Gives', run: () => value as never }
    const test = loopHarness([call('give'), done], { tools: [tool] })
    await test.send('go')
    expect(results(test, 1)).toEqual([told])
  })

  it('give pictures', async () => {
    const tool: Tool = {
      name: 'draw',
      description: 'Draws',
      run: () => ({ parts: [{ text: 'Here' }, { raw: 'AAAA', mediaType: 'image/png' }] }),
    }
    const test = loopHarness([call('draw'), done], { tools: [tool] })
    await test.send('go')
    expect(JSON.stringify(messagesOf(test, 1))).toContain('data:image/png;base64,AAAA')
  })

  it('have results no longer than allowed', async () => {
    const tool: Tool = {
      name: 'long',
      description: 'Talks',
      run: () => ({ parts: [{ text: 'abcdef' }, { text: 'x'.repeat(50) }, { raw: 'AAAA' }] }),
    }
    const test = loopHarness([call('long'), done], { tools: [tool] }, { loop: { maxResultLength: 10 } })
    await test.send('go')
    expect(results(test, 1)).toEqual(['abcdef\nxxxx… (cut off: 50 characters)\n… (cut off: 4 characters)'])
  })

  it('run side by side, no more than allowed, and answer in the order of the calls', async () => {
    const log: string[] = []
    let running = 0
    let most = 0
    const clock = createFakeClock()
    const tool: Tool<{ ms: number }> = {
      name: 'wait',
      description: 'Waits',
      async run({ ms }) {
        most = Math.max(most, ++running)
        await new Promise<void>((resolve) => clock.after(ms, resolve))
        running--
        log.push(`${ms}`)
        return ms
      },
    }
    const turn = { toolCalls: [30, 20, 10].map((ms) => ({ name: 'wait', arguments: { ms } })) }
    const test = loopHarness([turn, done], { tools: [tool] }, { clock, loop: { maxParallel: 2 } })
    await test.send('go')
    expect([log, most]).toEqual([['20', '30', '10'], 2])
    expect(results(test, 1)).toEqual(['30', '20', '10'])
  })

  it('run alone where they must, behind what came before', async () => {
    const log: string[] = []
    const clock = createFakeClock()
    const make = (name: string, ms: number, parallel?: false): Tool => ({
      name,
      description: name,
      ...(parallel === false && { parallel }),
      async run() {
        log.push(`+${name}`)
        await new Promise<void>((resolve) => clock.after(ms, resolve))
        log.push(`-${name}`)
        return null
      },
    })
    const turn = { toolCalls: ['a', 'b', 'alone', 'c'].map((name) => ({ name })) }
    const tools = [make('a', 20), make('b', 10), make('alone', 5, false), make('c', 1)]
    await loopHarness([turn, done], { tools }, { clock }).send('go')
    expect(log).toEqual(['+a', '+b', '-b', '-a', '+alone', '-alone', '+c', '-c'])
  })

  it('that throw tell the model why, and the run goes on', async () => {
    const tool: Tool = {
      name: 'fail',
      description: 'Fails',
      run() {
        throw new Error('The disk is full')
      },
    }
    const test = loopHarness([call('fail'), done], { tools: [tool] })
    expect(texts(await test.send('go'))).toEqual(['Done.'])
    expect(results(test, 1)).toEqual(['The tool failed: The disk is full'])
    expect(test.events).toContainEqual(expect.objectContaining({ type: 'tool-result', isError: true }))
  })

  it('that take too long are aborted, leave no timer, and the run goes on', async () => {
    const clock = createFakeClock()
    let signal: AbortSignal | undefined
    const tool: Tool = {
      name: 'slow',
      description: 'Sleeps',
      timeoutMs: 50,
      run: (_, one) => {
        signal = one.signal
        return new Promise(() => {})
      },
    }
    const test = loopHarness([call('slow'), done], { tools: [tool] }, { clock })
    const task = await test.send('go')
    expect([task.task.status.state, signal?.aborted, clock.pending]).toEqual(['completed', true, 0])
    expect(results(test, 1)).toEqual(['The tool failed: It did not answer within 50 ms.'])
  })

  it('are aborted with the run', async () => {
    let call_: ToolCall | undefined
    const tool: Tool = {
      name: 'slow',
      description: 'Sleeps',
      run: (_, one) => {
        call_ = one
        void one.signal
        return new Promise(() => {})
      },
    }
    const test = loopHarness([call('slow'), done], { tools: [tool] })
    const run = test.submit('go')
    await expect.poll(() => call_).toBeDefined()
    run.cancel()
    const { task } = await run.outcome
    expect([task?.task.status.state, call_?.signal.aborted]).toEqual(['canceled', true])
    expect(test.provider.requests).toHaveLength(1)
  })

  it('leave nothing behind on the signal of the run', async () => {
    const signals: AbortSignal[] = []
    const tool: Tool = {
      name: 'ping',
      description: 'Pings',
      timeoutMs: 1000,
      run: (_, one) => {
        signals.push(one.context.signal)
        return 'pong'
      },
    }
    const turns = [...Array.from({ length: 5 }, () => call('ping')), done]
    const test = loopHarness(turns, { tools: [tool] })
    await test.send('go')
    expect(signals).toHaveLength(5)
    expect(getEventListeners(signals[0] as AbortSignal, 'abort')).toEqual([])
    expect(test.clock.pending).toBe(0)
  })

  it('of one name are refused when the app is made', () => {
    expect(() => loopHarness([], { tools: [add, add] })).toThrow('Two tools have the name "add"')
    const skill = { id: 'add', name: 'Add', description: 'Adds', tags: [], handler: () => 'x' }
    expect(() => loopHarness([], { tools: [add], skills: [skill] })).toThrow('Two tools have the name "add"')
  })

  it('whose schema can not be told are refused when the app is made', () => {
    const input = { '~standard': { version: 1 as const, vendor: 'old', validate: (value: unknown) => ({ value }) } }
    expect(() => loopHarness([], { tools: [{ ...add, input }] })).toThrow('gives no JSON Schema')
  })

  it('get what their schema makes of the arguments; schemas that are no objects are wrapped', async () => {
    const input = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) =>
          typeof value === 'string' ? { value: value.length } : { issues: [{ message: 'no text' }] },
        jsonSchema: { input: () => ({ type: 'string' }), output: () => ({ type: 'number' }) },
      },
    }
    const tool = defineTool({ name: 'count', description: 'Counts', input, run: (length) => `${String(length)} long` })
    const test = loopHarness([call('count', { value: 'abcd' }), done], { tools: [tool as Tool] })
    await test.send('go')
    expect(test.provider.requests[0]?.body['tools']).toMatchObject([
      { function: { parameters: { type: 'object', properties: { value: { type: 'string' } }, required: ['value'] } } },
    ])
    expect(results(test, 1)).toEqual(['4 long'])
  })
})

describe('bad calls', () => {
  it.each<[string, FakeTurn, RegExp]>([
    ['an unknown tool', call('sub'), /There is no tool "sub"\. There are: add\./],
    ['broken JSON', call('add', '{"a":1,'), /not a JSON object/],
    ['arguments that are no object', call('add', '[1]'), /not a JSON object/],
    ['arguments that do not match', call('add', { a: 1, b: 'x' }), /do not match the schema\. .*b/],
  ])('%s: the model is told and may do better', async (_, turn, told) => {
    const test = loopHarness([turn, call('add', { a: 1, b: 2 }), done], { tools: [add] })
    expect(texts(await test.send('go'))).toEqual(['Done.'])
    expect(results(test, 1)).toEqual([expect.stringMatching(told)])
    expect(results(test, 2)[1]).toBe('3')
  })

  it.each([0, 1, 3])('more than %i turns of them in a row fail the run', async (maxRepairs) => {
    const test = loopHarness(() => call('nope'), { tools: [add] }, { loop: { maxRepairs } })
    const task = await test.send('go')
    expect([task.task.status.state, codeOf(task)]).toEqual(['failed', 'PF_TOOL_CALL_INVALID'])
    expect(test.provider.requests).toHaveLength(maxRepairs + 1)
  })

  it('do not add up where good ones come between', async () => {
    const turns = [call('nope'), call('add', { a: 1, b: 1 }), call('nope'), call('add', { a: 1, b: 1 }), done]
    const test = loopHarness(turns, { tools: [add] }, { loop: { maxRepairs: 1 } })
    expect((await test.send('go')).task.status.state).toBe('completed')
  })

  it('that were cut off are never run', async () => {
    let runs = 0
    const tool: Tool = { name: 'add', description: 'Adds', run: () => ++runs }
    const cut: FakeTurn = { toolCalls: [{ name: 'add', arguments: '{"a":1' }], finish: 'length' }
    const test = loopHarness([cut, done], { tools: [tool] })
    expect(texts(await test.send('go'))).toEqual(['Done.'])
    expect(runs).toBe(0)
    expect(results(test, 1)).toEqual([expect.stringContaining('cut off')])
  })

  it('that are too many for one answer are not made', async () => {
    let ran = 0
    const tool: Tool = { name: 'ping', description: 'Pings', run: () => `${++ran}` }
    const many: FakeTurn = { toolCalls: Array.from({ length: 5 }, () => ({ name: 'ping' })) }
    const test = loopHarness([many, done], { tools: [tool] }, { loop: { maxCalls: 3 } })
    await test.send('go')
    expect(ran).toBe(3)
    expect(results(test, 1).slice(2)).toEqual([
      '3',
      ...Array.from({ length: 2 }, () => 'Not carried out: more than 3 calls in one answer.'),
    ])
  })

  it('whose arguments are too long are cut off while they come', async () => {
    const long = { toolCalls: [{ name: 'add', arguments: { a: 'x'.repeat(10_000) } }], deltaLength: 100 }
    const test = loopHarness([long, done], { tools: [add] }, { loop: { maxArgumentsLength: 500 } })
    const task = await test.send('go')
    expect([task.task.status.state, texts(task)]).toEqual(['completed', ['Done.']])
    const sent = test.events.filter(({ type }) => type === 'tool-call-delta')
    expect(sent.length).toBeLessThan(10)
    expect(JSON.stringify(messagesOf(test, 1)).length).toBeLessThan(1000)
    expect(test.events).toContainEqual({ type: 'tool-call-end', toolCallId: 'call_1_0' })
  })
})

it('calls that a server numbers anew each time are told apart', async () => {
  const again = { toolCalls: [{ id: '0', name: 'add', arguments: { a: 1, b: 1 } }] }
  const test = loopHarness([again, again, done], { tools: [add] })
  await test.send('go')
  const ids = messagesOf(test, 2).flatMap(({ tool_call_id }) => (tool_call_id === undefined ? [] : [tool_call_id]))
  expect(ids).toEqual(['0', '0_2'])
  expect(test.events.flatMap((event) => (event.type === 'tool-result' ? [event.toolCallId] : []))).toEqual(['0', '0_2'])
})
