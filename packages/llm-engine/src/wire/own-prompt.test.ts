// @node24-only: computes alone, on bytes in memory
// What of a conversation another model is given: files that it takes as they are, others as words with a warning; of what
// other models thought, and what their providers want back, nothing.
import type {
  JsonObject,
  LanguageModel,
  ModelFilePart,
  ModelHost,
  ModelMessage,
  ModelProfile,
  Part,
} from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, read, sse } from '../../test/harness'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import { createAzureResponses, createOpenAiChat, createOpenAiResponses } from '../openai'
import {
  type ChatProfile,
  createCompatibleModel,
  deepSeek,
  groq,
  lmStudio,
  ollama,
  openRouter,
  together,
  vllm,
} from '../openai-compatible'
import { generate } from '../reply/generate'

type Make = (options: { apiKey: string; attempts: number; host: ModelHost }) => LanguageModel

const wires: Record<string, Make> = {
  chat: (options) => createOpenAiChat({ model: 'gpt-4.1', ...options }),
  responses: (options) => createOpenAiResponses({ model: 'gpt-5', ...options }),
  anthropic: (options) => createAnthropic({ model: 'claude-sonnet-4-5', ...options }),
  gemini: (options) => createGemini({ model: 'gemini-2.5-flash', ...options }),
  deepseek: (options) => createCompatibleModel({ server: deepSeek, model: 'm', ...options }),
}
const served =
  (server: ChatProfile, model = 'm', profile?: ModelProfile): Make =>
  (options) =>
    createCompatibleModel({ server, model, ...(profile && { profile }), ...options })
const chat = served(openRouter)

/** The messages as they are sent, and the warnings: the call itself is refused. */
async function sent(make: Make, messages: readonly ModelMessage[]) {
  const host = hostOf({ body: '{"error":{"message":"no"}}', status: 400 })
  const { error } = await read(make({ apiKey: 'k', attempts: 1, host }), { messages })
  const body = JSON.parse(host.bodies[0] as string) as Record<string, JsonObject[]>
  const { warnings = [] } = (error as { details: { warnings?: string[] } }).details
  return { messages: body['messages'] ?? body['input'] ?? body['contents'] ?? [], warnings }
}

const userFile = (file: Partial<ModelFilePart>): ModelMessage[] => [
  { role: 'user', content: [{ type: 'file', mediaType: 'application/octet-stream', ...file }] },
]
const resultFile = (part: Part): ModelMessage[] => [
  ...hello.messages,
  { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'c', name: 'f', arguments: '{}' }] },
  { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c', name: 'f', parts: [part] }] },
]

