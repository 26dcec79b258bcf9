import type { FinishReason } from '@google/genai'
import type {
  LanguageModel,
  ModelAssistantPart,
  ModelHost,
  ModelMessage,
  ModelToolCallPart,
  ReasoningEffort,
} from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { checkFixture, type Fixture } from '../../test/fixtures'
import { hello, hostOf, read, sse } from '../../test/harness'
import { generate } from '../reply/generate'
import { createGemini } from './gemini'

const gemini = (host: ModelHost): LanguageModel => createGemini({ model: 'm', apiKey: 'k', host, attempts: 1 })

const usageMetadata = {
  promptTokenCount: 4,
  candidatesTokenCount: 6,
  thoughtsTokenCount: 5,
  cachedContentTokenCount: 2,
}
const chunk = (parts: object[] | undefined, finishReason?: string): object => ({
  candidates: [
    { index: 0, content: { role: 'model', ...(parts && { parts }) }, ...(finishReason && { finishReason }) },
  ],
  usageMetadata,
  modelVersion: 'm-1',
  responseId: 'r1',
})
const call = (fields: object, more: object = {}): object => ({ functionCall: fields, ...more })
const tokens = [4, 11]
const json = { headers: { 'content-type': 'application/json' } }

const plain = sse(chunk([{ text: 'Hel' }]), chunk([{ text: 'Grüße 😀' }], 'STOP'))
const answered = { text: 'HelGrüße 😀', finish: 'stop', tokens }

const fixtures: Fixture[] = [
  { name: '1 plain text', body: plain, expected: answered },
  { name: '2 CRLF', body: plain.replaceAll('\n', '\r\n'), expected: answered },
  { name: '2 bare CR', body: plain.replaceAll('\n', '\r'), expected: answered },
  {
    name: '3 no parts',
    body: sse(chunk(undefined), chunk([]), chunk([{}]), chunk([{ text: '' }, { text: 'a' }], 'STOP')),
    expected: { text: 'a', finish: 'stop', tokens },
  },
  {
    name: '5 parallel calls, one signature',
    body: sse(
      chunk([
        call({ id: 'f1', name: 'sum', args: { a: 1 } }, { thoughtSignature: 's' }),
        call({ id: 'f2', name: 'sum', args: { a: 2 } }),
      ]),
      chunk([], 'STOP'),
    ),
    expected: {
      calls: [
        ['sum', '{"a":1}'],
        ['sum', '{"a":2}'],
      ],
      finish: 'tool-calls',
      tokens,
    },
  },
  {
    name: '6 no id, 7 no args',
    body: sse(chunk([call({ name: 'now' }), call({ name: 'now' })], 'STOP')),
    expected: {
      calls: [
        ['now', '{}'],
        ['now', '{}'],
      ],
      finish: 'tool-calls',
      tokens,
    },
  },
  {
    name: '8 cut off',
    body: sse(chunk([{ text: 'a' }], 'MAX_TOKENS')),
    expected: { text: 'a', finish: 'length', tokens },
  },
  {
    name: '10 thoughts, signature on an empty part',
    body: sse(
      chunk([{ text: 'h', thought: true }]),
      chunk([{ text: 'm', thought: true }]),
      chunk([{ text: 'a' }]),
      chunk([{ text: '', thoughtSignature: 's' }], 'STOP'),
    ),
    expected: { reasoning: ['hm'], text: 'a', finish: 'stop', tokens },
  },
  {
    name: '11 blocked prompt',
    body: sse({ promptFeedback: { blockReason: 'JAILBREAK' }, usageMetadata: { promptTokenCount: 4 } }),
    expected: { finish: 'content-filter', tokens: [4, undefined] },
  },
  {
    name: '11 safety',
    body: sse(chunk([{ text: 'a' }]), chunk(undefined, 'SAFETY')),
    expected: { text: 'a', finish: 'content-filter', tokens },
  },
  {
    name: 'malformed call',
    body: sse(chunk(undefined, 'MALFORMED_FUNCTION_CALL')),
    expected: { finish: 'error', tokens },
  },
  {
    name: '13 an error at once',
    body: sse({ error: { code: 503, status: 'UNAVAILABLE', message: 'x' } }),
    expected: { error: 'PF_MODEL_OVERLOADED' },
  },
  {
    name: '14 an error after output',
    body: sse(chunk([{ text: 'a' }]), { error: { code: 500, status: 'INTERNAL' } }),
    expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' },
  },
  { name: '15 no end', body: sse(chunk([{ text: 'a' }])), expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' } },
  {
    name: '15 reset',
    body: sse(chunk([{ text: 'a' }])),
    stored: { cut: true },
    expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' },
  },
  { name: '15 no blank line behind the end', body: plain.trimEnd(), expected: answered },
  ...[{}, { promptTokenCount: 0, candidatesTokenCount: 0 }].map((nothing): Fixture => ({
    name: `22 usage, and ${JSON.stringify(nothing)} behind it`,
    body: plain + sse({ usageMetadata: nothing }),
    expected: answered,
  })),
  {
    name: '16 usage behind the end',
    body: `${plain}${sse({ usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1 } })}`,
    expected: { ...answered, tokens: [5, 1] },
  },
  {
    name: '17 what is not known',
    body: sse({ news: 1 }, chunk([{ hologram: { a: 1 } }, { text: 'a', mood: 'good' }], 'BORED')),
    expected: { text: 'a', finish: 'other', tokens },
  },
  {
    name: '18 an array of chunks',
    body: JSON.stringify([chunk([{ text: 'a' }]), chunk([{ text: 'b' }], 'STOP')]),
    stored: json,
    expected: { text: 'ab', finish: 'stop', tokens },
  },
  {
    name: '18 an error in an array',
    body: JSON.stringify([
      { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'The input token count exceeds the maximum' } },
    ]),
    stored: { ...json, status: 400 },
    expected: { error: 'PF_MODEL_CONTEXT_LENGTH' },
  },
]

