// An agent with a model over AG-UI: tools of both sides, approval, reasoning, usage, and the same thread again.
import { HttpAgent } from '@ag-ui/client'
import { bind, defineAgent, defineFeature, defineTool, httpClientPort, jsonSchema } from '@pf-agents/agent-core'
import { aguiStream } from '@pf-agents/agui-stream'
import { createApp } from '@pf-agents/app'
import { eventStream } from '@pf-agents/event-stream'
import { llmEngine } from '@pf-agents/llm-engine'
import { createOpenAiChat } from '@pf-agents/llm-engine/openai'
import { createFakeProvider, type FakeTurn } from '@pf-agents/llm-engine/testing'
import { afterEach, describe, expect, it } from 'vitest'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

// oxlint-disable-next-line typescript/no-explicit-any -- the wire is what is looked at
type Json = any

function modelApp(script: FakeTurn[]) {
  const provider = createFakeProvider(script)
  const ran: unknown[] = []
  const city = jsonSchema<{ city: string }>({
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
  })
  const agent = defineAgent({
    name: 'model',
    description: 'Has a model',
    version: '1.0.0',
    model: createOpenAiChat({ model: 'fake', baseUrl: 'http://fake.test/v1' }),
    tools: [
      defineTool({
        name: 'weather',
        description: 'The weather',
        input: city,
        run: ({ city: name }) => {
          ran.push(name)
          return { celsius: 21 }
        },
      }),
      defineTool({
        name: 'book',
        description: 'Books',
        input: city,
        needsApproval: true,
        run: ({ city: name }) => {
          ran.push(`booked ${name}`)
          return 'booked'
        },
      }),
    ],
  })
  const client = defineFeature({
    name: 'fake-provider',
    targets: ['node'],
    provides: [httpClientPort],
    setup: () => ({ ports: [bind(httpClientPort, { fetch: provider.fetch })] }),
  })
  const app = createApp(agent, [client, llmEngine(), eventStream(), aguiStream({ guard: 'strict' })], {
    logger: { log: () => {} },
  })
  closing.push(() => app.close())
  const page = new HttpAgent({
    url: 'http://agent.test/agui',
    threadId: 'thread',
    fetch: (url, init) => Promise.resolve(app.fetch(new Request(url, init))),
  })
  const run = async (parameters: object = {}, text?: string): Promise<Json[]> => {
    const seen: Json[] = []
    if (text !== undefined) page.addMessage({ id: crypto.randomUUID(), role: 'user', content: text })
    await page.runAgent(
      { runId: crypto.randomUUID(), ...parameters },
      { onEvent: ({ event }) => void seen.push(event) },
    )
    return seen
  }
  return { provider, page, run, ran, app }
}