describe.each(Object.entries(wires))('%s', (wire, make) => {
  const film = { mediaType: 'video/mp4', url: 'ftp://x/film.mp4', filename: 'film.mp4' }

  it('a message that is but a file it does not take is words; that it was left out is told, though the call is refused', async () => {
    const { messages, warnings } = await sent(make, userFile(film))
    expect(messages).toHaveLength(1)
    expect(JSON.stringify(messages)).toContain('film.mp4, video/mp4, ftp://x/film.mp4')
    expect(warnings).toEqual([expect.stringContaining('video/mp4')])
  })

  it('a file of a result that it does not take is words, too', async () => {
    const { messages, warnings } = await sent(
      make,
      resultFile({ mediaType: 'application/x-y', raw: 'AAAA', filename: 'a.xy' }),
    )
    // OpenAI takes documents of many kinds.
    const isTaken = wire === 'chat' || wire === 'responses'
    expect(JSON.stringify(messages)).toContain(isTaken ? 'data:application/x-y;base64,AAAA' : 'a.xy, application/x-y')
    expect(warnings).toHaveLength(isTaken ? 0 : 1)
  })

  it('a file of a result that is text is told as text', async () => {
    const raw = btoa('{"total":42}')
    const { messages, warnings } = await sent(make, resultFile({ mediaType: 'Application/JSON; charset=utf-8', raw }))
    expect(JSON.stringify(messages)).toContain(String.raw`{\"total\":42}`)
    expect(warnings).toEqual([])
  })

  it('a media type is the same in any case and with parameters', async () => {
    const same = async (one: Partial<ModelFilePart>, other: Partial<ModelFilePart>) =>
      expect(await sent(make, userFile(one))).toEqual(await sent(make, userFile(other)))
    await same({ mediaType: 'Image/PNG', raw: 'AAAA' }, { mediaType: 'image/png', raw: 'AAAA' })
    await same({ mediaType: 'image/jpg', raw: 'AAAA' }, { mediaType: 'image/jpeg', raw: 'AAAA' })
    const pdf = { mediaType: 'application/pdf', raw: 'AAAA' }
    await same({ ...pdf, mediaType: 'application/PDF; version=1.7' }, pdf)
    await same({ mediaType: 'image/png', url: 'data:image/webp;base64,AAAA' }, { mediaType: 'image/webp', raw: 'AAAA' })
  })

  it('only pictures that it can see go as pictures, only from where it can load them', async () => {
    for (const file of [
      { mediaType: 'image/tiff', raw: 'AAAA' },
      { mediaType: 'image/png', url: 'file:///etc/a.png' },
      { mediaType: 'image/svg+xml', raw: btoa('<svg/>') },
    ]) {
      const { messages, warnings } = await sent(make, userFile(file))
      expect(JSON.stringify(messages)).not.toMatch(/image_url|input_image|"image"|inlineData|fileData/)
      expect([warnings.length, JSON.stringify(messages).includes('<svg/>')]).toEqual(
        file.mediaType === 'image/svg+xml' ? [0, true] : [1, false],
      )
    }
    const stored = await sent(make, userFile({ mediaType: 'image/png', url: 'gs://b/a.png' }))
    expect(stored.warnings).toHaveLength(wire === 'gemini' ? 0 : 1)
  })

  it('a file that another model made is given to it as the user’s, behind the results of calls beside it', async () => {
    const picture = { type: 'file', mediaType: 'image/png', raw: 'AAAA' } as const
    const made: ModelMessage[] = [
      ...hello.messages,
      {
        role: 'assistant',
        content: [
          { ...picture, providerData: { other: { model: 'painter', sig: 'SIG' } } },
          { type: 'tool-call', toolCallId: 'c', name: 'f', arguments: '{}' },
        ],
      },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c', name: 'f', parts: [{ text: 'r' }] }] },
    ]
    for (const messages of [made, [...made, ...hello.messages]]) {
      const told = await sent(make, messages)
      const text = JSON.stringify(told.messages)
      expect(text).not.toContain('SIG')
      if (wire === 'deepseek') {
        expect(told.warnings).toEqual([expect.stringContaining('image/png')])
        expect(text).toContain('A file that can not be shown here: image/png')
        continue
      }
      expect(told.warnings).toEqual([])
      expect(text).toContain('(A file was made here: image/png.)')
      const last = told.messages.at(-1)
      expect(last?.['role']).toBe('user')
      expect(JSON.stringify(last)).toContain('AAAA')
      expect(text.split('AAAA')).toHaveLength(2)
    }
  })
})