describe('answers of Gemini', () => {
  it.each(fixtures)('$name', (fixture) => checkFixture(fixture, gemini))

  it('hands out pictures', async () => {
    const body = sse(chunk([{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }], 'STOP'))
    const { message } = await generate(gemini(hostOf({ body })), hello)
    const providerData = { gemini: { model: 'm' } }
    expect(message.content).toEqual([{ type: 'file', mediaType: 'image/png', raw: 'AAAA', providerData }])
  })
})

it('a picture that it thought with is no answer; with a signature it goes back', async () => {
  const draft = { inlineData: { mimeType: 'image/png', data: 'AAAA' }, thought: true }
  const signed = { inlineData: { mimeType: 'image/png', data: 'BBBB' }, thought: true, thoughtSignature: 's1' }
  const picture = { inlineData: { mimeType: 'image/png', data: 'CCCC' } }
  const host = hostOf({
    body: sse(
      chunk([{ text: 'A draft.', thought: true }, draft]),
      chunk([{ text: 'Better.', thought: true }, signed]),
      chunk([{ text: 'Here:' }, picture], 'STOP'),
    ),
  })
  const { message, text } = await generate(gemini(host), hello)
  expect(text).toBe('Here:')
  expect(message.content.filter(({ type }) => type === 'file')).toEqual([
    { type: 'file', mediaType: 'image/png', raw: 'CCCC', providerData: { gemini: { model: 'm' } } },
  ])
  await generate(gemini(host), { messages: [...hello.messages, JSON.parse(JSON.stringify(message)) as ModelMessage] })
  const { contents } = JSON.parse(host.bodies[1] as string) as { contents: { parts: unknown }[] }
  expect(contents[1]?.parts).toEqual([signed, { text: 'Here:' }, picture])
})

