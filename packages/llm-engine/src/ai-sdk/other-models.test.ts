// Real providers of the AI SDK behind the bridge, given what other models made.
import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { JsonObject, ModelCall, ModelFilePart, ModelMessage, ModelProfile } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hello, read, sse } from '../../test/harness'
import { generate } from '../reply/generate'
import { createFakeProvider } from '../testing'
import { fromAiSdk } from './from-ai-sdk'

type Fetch = typeof globalThis.fetch

/** A server that refuses all it is asked, and what that was. */
function refusing() {
  const bodies: JsonObject[] = []
  const fetch: Fetch = async (_, init) => {
    bodies.push(JSON.parse(init?.body as string) as JsonObject)
    return Response.json({ error: { message: 'no' } }, { status: 400 })
  }
  return { fetch, bodies }
}
const openAi = (fetch: Fetch) => createOpenAI({ apiKey: 'k', fetch })
const elsewhere = (fetch: Fetch) => createOpenAI({ apiKey: 'k', fetch, baseURL: 'https://api.groq.com/openai/v1' })
const google = (fetch: Fetch, model: string) => createGoogleGenerativeAI({ apiKey: 'k', fetch })(model)
const claude = (fetch: Fetch, model: string) => createAnthropic({ apiKey: 'k', fetch })(model)

/** What is sent, and what the caller is warned of. */
async function sent(make: (fetch: Fetch) => LanguageModelV4, call: ModelCall, profile?: ModelProfile) {
  const { fetch, bodies } = refusing()
  const model = fromAiSdk(make(fetch), { attempts: 1, ...(profile && { profile }) })
  const { error } = await read(model, call)
  const [body = {}] = bodies
  const { code, details } = error as { code: string; details?: { warnings?: string[] } }
  const told = (body['messages'] ?? body['input'] ?? body['contents'] ?? []) as { role: string }[]
  return { body, told, text: JSON.stringify(told), code, warnings: details?.warnings ?? [] }
}
const results = (name: string): ModelMessage => ({
  role: 'tool',
  content: [{ type: 'tool-result', toolCallId: name, name, parts: [{ text: 'ok' }] }],
})
const stored = (message: ModelMessage) => JSON.parse(JSON.stringify(message)) as ModelMessage

const all: [string, (fetch: Fetch) => LanguageModelV4][] = [
  ['OpenAI chat', (fetch) => openAi(fetch).chat('gpt-5')],
  ['OpenAI Responses', (fetch) => openAi(fetch).responses('gpt-5')],
  ['Anthropic', (fetch) => claude(fetch, 'claude-sonnet-4-5')],
  ['Gemini', (fetch) => google(fetch, 'gemini-2.5-pro')],
]

describe.each(all)('%s', (_, make) => {
  const made = (file: Partial<ModelFilePart>): ModelCall => ({
    messages: [
      ...hello.messages,
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Here' },
          { type: 'file', mediaType: 'image/png', ...file, providerData: { x: { model: 'painter', sig: 'SIG' } } },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'Is its tail long?' }] },
    ],
  })

  it('is given a picture of another model as the user’s', async () => {
    const { told, text, warnings } = await sent(make, made({ raw: 'iVBORw0KGgo=' }))
    expect(JSON.stringify(told.slice(1, -1))).toContain('(A file was made here: image/png.)')
    expect(told.at(-1)).toMatchObject({ role: 'user' })
    expect(JSON.stringify(told.at(-1))).toContain('iVBORw0KGgo=')
    expect([text.includes('SIG'), warnings]).toEqual([false, []])
  })

  it('is told of what it may not take, or can not load: the conversation goes on', async () => {
    const files = [{ mediaType: 'audio/mpeg', raw: 'AAAA' }, { url: 'gs://bucket/a.png' }, { raw: 'AAA' }]
    for (const file of files) {
      const { text, warnings } = await sent(make, made(file))
      expect(text).toContain('A file that can not be shown here')
      expect(warnings).toHaveLength(1)
    }
    expect((await sent(make, made({ raw: 'iVBORw0KGgo=' }), { inputMedia: [] })).text).not.toContain('iVBOR')
  })
})

