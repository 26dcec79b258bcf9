// @node24-only: computes alone, on bytes in memory
// Pictures, sound and other files that a model makes, as each wire words them.
import type { LanguageModel, ModelFilePart, ModelHost, ModelMessage } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, read, sse } from '../../test/harness'
import { createGemini } from '../gemini'
import { createOpenAiChat, createOpenAiResponses } from '../openai'
import { createCompatibleModel, openRouter } from '../openai-compatible'
import { generate } from '../reply/generate'

const router = (host: ModelHost): LanguageModel => createCompatibleModel({ server: openRouter, model: 'm', host })
const chat = (host: ModelHost): LanguageModel => createOpenAiChat({ model: 'm', host, attempts: 1 })
const responses = (host: ModelHost): LanguageModel => createOpenAiResponses({ model: 'm', host })
const gemini = (host: ModelHost): LanguageModel => createGemini({ model: 'm', host })

async function answered(make: (host: ModelHost) => LanguageModel, body: string, type = 'text/event-stream') {
  const host = hostOf([
    { body, headers: { 'content-type': type } },
    { body: '{}', status: 400 },
  ])
  const model = make(host)
  const { text, files, message } = await generate(model, hello)
  const history = JSON.parse(JSON.stringify(message)) as ModelMessage
  /** The same model is asked again. */
  const again = async () => {
    await read(model, { messages: [...hello.messages, history] })
    return JSON.parse(host.bodies[1] as string) as Record<string, unknown[]>
  }
  return { text, files: files.map(({ providerData: _, type: _type, ...file }: ModelFilePart) => file), again }
}
const delta = (fields: object, finish: string | null = null) => ({
  choices: [{ delta: fields, finish_reason: finish }],
})
const png = { mediaType: 'image/png', raw: 'iVBORw0KGgo=' }

describe('OpenRouter', () => {
  const images = [
    { type: 'image_url', image_url: { url: `data:image/png;base64,${png.raw}` } },
    { type: 'image_url', image_url: { url: 'https://x/a' } },
    { type: 'image_url' },
  ]
  const expected = [png, { mediaType: 'image/png', url: 'https://x/a' }]

  it('pictures in pieces of the answer', async () => {
    const body = sse(delta({ content: 'Here.' }), delta({ content: '', images }), delta({}, 'stop'))
    const { text, files, again } = await answered(router, body)
    expect([text, files]).toEqual(['Here.', expected])
    // They go back where servers of this kind take pictures.
    expect(JSON.stringify((await again())['messages']?.at(-1))).toContain(`data:image/png;base64,${png.raw}`)
  })

  it('pictures in an answer that is one body', async () => {
    const body = { choices: [{ message: { content: '', images }, finish_reason: 'stop' }] }
    expect(await answered(router, JSON.stringify(body), 'application/json')).toMatchObject({ files: expected })
  })
})

describe('sound of Chat Completions', () => {
  it('is one file, its words are the text', async () => {
    const pieces = [{ id: 'a', transcript: 'Hel' }, { data: 'AAAA' }, { transcript: 'lo' }, { data: 'BBBB' }]
    const body = sse(...pieces.map((audio) => delta({ audio })), delta({ audio: { expires_at: 1 } }, 'stop'))
    expect(await answered(chat, body)).toMatchObject({
      text: 'Hello',
      files: [{ mediaType: 'audio/pcm;rate=24000', raw: 'AAAABBBB' }],
    })
  })

  it.each([
    ['UklGRgAA', 'audio/wav'],
    ['//uQxAAA', 'audio/mpeg'],
  ])('%s is %s', async (data, mediaType) => {
    const body = { choices: [{ message: { content: null, audio: { data, transcript: '' } }, finish_reason: 'stop' }] }
    expect((await answered(chat, JSON.stringify(body), 'application/json')).files).toEqual([{ mediaType, raw: data }])
  })

  it('that is no base64 is an error of the answer, not of the network', async () => {
    const body = sse(delta({ audio: { data: 'AA=' } }), delta({ audio: { data: '%%%%' } }), delta({}, 'stop'))
    const { error } = await read(chat(hostOf({ body })))
    expect(error).toMatchObject({ code: 'PF_MODEL_RESPONSE_INVALID', message: expect.stringContaining('base64') })
    const { error: late } = await read(chat(hostOf({ body: sse(delta({ content: 'a' })) + body })))
    expect(late).toMatchObject({ code: 'PF_MODEL_INTERRUPTED', message: expect.stringContaining('base64') })
  })

  it('without an end is bounded', async () => {
    const body = sse(delta({ content: 'a' }), ...Array.from({ length: 20 }, () => delta({ audio: { data: 'AAAA' } })))
    const model = createOpenAiChat({ model: 'm', host: hostOf({ body }), maxEventLength: 70 })
    const { error, parts } = await read(model)
    expect(parts.some(({ type }) => type === 'file')).toBe(false)
    const told: string[] = []
    for (let one = error as Error | undefined; one !== undefined; one = one.cause as Error | undefined)
      told.push(one.message)
    expect(told.join()).toContain('Raise maxEventLength')
  })
})