/** Every word of the SDK of Google for the end, and what it is here. */
const ends: Record<FinishReason, string> = {
  FINISH_REASON_UNSPECIFIED: 'other',
  STOP: 'stop',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
  LANGUAGE: 'other',
  OTHER: 'other',
  NO_IMAGE: 'other',
  IMAGE_OTHER: 'other',
  MALFORMED_FUNCTION_CALL: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  MALFORMED_RESPONSE: 'error',
}
it.each(Object.entries(ends))('%s is %s', async (word, reason) => {
  const { finish } = await generate(gemini(hostOf({ body: sse(chunk([{ text: 'a' }], word)) })), hello)
  expect(finish).toEqual({ reason, raw: word, complete: true })
})

describe('requests of Gemini', () => {
  it('gives signatures and ids back where they were, to the same model alone', async () => {
    const parts = [
      { text: 'hm', thought: true },
      call({ id: 'f1', name: 'sum', args: { a: 1 } }, { thoughtSignature: 's' }),
      call({ name: 'now' }),
      { text: '', thoughtSignature: 't' },
      { executableCode: { code: '1' } },
    ]
    const host = hostOf({ body: sse(chunk(parts, 'STOP')) })
    const { message, toolCalls } = await generate(gemini(host), hello)
    const results: ModelMessage = {
      role: 'tool',
      content: toolCalls.map(({ toolCallId, name }, index) => ({
        type: 'tool-result',
        toolCallId,
        name,
        parts: [index === 0 ? { data: 3 } : { text: 'broken' }],
        isError: index === 1,
      })),
    }
    const messages: ModelMessage[] = [...hello.messages, JSON.parse(JSON.stringify(message)), results]
    await generate(gemini(host), { messages })
    expect(JSON.parse(host.bodies[1] as string).contents.slice(1)).toEqual([
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'f1', name: 'sum', args: { a: 1 } }, thoughtSignature: 's' },
          { functionCall: { name: 'now', args: {} } },
          { text: '', thoughtSignature: 't' },
          { executableCode: { code: '1' } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'f1', name: 'sum', response: { output: 3 } } },
          { functionResponse: { name: 'now', response: { error: 'broken' } } },
        ],
      },
    ])
    await generate(createGemini({ model: 'other', host }), { messages })
    expect(host.bodies[2]).not.toContain('thoughtSignature')
  })

  it('a call of another model, or of another Gemini, goes without its signature: Gemini 3 is told so', async () => {
    const calls = (...names: string[]): ModelAssistantPart[] =>
      names.map((name) => ({ type: 'tool-call', toolCallId: name, name, arguments: '{}' }))
    const signed = { gemini: { thoughtSignature: 's', model: 'gemini-3-pro' } }
    const results = (...names: string[]): ModelMessage => ({
      role: 'tool',
      content: names.map((name) => ({ type: 'tool-result', toolCallId: name, name, parts: [{ text: 'ok' }] })),
    })
    const [a, b] = calls('a', 'b') as [ModelToolCallPart, ModelToolCallPart]
    const messages: ModelMessage[] = [
      ...hello.messages,
      { role: 'assistant', content: [{ type: 'text', text: 'Both.' }, { ...a, providerData: signed }, b] },
      results('a', 'b'),
      { role: 'assistant', content: calls('c', 'd') },
      results('c', 'd'),
    ]
    const signatures = async (model: string) => {
      const host = hostOf({ body: plain })
      await generate(createGemini({ model, host }), { messages })
      const { contents } = JSON.parse(host.bodies[0] as string) as { contents: { parts: Record<string, unknown>[] }[] }
      return contents
        .flatMap(({ parts }) => parts)
        .flatMap((one) => (one['functionCall'] ? [one['thoughtSignature']] : []))
    }
    const skipped = 'skip_thought_signature_validator'
    expect(await signatures('gemini-3-pro')).toEqual(['s', undefined, skipped, undefined])
    for (const model of ['gemini-3-flash-preview', 'gemini-4-carbon', 'gemini-flash-latest'])
      expect(await signatures(model)).toEqual([skipped, undefined, skipped, undefined])
    expect(await signatures('gemini-2.5-flash')).toEqual([undefined, undefined, undefined, undefined])
  })

  it('has all of a call', async () => {
    const host = hostOf({ body: plain })
    await read(gemini(host), {
      messages: [
        { role: 'system', text: 'rules' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            { type: 'file', mediaType: 'image/png', raw: 'AAAA' },
            { type: 'file', mediaType: 'video/mp4', url: 'gs://x' },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'now' }] },
      ],
      tools: [
        {
          name: 'sum',
          description: 'adds',
          parameters: { $schema: 'x', type: 'object', properties: { const: { const: 1 } } },
        },
      ],
      toolChoice: { tool: 'sum' },
      maxOutputTokens: 800,
      temperature: 0,
      reasoning: { effort: 'low' },
      output: { schema: { type: 'object' } },
    })
    expect(host.urls[0]).toBe('https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse')
    expect(new Headers(host.inits[0]?.headers).get('x-goog-api-key')).toBe('k')
    expect(JSON.parse(host.bodies[0] as string)).toEqual({
      systemInstruction: { parts: [{ text: 'rules' }] },
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'look' },
            { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
            { fileData: { mimeType: 'video/mp4', fileUri: 'gs://x' } },
            { text: 'now' },
          ],
        },
      ],
      tools: [
        {
          functionDeclarations: [
            {
              name: 'sum',
              description: 'adds',
              parametersJsonSchema: { type: 'object', properties: { const: { enum: [1] } } },
            },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['sum'] } },
      generationConfig: {
        maxOutputTokens: 800,
        temperature: 0,
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object' },
        thinkingConfig: { includeThoughts: true, thinkingLevel: 'LOW' },
      },
    })
  })
})

