// Every scenario of the AG-UI subject, run by the real clients with their verification on.
import { HttpAgent as Client100 } from '@ag-ui/client'
import { HttpAgent as Client057 } from '@ag-ui/client-0.0.57'
import { HttpAgent as Client059 } from '@ag-ui/client-0.0.59'
import { aguiStream } from '@pf-agents/agui-stream'
import { createApp } from '@pf-agents/app'
import { type RunningServer, serve } from '@pf-agents/app/node'
import { eventStream } from '@pf-agents/event-stream'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import agent, { scenarios } from './agui-agent'

const clients = [
  { version: '1.0.0', HttpAgent: Client100, isOld: false },
  { version: '0.0.59', HttpAgent: Client059 as unknown as typeof Client100, isOld: true },
  { version: '0.0.57', HttpAgent: Client057 as unknown as typeof Client100, isOld: true },
]
const covered = new Set<string>()
let server: RunningServer

beforeAll(async () => {
  process.env['SUT_SLOW_MS'] = '60'
  server = await serve(createApp(agent, [eventStream(), aguiStream()], { logger: { log: () => {} } }), { port: 0 })
})
afterAll(() => server.close())

// oxlint-disable-next-line typescript/no-explicit-any -- events of three versions
type Seen = any[]

describe.each(clients)('client $version', ({ version, HttpAgent, isOld }) => {
  /** A conversation in one scenario. */
  function talk(scenario: string, options: { state?: object } = {}) {
    covered.add(scenario)
    let count = 0
    const client = new HttpAgent({
      url: `${server.url}/agui`,
      threadId: `${version}-${scenario}-${crypto.randomUUID()}`,
      initialState: options.state ?? {},
    })
    const run = async (parameters: object = {}, text?: string) => {
      const seen: Seen = []
      if (text !== undefined)
        client.addMessage({ id: `u${++count}-${crypto.randomUUID()}`, role: 'user', content: text })
      await client.runAgent(
        { runId: crypto.randomUUID(), forwardedProps: { scenario }, ...parameters },
        { onEvent: ({ event }) => void seen.push(event) },
      )
      return seen
    }
    return { client, run }
  }
  const last = (seen: Seen) => seen.at(-1)
  const shape = (messages: { role: string; content?: unknown }[]) =>
    messages.map(({ role, content }) => [role, content ?? ''])

  it('text', async () => {
    const { client, run } = talk('text')
    const seen = await run({}, 'hello there')
    expect(shape(client.messages)).toEqual([
      ['user', 'hello there'],
      ['assistant', 'You said: hello there'],
    ])
    expect(last(seen)).toMatchObject({
      type: 'RUN_FINISHED',
      outcome: { type: 'success' },
      usage: [{ inputTokens: 12, outputTokens: 7 }],
    })
  })

  it('tools', async () => {
    const { client, run } = talk('tools')
    const seen = await run({}, 'weather')
    const [, holder, first, second, answer] = client.messages
    expect(holder).toMatchObject({ role: 'assistant', content: 'Let me look.' })
    const calls = (holder as { toolCalls: { function: { name: string; arguments: string } }[] }).toolCalls
    expect(calls.map((call) => JSON.parse(call.function.arguments))).toEqual([{ city: 'Lisbon' }, { city: 'Oslo' }])
    expect([first, second]).toMatchObject([
      { role: 'tool', content: 'The station does not answer.' },
      { role: 'tool', content: '{"celsius":21}' },
    ])
    expect(answer).toMatchObject({ role: 'assistant', content: '21 degrees in Lisbon.' })
    expect(last(seen).outcome).toEqual({ type: 'success' })
    expect(client.messages).toHaveLength(5)
  })

  it('frontend-tool: a mixed turn ends as pending and goes on with the answer', async () => {
    const { client, run } = talk('frontend-tool')
    const tools = [{ name: 'pick', description: 'Lets the user pick', parameters: { type: 'object' } }]
    const seen = await run({ tools }, 'colour?')
    const calls = client.messages.flatMap((one) => ('toolCalls' in one ? (one.toolCalls ?? []) : []))
    const pick = calls.find((call) => call.function.name === 'pick')
    expect(last(seen).outcome).toEqual(
      isOld ? { type: 'success' } : { type: 'success', pendingToolCallIds: [pick?.id] },
    )
    expect(seen.filter((event) => event.type === 'TOOL_CALL_RESULT')).toHaveLength(1)
    client.addMessage({ id: crypto.randomUUID(), role: 'tool', toolCallId: pick?.id as string, content: '"red"' })
    const next = await run({ tools })
    expect(next.filter((event) => event.type === 'TOOL_CALL_RESULT')).toEqual([])
    expect(client.messages.at(-1)).toMatchObject({ role: 'assistant', content: 'The page picked "red".' })
  })

  it('state', async () => {
    const { client, run } = talk('state', { state: { count: 4, kept: true } })
    await run({}, 'count')
    expect(client.state).toEqual({
      count: 5,
      kept: true,
      list: ['first', 1, 2, 3, 4],
      'a/b~c': { deep: [null, false] },
    })
    await run({}, 'again')
    expect(client.state).toMatchObject({ count: 6, kept: true })
  })

  it('reasoning', async () => {
    const { client, run } = talk('reasoning')
    const seen = await run({}, 'think')
    const types = new Set(seen.map((event) => event.type))
    expect(types).toContain('REASONING_MESSAGE_CONTENT')
    expect(types).toContain('ACTIVITY_DELTA')
    expect(types).toContain('RAW')
    expect(types).toContain('CUSTOM')
    expect(types.has('SUBAGENT_STARTED')).toBe(!isOld)
    expect(last(seen)).toMatchObject({ type: 'RUN_FINISHED', outcome: { type: 'success' } })
    const activities = client.messages.filter((one) => one.role === 'activity')
    expect(activities).toMatchObject([
      { activityType: 'plan', content: { steps: ['think', 'answer'], done: 2 } },
      { activityType: 'a2a.artifact', content: { name: 'notes.md', parts: [{ text: '# Notes' }, { text: '\nmore' }] } },
    ])
    expect(client.messages.some((one) => one.content === 'Helping.')).toBe(true)
  })

  it.each([[true], [false], [0], [''], [[]], [{}]])('interrupt, answered with %j', async (payload) => {
    const { client, run } = talk('interrupt')
    const seen = await run({}, 'send money')
    const { outcome } = last(seen)
    expect(outcome).toMatchObject({ type: 'interrupt', interrupts: [{ message: 'Send 100?', reason: 'tool_call' }] })
    const [interrupt] = outcome.interrupts
    const call = client.messages.flatMap((one) => ('toolCalls' in one ? (one.toolCalls ?? []) : []))[0]
    expect(interrupt.toolCallId).toBe(call?.id)
    const next = await run({ resume: [{ interruptId: interrupt.id, status: 'resolved', payload }] })
    expect(next.filter((event) => event.type.startsWith('TOOL_CALL_')).map((event) => event.type)).toEqual([
      'TOOL_CALL_RESULT',
    ])
    expect(client.messages.at(-1)?.content).toBe(
      payload === true ? 'The money was sent.' : `Not sent: ${JSON.stringify(payload)}.`,
    )
    expect(shape(client.messages).map(([role]) => role)).toEqual(['user', 'assistant', 'tool', 'assistant'])
  })

  it('multi-interrupt: two questions, answered at once', async () => {
    const { client, run } = talk('multi-interrupt')
    const { interrupts } = last(await run({}, 'a table')).outcome
    const [day, people] = interrupts
    const ask = (payload: unknown) =>
      run({
        resume: [
          { interruptId: day.id, status: 'resolved', payload: 'Friday' },
          { interruptId: people.id, status: 'resolved', payload },
        ],
      })
    const silent = vi.spyOn(console, 'error').mockReturnValue()
    await expect(ask('many')).rejects.toMatchObject({ status: 422 })
    silent.mockRestore()
    await ask(0)
    expect(client.messages.at(-1)?.content).toBe('A table on Friday for 0.')
  })

  it('multi-interrupt: one answered and one given up ends the run as canceled', async () => {
    const { run } = talk('multi-interrupt')
    const [day, people] = last(await run({}, 'a table')).outcome.interrupts
    const seen = await run({
      resume: [
        { interruptId: day.id, status: 'resolved', payload: 'Friday' },
        { interruptId: people.id, status: 'cancelled' },
      ],
    })
    expect(last(seen)).toMatchObject(
      isOld ? { type: 'RUN_ERROR', code: 'cancelled' } : { type: 'RUN_FINISHED', outcome: { type: 'cancelled' } },
    )
  })

  it.each(['error-before', 'error-mid'])('%s', async (scenario) => {
    const { run } = talk(scenario)
    const seen = await run({}, 'go')
    expect(last(seen)).toMatchObject({ type: 'RUN_ERROR', code: 'PF_INTERNAL' })
    expect(seen.filter((event) => event.type === 'RUN_ERROR' || event.type === 'RUN_FINISHED')).toHaveLength(1)
    expect(JSON.stringify(seen)).not.toContain('secret detail')
  })

  it('cancel', async () => {
    const { client, run } = talk('cancel')
    const runId = crypto.randomUUID()
    let wasStopped: Promise<Response> | undefined
    client.subscribe({
      onTextMessageContentEvent: () => {
        wasStopped ??= fetch(`${server.url}/agui/threads/${encodeURIComponent(client.threadId)}/runs/${runId}/cancel`, {
          method: 'POST',
        })
      },
    })
    const seen = await run({ runId }, 'go')
    expect((await wasStopped)?.status).toBe(200)
    expect(last(seen)).toMatchObject(
      isOld ? { type: 'RUN_ERROR', code: 'cancelled' } : { type: 'RUN_FINISHED', outcome: { type: 'cancelled' } },
    )
  })

  it('slow', async () => {
    const { client, run } = talk('slow')
    await run({}, 'go')
    expect(client.messages.at(-1)?.content).toBe('One moment. Done.')
  })

  it('huge', async () => {
    const { client, run } = talk('huge')
    const seen = await run({}, 'go')
    expect(last(seen)).toMatchObject({ type: 'RUN_FINISHED' })
    expect(client.messages.map(({ content }) => (content as string | undefined)?.length ?? 0)).toEqual([
      2, 1_000_000, 0, 1_500_000, 15,
    ])
  })

  it('handler-only', async () => {
    const { client, run } = talk('handler-only')
    await run({}, 'one')
    await run({}, 'two')
    expect(shape(client.messages)).toEqual([
      ['user', 'one'],
      ['assistant', 'Echo: one'],
      ['user', 'two'],
      ['assistant', 'Echo: two'],
    ])
  })
})

it('covers every scenario', () => {
  expect([...covered].sort()).toEqual(Object.keys(scenarios).sort())
})