describe('a file that another model made', () => {
  const picture = { mediaType: 'image/png', raw: 'AAAA' }
  const wav = { mediaType: 'audio/wav', raw: 'AAAA' }
  const made = (file: Partial<ModelFilePart>): ModelMessage[] => [
    ...hello.messages,
    {
      role: 'assistant',
      content: [{ type: 'file', mediaType: '', ...file, providerData: { x: { model: 'painter' } } }],
    },
    ...hello.messages,
  ]
  const gpt =
    (model: string, more: { baseUrl?: string; profile?: ModelProfile } = {}): Make =>
    (options) =>
      createOpenAiChat({ model, ...more, ...options })
  const thinker =
    (model: string, more: { baseUrl?: string } = {}): Make =>
    (options) =>
      createOpenAiResponses({ model, ...more, ...options })
  const sees: ModelProfile = { inputMedia: ['image/*'] }
  const baseUrl = 'http://own.test/v1'

  it.each<[string, Make, Partial<ModelFilePart>, boolean]>([
    // What the models of these servers see nobody knows; most see nothing, and fail all that follows.
    ...[ollama, vllm, lmStudio, openRouter, groq, together].flatMap((server): [string, Make, object, boolean][] => [
      [`a model of ${server.provider}`, served(server), picture, false],
      [`one of ${server.provider} that is said to see`, served(server, 'm', sees), picture, true],
      [
        `one of ${server.provider} that is said to hear`,
        served(server, 'm', { inputMedia: ['audio/*'] }),
        picture,
        false,
      ],
    ]),
    ['a model behind another address', gpt('m', { baseUrl }), picture, false],
    ['one of Responses behind another address', thinker('m', { baseUrl }), picture, false],
    ['a known model behind another address', gpt('gpt-4o', { baseUrl }), picture, true],
    ['a model of OpenAI that nothing is known of', gpt('gpt-6'), picture, true],
    ['one of Responses that nothing is known of', thinker('gpt-6'), picture, true],
    ['the same', gpt('gpt-6'), wav, false],
    ['gpt-3.5', gpt('gpt-3.5-turbo'), picture, false],
    ['o3-mini', gpt('o3-mini'), picture, false],
    ['o3', gpt('o3'), picture, true],
    ['gpt-4o', gpt('gpt-4o'), wav, false],
    ['gpt-4o-audio', gpt('gpt-4o-audio-preview'), wav, true],
    ['a Claude that nothing is known of', (o) => createAnthropic({ model: 'claude-next', ...o }), picture, true],
    ['a Gemini that nothing is known of', (o) => createGemini({ model: 'gemini-3-pro', ...o }), wav, true],
    ['a model that is said to see all', gpt('m', { baseUrl, profile: { inputMedia: ['*/*'] } }), wav, true],
  ])('is shown to %s only where it is known to take it: %#', async (_, make, file, isShown) => {
    const { messages, warnings } = await sent(make, made(file))
    const told = JSON.stringify(messages)
    expect([told.includes('AAAA'), warnings.length]).toEqual([isShown, isShown ? 0 : 1])
    expect(told).toContain(isShown ? 'A file was made here' : 'A file that can not be shown here')
  })

  it.each([
    ['', 'image/png'],
    ['AAA', 'image/png'],
    ['AA%A', 'image/png'],
    ['A=AA', 'image/png'],
    ['', 'application/pdf'],
  ])('is shown to none where its content is %o', async (raw, mediaType) => {
    for (const make of Object.values(wires)) {
      for (const file of [
        { mediaType, raw },
        { mediaType, url: `data:${mediaType};base64,${raw}` },
      ]) {
        const { messages, warnings } = await sent(make, made(file))
        expect(JSON.stringify(messages)).toContain('A file that can not be shown here')
        expect(JSON.stringify(messages)).not.toMatch(
          /image_url|input_image|input_file|"source"|inlineData|fileData|;base64/,
        )
        expect(warnings).toEqual([expect.stringContaining(mediaType)])
      }
    }
  })

  it('is shown to the same model over another interface, too', async () => {
    const item = { type: 'image_generation_call', id: 'ig', status: 'completed', result: 'AAAA' }
    const host = hostOf({
      body: sse({ type: 'response.completed', response: { status: 'completed', output: [item] } }),
    })
    const { message } = await generate(thinker('gpt-5')({ apiKey: 'k', attempts: 1, host }), hello)
    const history = [...hello.messages, JSON.parse(JSON.stringify(message)) as ModelMessage, ...hello.messages]
    expect((await sent(thinker('gpt-5'), history)).messages[1]).toEqual(item)
    for (const make of [gpt('gpt-5'), gpt('gpt-5-mini')]) {
      const { messages } = await sent(make, history)
      expect(messages[1]).toEqual({ role: 'assistant', content: '(A file was made here: image/png.)' })
      expect(JSON.stringify(messages[2])).toContain('data:image/png;base64,AAAA')
    }
  })

  it('and one that the model made itself is shown to it again, where it has no form for its own', async () => {
    const image = { image_url: { url: 'data:image/png;base64,AAAA' } }
    const host = hostOf({ body: sse({ choices: [{ delta: { images: [image] }, finish_reason: 'stop' }] }) })
    const { message } = await generate(chat({ apiKey: 'k', attempts: 1, host }), hello)
    const history = [...hello.messages, JSON.parse(JSON.stringify(message)) as ModelMessage]
    expect(JSON.stringify((await sent(chat, history)).messages.at(-1))).toContain('data:image/png;base64,AAAA')
    expect(JSON.stringify((await sent(served(openRouter, 'other'), history)).messages)).not.toContain('AAAA')
    // The picture has no item of Responses, should a server of that name be asked over it.
    const own = JSON.parse(JSON.stringify(history).replace('"openrouter"', '"openai"').replace('"m"', '"gpt-5"'))
    expect((await sent(thinker('gpt-5'), own)).messages.at(-1)).toMatchObject({ role: 'user' })
  })

  it('a user’s own goes to whatever model he asks, but to one that is said not to take it', async () => {
    for (const server of [ollama, vllm, lmStudio, openRouter, groq, together]) {
      const { messages, warnings } = await sent(served(server), userFile(picture))
      expect([JSON.stringify(messages).includes('image_url'), warnings]).toEqual([true, []])
      const blind = await sent(served(server, 'm', { inputMedia: [] }), userFile(picture))
      expect(JSON.stringify(blind.messages)).toContain('A file that can not be shown here: image/png')
      expect(blind.warnings).toEqual([expect.stringContaining('inputMedia')])
    }
  })
})