it.each<[string, ReasoningEffort, object | undefined, number?]>([
  ['gemini-3-pro', 'low', { includeThoughts: true, thinkingLevel: 'LOW' }],
  ['gemini-3-flash', 'none', { thinkingBudget: 0 }],
  // Before 3 a level is refused.
  ['gemini-2.5-flash', 'low', { includeThoughts: true, thinkingBudget: 2048 }],
  ['gemini-2.5-pro', 'max', { includeThoughts: true, thinkingBudget: 24_576 }],
  ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
  ['gemini-2.5-pro', 'none', { thinkingBudget: 128 }],
  // These always think.
  ['gemini-3-pro-preview', 'none', { thinkingLevel: 'LOW' }],
  ['gemini-3.1-pro-preview', 'minimal', { includeThoughts: true, thinkingLevel: 'LOW' }],
  // And these never.
  ['gemini-2.0-flash', 'high', undefined],
  ['gemini-2.0-flash', 'none', undefined],
  ['gemini-1.5-pro', 'low', undefined],
  // The rest of the answer has room.
  ['gemini-2.5-flash', 'high', { includeThoughts: true, thinkingBudget: 3000 }, 4000],
  ['gemini-2.5-flash', 'low', { includeThoughts: true, thinkingBudget: 2048 }, 4000],
  ['gemini-2.5-pro', 'low', { includeThoughts: true, thinkingBudget: 128 }, 100],
])('%s thinks %s as it can be told', async (model, effort, expected, most) => {
  const host = hostOf({ body: sse({}) })
  await read(createGemini({ model, host, attempts: 1 }), {
    ...hello,
    reasoning: { effort },
    ...(most !== undefined && { maxOutputTokens: most }),
  })
  const body = JSON.parse(host.bodies[0] as string) as { generationConfig?: { thinkingConfig: object } }
  expect(body.generationConfig?.thinkingConfig).toEqual(expected)
})

it.each([
  [-1, 4000, -1],
  [3900, 4000, 3900],
  [10_000, 4000, 3000],
])('a budget of %s for thinking, of %s for the answer, is %s', async (budgetTokens, maxOutputTokens, expected) => {
  const host = hostOf({ body: sse({}) })
  const model = createGemini({ model: 'gemini-2.5-pro', host, attempts: 1 })
  await read(model, { ...hello, reasoning: { budgetTokens }, maxOutputTokens })
  const body = JSON.parse(host.bodies[0] as string) as { generationConfig: { thinkingConfig: object } }
  expect(body.generationConfig.thinkingConfig).toEqual({ includeThoughts: true, thinkingBudget: expected })
})
