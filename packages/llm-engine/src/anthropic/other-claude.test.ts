// @node24-only: computes alone, against a fake provider in memory
// What one Claude thought is signed for it alone: another one refuses the whole request, and so every later one of the
// conversation. On a budget, a turn must begin with a thought.
import type { JsonObject, JsonValue, LanguageModel, ModelMessage } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, read } from '../../test/harness'
import { loopHarness } from '../../test/loop-harness'
import { createFallbackModel } from '../model/fallback-model'
import { generate } from '../reply/generate'
import { createFakeProvider, type FakeRequest, type FakeTurn } from '../testing'
import type { AnthropicCallOptions } from './options'
import { createAnthropic } from './anthropic'

type Block = JsonObject & { type: string }
type Sent = { role: string; content: Block[] }[]

const sentOf = ({ body }: FakeRequest) => body['messages'] as unknown as Sent
const isThought = (block: Block | undefined) => block?.type === 'thinking' || block?.type === 'redacted_thinking'
const opus = 'claude-opus-4-5'
const sonnet = 'claude-sonnet-4-5'
const claude = (model: string, options: { providerOptions?: AnthropicCallOptions } = {}): LanguageModel =>
  createAnthropic({ model, baseUrl: 'http://fake.test', attempts: 1, ...options })
const call: FakeTurn = { reasoning: 'Hm.', toolCalls: [{ name: 'look' }] }
const look = { name: 'look', description: 'looks', input: { type: 'object' }, run: () => 'seen' }

/** Refuses what Anthropic is known to refuse. `isDown`: that model is overloaded. */
function anthropic(answer: (request: FakeRequest, number: number) => FakeTurn, isDown: (model: string) => boolean) {
  const makers: JsonValue[] = []
  const refused: string[] = []
  const asked: string[] = []
  const refusal = (message: string): FakeTurn => {
    refused.push(message)
    return { status: 400, body: JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message } }) }
  }
  const script = (request: FakeRequest, number: number): FakeTurn => {
    const { model = '', thinking } = request.body
    makers[number] = model
    if (isDown(String(model))) return { status: 529 }
    const sent = sentOf(request)
    const isForeign = ({ signature }: Block) => makers[Number(String(signature).split('_')[1])] !== model
    if (sent.some(({ content }) => content.some((block) => isThought(block) && isForeign(block))))
      return refusal('Invalid `signature` in `thinking` block')
    const isOnBudget = (thinking as JsonObject | undefined)?.['type'] === 'enabled'
    let first: Block | undefined
    for (let at = sent.length - 1; sent[at]?.content[0]?.type === 'tool_result'; at -= 2)
      first = sent[at - 1]?.content[0]
    if (isOnBudget && first && !isThought(first))
      return refusal('When `thinking` is enabled, a final `assistant` message must start with a thinking block')
    asked.push(
      `${String(model)}${isOnBudget ? ' thinks' : ''} ${sent.flatMap(({ content }) => content).filter(isThought).length}`,
    )
    return { ...answer(request, number), ...(!isOnBudget && { reasoning: '' }) }
  }
  return { script, refused, asked }
}

/** Two tasks of a conversation of Claudes, the first of which is down from one model call on. */
async function conversation(downFrom: number, options: { providerOptions?: AnthropicCallOptions }) {
  const models = createFallbackModel([claude(opus, options), claude(sonnet, options)])
  const server = anthropic(
    (request) =>
      sentOf(request).at(-1)?.content[0]?.type === 'tool_result' ? { reasoning: 'So.', text: 'Done.' } : call,
    (model) => model === opus && server.asked.length >= downFrom,
  )
  const { providerOptions } = options
  const test = loopHarness(
    server.script,
    { tools: [look] },
    { model: () => models, loop: { settings: providerOptions ? {} : { reasoning: { effort: 'low' } } } },
  )
  const first = await test.send('one')
  const { contextId } = first.task
  const states = [first.task.status.state]
  for (const text of ['two', 'three']) states.push((await test.send(text, { contextId })).task.status.state)
  return { states, refused: server.refused, asked: server.asked }
}