it.each([
  ['gpt-4', false],
  ['gpt-4-0613', false],
  ['gpt-4-turbo-preview', false],
  ['o1-preview', false],
  ['ft:gpt-3.5-turbo:me::1', false],
  ['gpt-4-turbo', true],
  ['gpt-4o', true],
  ['ft:gpt-4o:me::1', true],
  ['gpt-7', true],
])('a picture of another model is shown to %s where that sees: %s', async (model, isShown) => {
  const host = hostOf({ body: '{}', status: 400 })
  const content = [{ type: 'file' as const, ...png, providerData: { gemini: { model: 'g' } } }]
  await read(createOpenAiChat({ model, host }), { messages: [...hello.messages, { role: 'assistant', content }] })
  expect(host.bodies[0]?.includes(png.raw)).toBe(isShown)
})

it('a tuned model has what its model can, and prices of its own', () => {
  const { profile } = createOpenAiChat({ model: 'ft:gpt-4o:me::1' })
  expect(profile).toMatchObject({ contextWindow: 128_000 })
  expect(profile).not.toHaveProperty('prices')
})

it('a picture of Responses is a file, and goes back as the item it was', async () => {
  const item = { type: 'image_generation_call', id: 'ig_1', status: 'completed', output_format: 'webp', result: 'AAAA' }
  const body = sse(
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', result: null } },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { status: 'completed', output: [] } },
  )
  const { files, again } = await answered(responses, body)
  expect(files).toEqual([{ mediaType: 'image/webp', raw: 'AAAA' }])
  expect((await again())['input']?.at(-1)).toEqual(item)
})

describe('Gemini', () => {
  const chunk = (...parts: object[]) => ({ candidates: [{ content: { parts } }] })
  const end = { candidates: [{ finishReason: 'STOP' }] }
  const sound = (data: string) => ({ inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data } })

  it('a file by address', async () => {
    const film = { fileData: { mimeType: 'video/mp4', fileUri: 'https://g/f' } }
    const { files, again } = await answered(gemini, sse(chunk(film), end))
    expect(files).toEqual([{ mediaType: 'video/mp4', url: 'https://g/f' }])
    expect((await again())['contents']?.at(-1)).toEqual({ role: 'model', parts: [film] })
  })

  it('sound in pieces is one file, with the bytes of all', async () => {
    const raw = btoa('abcdefg')
    const pieces = [btoa('abcd'), btoa('ef'), btoa('g')].map((data) => chunk(sound(data)))
    const { files, again } = await answered(gemini, sse(...pieces, end))
    expect(files).toEqual([{ mediaType: 'audio/L16;codec=pcm;rate=24000', raw }])
    expect((await again())['contents']?.at(-1)).toEqual({ role: 'model', parts: [sound(raw)] })
  })

  it('sound is over where something else begins', async () => {
    const body = sse(chunk(sound('AAAA')), chunk({ text: 'Now:' }), chunk(sound('BBBB')), end)
    const { text, files } = await answered(gemini, body)
    expect([text, files.map(({ raw }) => raw)]).toEqual(['Now:', ['AAAA', 'BBBB']])
  })

  it('a picture in a part with a text', async () => {
    const { files } = await answered(
      gemini,
      sse(chunk({ text: '', inlineData: { mimeType: 'image/png', data: png.raw } }), end),
    )
    expect(files).toEqual([png])
  })
})