describe('what belongs to a model', () => {
  const results = (toolCallId: string): ModelMessage => ({
    role: 'tool',
    content: [{ type: 'tool-result', toolCallId, name: 'f', parts: [{ text: 'ok' }] }],
  })
  const answer = async (make: Make, ...events: object[]): Promise<ModelMessage> => {
    const host = hostOf({ body: sse(...events) })
    const { message } = await generate(make({ apiKey: 'k', attempts: 1, host }), hello)
    return JSON.parse(JSON.stringify(message)) as ModelMessage
  }
  const gemini =
    (model: string): Make =>
    (options) =>
      createGemini({ model, ...options })
  const responses =
    (model: string): Make =>
    (options) =>
      createOpenAiResponses({ model, ...options })

  it('of Gemini goes to that model alone, opaque parts and pictures with their signatures', async () => {
    const parts = [
      { text: 'THOUGHT', thought: true, thoughtSignature: 'SIG-T' },
      { inlineData: { mimeType: 'image/png', data: 'AAAA' }, thought: true, thoughtSignature: 'SIG-P' },
      { executableCode: { language: 'PYTHON', code: '1' }, thoughtSignature: 'SIG-C' },
      { text: 'Here' },
      { inlineData: { mimeType: 'image/png', data: 'BBBB' }, thoughtSignature: 'SIG-I' },
      { functionCall: { id: 'f1', name: 'f', args: {} }, thoughtSignature: 'SIG-F' },
    ]
    const first = gemini('gemini-3-pro-image')
    const message = await answer(first, { candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }] })
    const history = [...hello.messages, message, results('f1')]
    expect((await sent(first, history)).messages[1]).toEqual({ role: 'model', parts })
    for (const make of [gemini('gemini-2.5-flash'), ...Object.values(wires), chat]) {
      const text = JSON.stringify((await sent(make, history)).messages)
      expect(text).not.toMatch(/SIG-|THOUGHT|executableCode/)
      expect(text).toContain('Here')
    }
  })

  it('of Responses goes to that model alone: encrypted thoughts, and what OpenAI did itself', async () => {
    const reasoning = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'ENC' }
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
    const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
    const output = [reasoning, search, call]
    const message = await answer(responses('gpt-5'), {
      type: 'response.completed',
      response: { id: 'r', status: 'completed', output },
    })
    const history = [...hello.messages, message, results('c')]
    expect((await sent(responses('gpt-5'), history)).messages.slice(1, 4)).toEqual(output)
    const other = await sent(responses('gpt-4.1'), history)
    expect(other.messages.slice(1)).toEqual([call, { type: 'function_call_output', call_id: 'c', output: 'ok' }])
  })

  it('of Responses goes to the place where it was made alone: one resource of Azure can not read what another encrypted', async () => {
    const item = { type: 'image_generation_call', id: 'ig', status: 'completed', result: 'AAAA' }
    const output = [
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'ENC' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      item,
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
    ]
    const azure =
      (endpoint: string): Make =>
      (options) =>
        createAzureResponses({ model: 'gpt-5', endpoint, ...options })
    const at =
      (baseUrl?: string): Make =>
      (options) =>
        createOpenAiResponses({ model: 'gpt-5', ...(baseUrl && { baseUrl }), ...options })
    const east = azure('https://east.openai.azure.com')
    const places: [Make, same: Make[], others: Make[]][] = [
      [east, [azure('https://East.openai.azure.com/')], [azure('https://west.openai.azure.com')]],
      [at('https://a.example/v1'), [at('https://a.example/v1/')], [at('https://b.example/v1'), at()]],
      [at(), [at('https://api.openai.com/v1')], [at('https://eu.api.openai.com/v1'), east]],
    ]
    for (const [make, same, others] of places) {
      const end = { type: 'response.completed', response: { id: 'r', status: 'completed', output } }
      const history = [...hello.messages, await answer(make, end), results('c')]
      for (const one of [make, ...same]) expect((await sent(one, history)).messages.slice(1, 5)).toEqual(output)
      for (const one of others) {
        const { messages } = await sent(one, history)
        expect(JSON.stringify(messages)).not.toMatch(/ENC|ws_1|"ig"/)
        expect(JSON.stringify(messages)).toContain('"call_id":"c"')
      }
    }
  })

  it('of Responses, stored by the name of the model alone, goes to OpenAI itself alone', async () => {
    const providerData = (provider: string) => ({
      [provider]: { encryptedContent: 'ENC', summary: [], model: 'gpt-5' },
    })
    const stored = (provider: string): ModelMessage[] => [
      ...hello.messages,
      { role: 'assistant', content: [{ type: 'reasoning', text: '', providerData: providerData(provider) }] },
      ...hello.messages,
    ]
    const endpoint = 'https://east.openai.azure.com'
    const azure: Make = (options) => createAzureResponses({ model: 'gpt-5', endpoint, ...options })
    expect(JSON.stringify((await sent(responses('gpt-5'), stored('openai'))).messages)).toContain('ENC')
    expect(JSON.stringify((await sent(azure, stored('azure'))).messages)).not.toContain('ENC')
  })

  const toolCall = (more: object = {}) => ({
    choices: [
      {
        delta: { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{}' }, ...more }] },
        finish_reason: 'tool_calls',
      },
    ],
  })

  it('behind OpenRouter goes to that model alone: signed and encrypted thoughts', async () => {
    const signed = { type: 'reasoning.text', text: 'T', signature: 'SIG', format: 'anthropic-claude-v1', index: 0 }
    const encrypted = { type: 'reasoning.encrypted', data: 'ENC', id: 'r', format: 'openai-responses-v1', index: 0 }
    for (const detail of [signed, encrypted]) {
      const thought = { choices: [{ delta: { reasoning: 'THOUGHT', reasoning_details: [detail] } }] }
      const message = await answer(served(openRouter, 'a/b'), thought, toolCall())
      const history = [...hello.messages, message, results('c')]
      expect((await sent(served(openRouter, 'a/b'), history)).messages[1]).toMatchObject({
        reasoning: 'THOUGHT',
        reasoning_details: [detail],
      })
      const other = (await sent(served(openRouter, 'a/c'), history)).messages[1]
      expect(Object.keys(other ?? {})).toEqual(['role', 'content', 'tool_calls'])
    }
  })

  it('behind Chat Completions goes to that model alone: the signature of a call', async () => {
    const google: ChatProfile = {
      provider: 'google',
      baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    }
    const extra = { extra_content: { google: { thought_signature: 'SIG' } } }
    const message = await answer(served(google, 'gemini-3-pro'), toolCall(extra))
    const history = [...hello.messages, message, results('c')]
    const calls = async (model: string) => (await sent(served(google, model), history)).messages[1]?.['tool_calls']
    expect(await calls('gemini-3-pro')).toEqual([expect.objectContaining(extra)])
    expect(JSON.stringify(await calls('gemini-2.5-flash'))).not.toContain('signature')
    // Gemini 3 refuses a call without any, but for this one.
    const skipped = { extra_content: { google: { thought_signature: 'skip_thought_signature_validator' } } }
    expect(await calls('gemini-3-flash')).toEqual([expect.objectContaining(skipped)])
    const other = await sent(served({ ...google, baseUrl: 'https://g.test/v1' }, 'gemini-3-flash'), history)
    expect(JSON.stringify(other)).not.toContain('signature')
  })

  it('and was thought is never told to a model of another provider as text', async () => {
    const claude = await answer(
      wires['anthropic'] as Make,
      { type: 'message_start', message: { id: 'm' } },
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'thinking', thinking: 'THOUGHT', signature: 's' },
      },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'c', name: 'f', input: {} } },
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
      { type: 'message_stop' },
    )
    const own = await answer(
      (options) => createCompatibleModel({ server: deepSeek, model: 'm', ...options }),
      { choices: [{ delta: { reasoning_content: 'THOUGHT' } }] },
      {
        choices: [{ delta: { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{}' } }] } }],
      },
      { choices: [{ delta: {}, finish_reason: 'tool_calls' }] },
    )
    for (const server of [openRouter, vllm, groq, deepSeek]) {
      const make: Make = (options) => createCompatibleModel({ server, model: 'm', ...options })
      const told = async (message: ModelMessage) =>
        JSON.stringify((await sent(make, [...hello.messages, message, results('c')])).messages).includes('THOUGHT')
      expect([server.provider, await told(claude), await told(own)]).toEqual([
        server.provider,
        false,
        server === deepSeek,
      ])
    }
  })
})