describe('an agent with a model over AG-UI', () => {
  it('streams its turns: calls, results, text and usage', async () => {
    const { page, run, ran } = modelApp([
      { text: 'Let me look.', toolCalls: [{ name: 'weather', arguments: { city: 'Lisbon' } }] },
      { text: 'It is 21 degrees.' },
    ])
    const seen = await run({}, 'weather in Lisbon?')
    expect(ran).toEqual(['Lisbon'])
    expect(page.messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: 'Let me look.', toolCalls: [{ function: { name: 'weather' } }] },
      { role: 'tool', content: '{"celsius":21}' },
      { role: 'assistant', content: 'It is 21 degrees.' },
    ])
    expect(seen.at(-1)).toMatchObject({ outcome: { type: 'success' }, usage: [{ inputTokens: 20, outputTokens: 10 }] })
  })

  it('calls a tool of the page beside one of its own, and goes on with what the page gave', async () => {
    const { page, run, provider, ran } = modelApp([
      {
        toolCalls: [
          { name: 'weather', arguments: { city: 'Oslo' } },
          { name: 'show', arguments: { colour: 'red' } },
        ],
      },
      { text: 'Shown.' },
    ])
    const tools = [
      {
        name: 'show',
        description: 'Shows a colour',
        parameters: { type: 'object', properties: { colour: { type: 'string' } } },
      },
    ]
    const first = await run({ tools }, 'show me')
    const pending = first.at(-1).outcome.pendingToolCallIds
    expect(pending).toHaveLength(1)
    expect(ran).toEqual(['Oslo'])
    expect(provider.requests).toHaveLength(1)
    page.addMessage({ id: crypto.randomUUID(), role: 'tool', toolCallId: pending[0], content: 'it is shown' })
    const next = await run({ tools })
    expect(next.filter(({ type }) => type === 'TOOL_CALL_RESULT')).toEqual([])
    expect(page.messages.at(-1)?.content).toBe('Shown.')
    expect(JSON.stringify(provider.requests[1]?.body)).toContain('it is shown')
    expect(page.messages.filter(({ role }) => role === 'tool')).toHaveLength(2)
  })

  it('asks before it runs what needs approval, and tells the model of a refusal', async () => {
    for (const [approved, booked] of [
      [true, ['booked Rome']],
      [false, []],
    ] as const) {
      const { page, run, ran } = modelApp([
        { toolCalls: [{ name: 'book', arguments: { city: 'Rome' } }] },
        { text: approved ? 'Booked.' : 'Then not.' },
      ])
      const first = await run({}, 'book Rome')
      const [question] = first.at(-1).outcome.interrupts
      expect(question).toMatchObject({
        reason: 'tool_call',
        toolCallId: first.find(({ type }) => type === 'TOOL_CALL_START').toolCallId,
      })
      expect(ran).toEqual([])
      const next = await run({ resume: [{ interruptId: question.id, status: 'resolved', payload: { approved } }] })
      expect(next.filter(({ type }) => type.startsWith('TOOL_CALL_')).map(({ type }) => type)).toEqual([
        'TOOL_CALL_RESULT',
      ])
      expect(ran).toEqual(booked)
      expect(page.messages.at(-1)?.content).toBe(approved ? 'Booked.' : 'Then not.')
    }
  })

  it('tells the model of the page, and what the user says beside an answer', async () => {
    const { run, provider } = modelApp([
      { toolCalls: [{ name: 'book', arguments: { city: 'Rome' } }] },
      { text: 'Booked.' },
    ])
    const context = [{ description: 'Page', value: 'Flights' }]
    const first = await run({ context }, 'book Rome')
    const [question] = first.at(-1).outcome.interrupts
    const resume = [{ interruptId: question.id, status: 'resolved', payload: { approved: true } }]
    await run({ context, resume }, 'a window seat, please')
    const { messages } = (provider.requests[1] as Json).body
    expect(messages.map(({ role }: Json) => role)).toEqual(['user', 'assistant', 'tool', 'user'])
    expect(messages[0].content).toContain('[{"description":"Page","value":"Flights"}]')
    expect(messages[3].content).toBe('a window seat, please')
  })

  it('begins anew where the user goes on rather than wait for a page tool', async () => {
    const { page, run, provider } = modelApp([
      { toolCalls: [{ name: 'show', arguments: {} }] },
      { text: 'As you like.' },
    ])
    const tools = [{ name: 'show', description: 'Shows', parameters: { type: 'object' } }]
    await run({ tools }, 'show me')
    await run({ tools }, 'never mind')
    expect(page.messages.at(-1)?.content).toBe('As you like.')
    // No call without a result is left in what the model is told.
    const { messages } = (provider.requests[1] as Json).body
    expect(messages.at(-1)).toEqual({ role: 'user', content: 'never mind' })
    expect(JSON.stringify(messages)).not.toContain('tool_calls')
  })

  it.each<[string, FakeTurn, string]>([
    ['a text', { text: 'abcdefgh'.repeat(4) }, 'TEXT_MESSAGE_CONTENT'],
    ['a thought', { reasoning: 'abcdefgh'.repeat(4) }, 'REASONING_MESSAGE_CONTENT'],
    ['a call', { toolCalls: [{ name: 'weather', arguments: { city: 'abcdefgh'.repeat(4) } }] }, 'TOOL_CALL_ARGS'],
  ])('canceled in %s, it is over, with nothing left open for the guard to close', async (what, turn, until) => {
    const { page, app } = modelApp([{ ...turn, fault: { after: 3, kind: 'stall' } }])
    const seen: Json[] = []
    page.addMessage({ id: 'm', role: 'user', content: 'go' })
    const over = page.runAgent({ runId: 'run' }, { onEvent: ({ event }) => void seen.push(event) })
    await expect.poll(() => seen.some(({ type }) => type === until)).toBe(true)
    const url = 'http://agent.test/agui/threads/thread/runs/run/cancel'
    expect((await app.fetch(new Request(url, { method: 'POST' }))).status).toBeLessThan(300)
    await over.catch(() => {})
    // The strict guard breaks the run off where it would have to put something right.
    // Half of a call is nothing a page can keep.
    if (what === 'a call') expect(seen.at(-1)).toMatchObject({ type: 'RUN_ERROR', code: 'cancelled' })
    else expect(seen.at(-1)).toMatchObject({ type: 'RUN_FINISHED', outcome: { type: 'cancelled' } })
    expect(seen.filter(({ type }) => type === 'STEP_FINISHED')).toHaveLength(1)
  })

  it('the thread as it is told again is the thread as it was told', async () => {
    const { page, run, app } = modelApp([
      { text: 'Look:', toolCalls: [{ name: 'weather', arguments: { city: 'Lisbon' } }] },
      { text: 'Warm.' },
      { text: 'And now this.' },
    ])
    await run({}, 'one')
    await run({}, 'two')
    const again = new HttpAgent({
      url: 'http://agent.test/agui/threads/thread/connect',
      threadId: 'thread',
      fetch: (url, init) => Promise.resolve(app.fetch(new Request(url, init))),
    })
    await again.runAgent()
    expect(again.messages).toEqual(page.messages)
  })
})