describe('what one Claude thought', () => {
  it.each([
    ['by effort', {}],
    ['by its own options', { providerOptions: { thinking: { type: 'enabled', budget_tokens: 2048 } } }],
  ])('is not given to another one that stands in for it, thinking %s', async (_, options) => {
    const { states, refused, asked } = await conversation(2, options)
    expect([states, refused]).toEqual([['completed', 'completed', 'completed'], []])
    expect(asked).toEqual([
      `${opus} thinks 0`,
      `${opus} thinks 1`,
      `${sonnet} thinks 0`,
      `${sonnet} thinks 1`,
      `${sonnet} thinks 2`,
      `${sonnet} thinks 3`,
    ])
  })

  it('in the turn under way is not either: that one goes on without thinking', async () => {
    const { states, refused, asked } = await conversation(1, {})
    expect([states, refused]).toEqual([['completed', 'completed', 'completed'], []])
    expect(asked.slice(0, 4)).toEqual([`${opus} thinks 0`, `${sonnet} 0`, `${sonnet} thinks 0`, `${sonnet} thinks 1`])
  })

  it('goes back to it as it came, under the name that it is asked by', async () => {
    const provider = createFakeProvider([call, { text: 'a' }])
    const model = createAnthropic({ model: opus, host: { fetch: provider.fetch } })
    const { message } = await generate(model, hello)
    await generate(model, { messages: [...hello.messages, JSON.parse(JSON.stringify(message)) as ModelMessage] })
    expect(sentOf(provider.requests[1] as FakeRequest)[1]?.content[0]).toEqual({
      type: 'thinking',
      thinking: 'Hm.',
      signature: 'signature_1',
    })
  })

  it.each([
    ['another one thought it', { model: sonnet }],
    ['it was stored by a version that did not note whose it is', {}],
  ])('goes nowhere where %s, hidden or not', async (_, whose) => {
    const host = hostOf({ body: '{}', status: 400 })
    const messages: ModelMessage[] = [
      ...hello.messages,
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm.', providerData: { anthropic: { signature: 'sig', ...whose } } },
          { type: 'opaque', provider: 'anthropic', ...whose, data: { type: 'redacted_thinking', data: 'x' } },
          { type: 'opaque', provider: 'anthropic', data: { type: 'server_tool_use', id: 's', name: 'w', input: {} } },
          { type: 'tool-call', toolCallId: 't', name: 'look', arguments: '{}' },
        ],
      },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 't', name: 'look', parts: [{ text: 'seen' }] }] },
    ]
    const { error } = await read(claude(opus), { messages, host, reasoning: { effort: 'low' } })
    const body = JSON.parse(host.bodies[0] as string) as { messages: Sent }
    expect(body.messages[1]?.content.map(({ type }) => type)).toEqual(['server_tool_use', 'tool_use'])
    expect(body).not.toHaveProperty('thinking')
    expect(error).toMatchObject({ details: { warnings: [expect.stringContaining('can not think on a budget')] } })
  })
})

it('what stands in front of a thought as a summary is none that is missing', async () => {
  const host = hostOf({ body: '{}', status: 400 })
  const own = { provider: 'anthropic', model: sonnet }
  const messages: ModelMessage[] = [
    ...hello.messages,
    {
      role: 'assistant',
      content: [
        { type: 'opaque', ...own, data: { type: 'compaction', content: 'x' } },
        { type: 'opaque', ...own, data: { type: 'redacted_thinking', data: 'x' } },
        { type: 'tool-call', toolCallId: 't', name: 'look', arguments: '{}' },
      ],
    },
    { role: 'tool', content: [{ type: 'tool-result', toolCallId: 't', name: 'look', parts: [{ text: 'seen' }] }] },
  ]
  await read(claude(sonnet), { messages, host, reasoning: { effort: 'low' } })
  expect(JSON.parse(host.bodies[0] as string)).toMatchObject({ thinking: { type: 'enabled' } })
})

it('a turn that began with a thought goes on on its budget, though later answers have none', async () => {
  const isLast = (request: FakeRequest) => sentOf(request).length > 6
  const server = anthropic(
    (request) => (isLast(request) ? { text: 'a' } : { ...call, reasoning: '' }),
    () => false,
  )
  const script = (request: FakeRequest, number: number) => ({
    ...server.script(request, number),
    ...(number === 1 && { reasoning: 'Hm.' }),
  })
  const test = loopHarness(
    script,
    { tools: [look] },
    { model: () => claude(sonnet), loop: { settings: { reasoning: { effort: 'low' } } } },
  )
  expect((await test.send('go')).task.status.state).toBe('completed')
  expect([server.asked, server.refused]).toEqual([[0, 1, 1, 1].map((count) => `${sonnet} thinks ${count}`), []])
})