it.each<[string, (fetch: Fetch) => LanguageModelV4, boolean]>([
  ['OpenAI’s own', (fetch) => openAi(fetch).chat('gpt-4o-mini'), true],
  ['a new one', (fetch) => openAi(fetch).responses('gpt-7'), true],
  ['a blind one', (fetch) => openAi(fetch).chat('gpt-3.5-turbo'), false],
  ['a blind one over Responses', (fetch) => openAi(fetch).responses('o3-mini'), false],
  ['a tuned blind one', (fetch) => openAi(fetch).chat('ft:gpt-3.5-turbo:me::1'), false],
  ['another server', (fetch) => elsewhere(fetch).chat('llama-3.3-70b'), false],
  ['Claude behind a gateway', (fetch) => createAnthropic({ apiKey: 'k', fetch, baseURL: 'https://x/v1' })('m'), false],
])('%s is shown a picture of another model: only who is known to see', async (_, make, isShown) => {
  const made: ModelMessage = { role: 'assistant', content: [{ type: 'file', mediaType: 'image/png', raw: 'AAAA' }] }
  const call = { messages: [...hello.messages, made] }
  expect((await sent(make, call)).text.includes('AAAA')).toBe(isShown)
  expect((await sent(make, call, { inputMedia: ['image/*'] })).text).toContain('AAAA')
})

it('a model of a provider of which nothing is known is shown pictures where its profile says that it sees', async () => {
  const prompts: { role: string; content: { type: string; data?: unknown }[] }[][] = []
  const model = {
    ...openAi(refusing().fetch).chat('m'),
    specificationVersion: 'v4' as const,
    provider: 'own.chat',
    modelId: 'm',
    supportedUrls: {},
    doStream: async ({ prompt }: { prompt: never }) => {
      prompts.push(prompt)
      throw new TypeError('no')
    },
  }
  const messages: ModelMessage[] = [
    ...hello.messages,
    { role: 'assistant', content: [{ type: 'file', mediaType: 'image/png', raw: 'AAAA' }] },
  ]
  await read(fromAiSdk(model as never, { attempts: 1 }), { messages })
  await read(fromAiSdk(model as never, { attempts: 1, profile: { inputMedia: ['image/*'] } }), { messages })
  expect(prompts.map((prompt) => prompt.flatMap(({ content }) => content.map(({ type }) => type)))).toEqual([
    ['text', 'text'],
    ['text', 'text', 'text', 'file'],
  ])
})

describe('what belongs to one model', () => {
  it('are thoughts, too, that nothing came with: they go back to it alone', async () => {
    const parts = [{ text: 'Hm.', thought: true }, { functionCall: { id: 'f', name: 'f', args: {} } }]
    const body = sse({ candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }] })
    const answering: Fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    const pro = 'gemini-2.5-pro'
    const { message } = await generate(fromAiSdk(google(answering, pro)), hello)
    const asked: ModelCall = { messages: [...hello.messages, stored(message), results('f')] }
    const own = await sent((fetch) => google(fetch, pro), asked)
    expect(own.told[1]).toMatchObject({ parts: [parts[0], { functionCall: { name: 'f' } }] })
    for (const other of [
      await sent((fetch) => google(fetch, 'gemini-2.5-flash'), asked),
      await sent((fetch) => claude(fetch, 'claude-sonnet-4-5'), asked),
    ])
      expect(other.text).not.toContain('Hm.')
  })

  it('of Gemini goes to it alone: signatures', async () => {
    const call = { functionCall: { name: 'f', args: {} }, thoughtSignature: 'SIG' }
    const image = { inlineData: { mimeType: 'image/png', data: 'AAAA' }, thoughtSignature: 'SIG-P' }
    const body = sse({ candidates: [{ content: { role: 'model', parts: [image, call] }, finishReason: 'STOP' }] })
    const answering: Fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    const pro = 'gemini-3-pro-preview'
    const tools = [{ name: 'f', parameters: { type: 'object', properties: {} } }]
    const { message } = await generate(fromAiSdk(google(answering, pro)), { ...hello, tools })
    const [one] = message.content.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : []))
    const messages = [...hello.messages, stored(message), stored(results('f'))]
    const asked: ModelCall = {
      messages: JSON.parse(JSON.stringify(messages).replace('"toolCallId":"f"', `"toolCallId":"${one}"`)),
    }
    const own = await sent((fetch) => google(fetch, pro), asked)
    expect(own.told[1]).toMatchObject({ parts: [image, { thoughtSignature: 'SIG' }] })
    const other = await sent((fetch) => google(fetch, 'gemini-2.5-flash'), asked)
    expect(other.text).not.toContain('SIG')
    expect(JSON.stringify(other.told.at(-1))).toContain('AAAA')
  })

  it.each([
    ['by effort', { reasoning: { effort: 'low' } } satisfies Partial<ModelCall>],
    [
      'by its own options',
      {
        providerOptions: { 'anthropic.messages': { anthropic: { thinking: { type: 'enabled', budgetTokens: 2048 } } } },
      },
    ],
  ])('of Claude goes to it alone; another goes on in that turn without thinking %s', async (_, settings) => {
    const provider = createFakeProvider([{ reasoning: 'Hm.', toolCalls: [{ id: 'f', name: 'f' }] }])
    const opus = (fetch: Fetch) => claude(fetch, 'claude-opus-4-5')
    const { message } = await generate(fromAiSdk(opus(provider.fetch as Fetch)), hello)
    const asked = { messages: [...hello.messages, stored(message), results('f')], ...settings }
    const own = await sent(opus, asked)
    expect(own.body['thinking']).toMatchObject({ type: 'enabled' })
    expect(own.text).toContain('"signature":"signature_1"')
    const other = await sent((fetch) => claude(fetch, 'claude-sonnet-4-5'), asked)
    expect(other.body).not.toHaveProperty('thinking')
    expect(other.text).not.toMatch(/signature|Hm\./)
    expect(other.warnings).toEqual([expect.stringContaining('can not think on a budget')])
    // The next turn is its own.
    const next = await sent((fetch) => claude(fetch, 'claude-sonnet-4-5'), {
      ...asked,
      messages: [
        ...asked.messages,
        { role: 'assistant', content: [{ type: 'text', text: 'Done.' }] },
        ...hello.messages,
      ],
    })
    expect(next.body['thinking']).toMatchObject({ type: 'enabled' })
  })
})

