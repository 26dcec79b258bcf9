// @node24-only: computes alone, on bytes in memory
// What of a conversation another model is given: files that it takes as they are, others as words with a warning; of what
// other models thought, and what their providers want back, nothing.
import type { JsonObject, LanguageModel, ModelFilePart, ModelHost, ModelMessage, Part } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, read, sse } from '../../test/harness'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import { createOpenAiChat, createOpenAiResponses } from '../openai'
import { createCompatibleModel, deepSeek, groq, openRouter, vllm } from '../openai-compatible'
import { generate } from '../reply/generate'

type Make = (options: { apiKey: string; attempts: number; host: ModelHost }) => LanguageModel

const wires: Record<string, Make> = {
  chat: (options) => createOpenAiChat({ model: 'gpt-4.1', ...options }),
  responses: (options) => createOpenAiResponses({ model: 'gpt-5', ...options }),
  anthropic: (options) => createAnthropic({ model: 'claude-sonnet-4-5', ...options }),
  gemini: (options) => createGemini({ model: 'gemini-2.5-flash', ...options }),
  deepseek: (options) => createCompatibleModel({ server: deepSeek, model: 'm', ...options }),
}
const chat: Make = (options) => createCompatibleModel({ server: openRouter, model: 'm', ...options })

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
    const { messages, warnings } = await sent(make, resultFile({ mediaType: 'x/y', raw: 'AAAA', filename: 'a.xy' }))
    // OpenAI takes documents of many kinds.
    const isTaken = wire === 'chat' || wire === 'responses'
    expect(JSON.stringify(messages)).toContain(isTaken ? 'data:x/y;base64,AAAA' : 'a.xy, x/y')
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