it('a model that does not think, by its profile, is not told how', async () => {
  const call: ModelCall = { ...hello, reasoning: { effort: 'low' } }
  const told = await sent((fetch) => google(fetch, 'gemini-2.5-flash'), call)
  expect(JSON.stringify(told.body)).toContain('thinkingConfig')
  const { body, warnings } = await sent((fetch) => google(fetch, 'gemini-2.5-flash'), call, { reasoning: false })
  expect(JSON.stringify(body)).not.toContain('thinkingConfig')
  expect(warnings).toEqual([expect.stringContaining('does not think')])
})

describe('Claude, where a tool is forced', () => {
  const tools = [{ name: 'f', parameters: { type: 'object', properties: {} } }]
  const adaptive = { 'anthropic.messages': { anthropic: { thinking: { type: 'adaptive' } } } }
  it.each<[string, Partial<ModelCall>, boolean, string, string[]]>([
    ['claude-opus-4-6', { toolChoice: 'required' }, false, 'any', ['thinking was left out']],
    [
      'claude-opus-4-6',
      { toolChoice: { tool: 'f' }, reasoning: {}, providerOptions: adaptive },
      false,
      'tool',
      ['left out'],
    ],
    ['claude-opus-4-6', { toolChoice: 'auto' }, true, 'auto', []],
    ['claude-opus-4-6', { toolChoice: 'required', reasoning: { effort: 'none' } }, false, 'any', []],
    // What it thinks on a budget, or always, the AI SDK minds itself.
    ['claude-opus-4-5', { toolChoice: 'required' }, true, 'auto', []],
    ['claude-fable-5-1', { toolChoice: 'required' }, true, 'auto', []],
  ])('%s with %j', async (model, call, thinks, choice, warnings) => {
    const asked = { ...hello, tools, reasoning: { effort: 'low' as const }, ...call }
    const { body, warnings: told } = await sent((fetch) => claude(fetch, model), asked)
    const type = (body['thinking'] as { type?: string } | undefined)?.type ?? 'disabled'
    expect([type !== 'disabled', body['tool_choice']]).toEqual([thinks, expect.objectContaining({ type: choice })])
    expect(told).toEqual(warnings.map((one) => expect.stringContaining(one)))
  })
})

it('addresses that a model is asked for and does not tell hold up no one who leaves', async () => {
  const abort = new AbortController()
  const reason = new Error('left')
  const model = fromAiSdk({
    specificationVersion: 'v4',
    provider: 'p',
    modelId: 'm',
    supportedUrls: new Promise<never>(() => {}),
    doStream: () => Promise.reject(new Error('never asked')),
  })
  const reading = read(model, { ...hello, signal: abort.signal })
  abort.abort(reason)
  expect((await reading).error).toBe(reason)
})
