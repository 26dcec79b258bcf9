// The words are those that the providers were seen to answer with, on the wire that each speaks; what is in a stream
// has status 200 and must come to the same, and so must what a provider of the AI SDK reports.
import type { JsonObject, LanguageModel, ModelHost } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, read, sse } from '../../test/harness'
import type { AiSdkLanguageModel } from '../ai-sdk/ai-sdk-types'
import { fromAiSdk } from '../ai-sdk/from-ai-sdk'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import { createFallbackModel } from '../model/fallback-model'
import { createOpenAiChat, createOpenAiResponses } from '../openai'
import type { ModelError } from './model-error'

type Make = (host: ModelHost) => LanguageModel
const wires = {
  chat: (host: ModelHost) => createOpenAiChat({ model: 'm', apiKey: 'k', attempts: 1, host }),
  responses: (host: ModelHost) => createOpenAiResponses({ model: 'm', apiKey: 'k', attempts: 1, host }),
  anthropic: (host: ModelHost) => createAnthropic({ model: 'm', apiKey: 'k', attempts: 1, host }),
  gemini: (host: ModelHost) => createGemini({ model: 'm', apiKey: 'k', attempts: 1, host }),
} satisfies Record<string, Make>

const ofAnthropic = (type: string, message: string): JsonObject => ({ type: 'error', error: { type, message } })
const ofOpenAi = (message: string, fields: JsonObject = {}): JsonObject => ({
  error: { message, type: 'invalid_request_error', param: null, code: null, ...fields },
})
const ofGoogle = (message: string, reason?: string): JsonObject => ({
  error: {
    code: 400,
    message,
    status: 'INVALID_ARGUMENT',
    ...(reason !== undefined && {
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }],
    }),
  },
})
const routed = (raw: string): JsonObject => ({
  error: { message: 'Provider returned error', code: 400, metadata: { raw, provider_name: 'X' } },
})

const tooLong = 'PF_MODEL_CONTEXT_LENGTH'
const rows: [string, keyof typeof wires, number, JsonObject, string][] = [
  [
    'Anthropic, prompt',
    'anthropic',
    400,
    ofAnthropic('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    tooLong,
  ],
  [
    'Anthropic, prompt and answer',
    'anthropic',
    400,
    ofAnthropic(
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 199759 + 8192 > 200000, decrease input length or `max_tokens` and try again',
    ),
    tooLong,
  ],
  [
    'Anthropic, no credit',
    'anthropic',
    400,
    ofAnthropic(
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
    ),
    'PF_MODEL_QUOTA',
  ],
  [
    'Anthropic, a bad request',
    'anthropic',
    400,
    ofAnthropic('invalid_request_error', 'max_tokens: Field required'),
    'PF_MODEL_REQUEST_INVALID',
  ],
  [
    'Gemini, prompt',
    'gemini',
    400,
    ofGoogle('The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).'),
    tooLong,
  ],
  [
    'Gemini, bad key',
    'gemini',
    400,
    ofGoogle('API key not valid. Please pass a valid API key.', 'API_KEY_INVALID'),
    'PF_MODEL_AUTH',
  ],
  [
    'Gemini, old key',
    'gemini',
    400,
    ofGoogle('API key expired. Please renew the API key.', 'API_KEY_INVALID'),
    'PF_MODEL_AUTH',
  ],
  [
    'Gemini, bad key in other words',
    'gemini',
    400,
    ofGoogle('Schlüssel ungültig.', 'API_KEY_INVALID'),
    'PF_MODEL_AUTH',
  ],
  [
    'Gemini, bad key without details',
    'chat',
    400,
    ofGoogle('API Key not found. Please pass a valid API key.'),
    'PF_MODEL_AUTH',
  ],
  [
    'Gemini, a bad request',
    'gemini',
    400,
    ofGoogle('Request contains an invalid argument.'),
    'PF_MODEL_REQUEST_INVALID',
  ],
  [
    'OpenAI, prompt',
    'chat',
    400,
    ofOpenAi("This model's maximum context length is 8192 tokens. However, your messages resulted in 8202 tokens.", {
      code: 'context_length_exceeded',
    }),
    tooLong,
  ],
  [
    'OpenAI, prompt, Responses',
    'responses',
    400,
    ofOpenAi('Your input exceeds the context window of this model. Please adjust your input and try again.'),
    tooLong,
  ],
  [
    'OpenAI, no such model',
    'responses',
    404,
    ofOpenAi('The model `x` does not exist', { code: 'model_not_found' }),
    'PF_MODEL_REQUEST_INVALID',
  ],
  [
    'xAI, prompt',
    'chat',
    400,
    {
      code: 'Client specified an invalid argument',
      error: "This model's maximum prompt length is 131072 but the request contains 136973 tokens.",
    },
    tooLong,
  ],
  [
    'xAI, bad key',
    'chat',
    400,
    {
      code: 'Client specified an invalid argument',
      error: 'Incorrect API key provided: ba***na. You can obtain an API key from https://console.x.ai.',
    },
    'PF_MODEL_AUTH',
  ],
  [
    'llama.cpp',
    'chat',
    400,
    ofOpenAi(
      'the request exceeds the available context size. try increasing the context size or enable context shift',
      {
        code: 400,
        type: 'exceed_context_size_error',
        n_prompt_tokens: 14_429,
        n_ctx: 8192,
      },
    ),
    tooLong,
  ],
  ['llama.cpp, by its type', 'chat', 500, ofOpenAi('No.', { code: 500, type: 'exceed_context_size_error' }), tooLong],
  [
    'Together, text-generation-inference',
    'chat',
    422,
    ofOpenAi(
      'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192. Given: 6204 `inputs` tokens and 2047 `max_new_tokens`',
    ),
    tooLong,
  ],
  [
    'text-generation-inference, prompt',
    'chat',
    422,
    ofOpenAi('Input validation error: `inputs` must have less than 1024 tokens. Given: 1168'),
    tooLong,
  ],
  ['Groq', 'chat', 400, ofOpenAi('Please reduce the length of the messages or completion.'), tooLong],
  ['Z.ai', 'chat', 400, ofOpenAi('Prompt exceeds max length', { code: '1261' }), tooLong],
  [
    'behind OpenRouter, prompt',
    'chat',
    400,
    routed('{"type":"error","error":{"type":"invalid_request_error","message":"Prompt is too long"}}'),
    tooLong,
  ],
  [
    'behind OpenRouter, something else',
    'chat',
    400,
    routed('{"error":{"message":"Model supports at most 1 image per prompt."}}'),
    'PF_MODEL_REQUEST_INVALID',
  ],
  [
    'Azure, filter',
    'chat',
    400,
    ofOpenAi('The response was filtered.', { code: 'content_filter' }),
    'PF_MODEL_CONTENT_FILTER',
  ],
]

const bridge = (error: unknown): LanguageModel => {
  const model: AiSdkLanguageModel = {
    specificationVersion: 'v4',
    provider: 'x',
    modelId: 'm',
    doStream: () => Promise.reject(error),
  }
  return fromAiSdk(model, { attempts: 1 })
}

describe('what a provider refuses a call for', () => {
  it.each(rows)('%s', async (_, wire, status, body, code) => {
    const json = { 'content-type': 'application/json' }
    const refused = await read(wires[wire](hostOf({ body: JSON.stringify(body), status, headers: json })))
    expect(refused.error).toMatchObject({ code, retryable: false, httpStatus: status })
    const streamed = await read(wires[wire](hostOf({ body: `event: error\n${sse(body)}` })))
    expect(streamed.error).toMatchObject({ code, retryable: false })
    const apiError = Object.assign(new Error('x'), {
      [Symbol.for('vercel.ai.error.AI_APICallError')]: true,
      statusCode: status,
      responseBody: JSON.stringify(body),
    })
    expect((await read(bridge(apiError))).error).toMatchObject({ code, retryable: false })
  })

  it('of the rate stays of the rate, whatever tokens it speaks of', async () => {
    const body = ofOpenAi('Request too large: too many tokens per minute. Reduce the length.', {
      code: 'rate_limit_exceeded',
    })
    const { error } = await read(wires.chat(hostOf({ body: JSON.stringify(body), status: 429 })))
    expect(error).toMatchObject({ code: 'PF_MODEL_RATE_LIMITED', retryable: true })
  })

  it('behind a router is in the message', async () => {
    const { error } = await read(
      wires.chat(hostOf({ body: JSON.stringify(routed('No picture, please.')), status: 400 })),
    )
    expect(error).toMatchObject({ providerMessage: 'Provider returned error: No picture, please.' })
  })

  it('lets the next model answer where the key is bad or the prompt too long for the first', async () => {
    const ok = hostOf({ body: sse({ choices: [{ delta: { content: 'hi' }, finish_reason: 'stop' }] }) })
    for (const [, wire, status, body] of rows.filter(([name]) => /bad key$|prompt and answer|no credit/.test(name))) {
      const first = wires[wire](hostOf({ body: JSON.stringify(body), status }))
      const { parts, error } = await read(createFallbackModel([first, wires.chat(ok)]), hello)
      expect(error).toBeUndefined()
      expect(parts[0]).toMatchObject({ type: 'fallback' })
    }
  })
})

describe('what an event of an error says by its code alone', () => {
  // The codes that OpenAI's own client lists for answers that failed.
  const codes: Record<string, [code: string, retryable: boolean]> = {
    server_error: ['PF_MODEL_UNAVAILABLE', true],
    rate_limit_exceeded: ['PF_MODEL_RATE_LIMITED', true],
    vector_store_timeout: ['PF_MODEL_UNAVAILABLE', true],
    bio_policy: ['PF_MODEL_CONTENT_FILTER', false],
    misalignment_policy_violation: ['PF_MODEL_CONTENT_FILTER', false],
    image_content_policy_violation: ['PF_MODEL_CONTENT_FILTER', false],
    content_policy_violation: ['PF_MODEL_CONTENT_FILTER', false],
    content_filter: ['PF_MODEL_CONTENT_FILTER', false],
    ...Object.fromEntries(
      [
        'invalid_prompt',
        'data_residency_mismatch',
        'invalid_image',
        'invalid_image_format',
        'invalid_base64_image',
        'invalid_image_url',
        'image_too_large',
        'image_too_small',
        'image_parse_error',
        'invalid_image_mode',
        'image_file_too_large',
        'unsupported_image_media_type',
        'empty_image_file',
        'failed_to_download_image',
        'image_file_not_found',
      ].map((code): [string, [string, boolean]] => [code, ['PF_MODEL_REQUEST_INVALID', false]]),
    ),
    unsupported_parameter: ['PF_MODEL_REQUEST_INVALID', false],
    image_generation_user_error: ['PF_MODEL_REQUEST_INVALID', false],
    // Not of the request, though they begin like one that is.
    image_generation_server_error: ['PF_MODEL_UNAVAILABLE', true],
    empty_response: ['PF_MODEL_UNAVAILABLE', true],
    invalid_response: ['PF_MODEL_UNAVAILABLE', true],
    invalid_api_key: ['PF_MODEL_AUTH', false],
    '401': ['PF_MODEL_AUTH', false],
    '429': ['PF_MODEL_RATE_LIMITED', true],
    '503': ['PF_MODEL_OVERLOADED', true],
    '1503': ['PF_MODEL_UNAVAILABLE', true],
    not_heard_of_yet: ['PF_MODEL_UNAVAILABLE', true],
  }

  it.each(Object.entries(codes))('%s', async (said, [code, retryable]) => {
    const error = { code: said, message: 'It is so.' }
    const failed = { type: 'response.failed', response: { status: 'failed', error } }
    const answers: [keyof typeof wires, JsonObject][] = [
      ['responses', failed],
      ['responses', { type: 'error', ...error, param: null, sequence_number: 1 }],
      ['chat', { error }],
    ]
    for (const [wire, body] of answers) {
      const { error: thrown } = await read(wires[wire](hostOf({ body: sse(body) })))
      expect(thrown).toMatchObject({ code, retryable, providerCode: said, providerMessage: 'It is so.' })
      // A status that nobody told is none.
      const { httpStatus } = thrown as ModelError
      if (/^(not_heard_of_yet|bio_policy|1503|empty_response|invalid_api_key)$/.test(said))
        expect(httpStatus).toBeUndefined()
    }
  })

  it('is asked again only where that may help, and a filter is not asked of the next model', async () => {
    const ok = sse({ choices: [{ delta: { content: 'hi' }, finish_reason: 'stop' }] })
    const ask = async (said: string) => {
      const host = hostOf({ body: sse({ error: { code: said, message: 'x' } }) })
      const first = createOpenAiChat({ model: 'm', host, backoff: { baseMs: 1, maxMs: 1 } })
      const next = hostOf({ body: ok })
      await read(createFallbackModel([first, wires.chat(next)]))
      return [host.bodies.length, next.bodies.length]
    }
    expect(await ask('bio_policy')).toEqual([1, 0])
    expect(await ask('image_too_large')).toEqual([1, 0])
    expect(await ask('invalid_api_key')).toEqual([1, 1])
    expect(await ask('empty_response')).toEqual([3, 1])
    expect(await ask('503')).toEqual([3, 1])
  })
})

it('what the moderation of OpenRouter finds is no matter of the key', async () => {
  const moderated = {
    error: {
      code: 403,
      message: 'x requires moderation. Your input was flagged for "violence".',
      metadata: { reasons: ['violence'], flagged_input: 'What was said', provider_name: 'X', model_slug: 'x' },
    },
  }
  const refused = hostOf({
    body: JSON.stringify(moderated),
    status: 403,
    headers: { 'content-type': 'application/json' },
  })
  const { error } = await read(wires.chat(refused))
  expect(error).toMatchObject({ code: 'PF_MODEL_CONTENT_FILTER', httpStatus: 403, retryable: false })
  const streamed = await read(wires.chat(hostOf({ body: sse(moderated) })))
  expect(streamed.error).toMatchObject({ code: 'PF_MODEL_CONTENT_FILTER', retryable: false })
  const other = hostOf({ body: JSON.stringify({ error: { code: 403, message: 'No.' } }), status: 403 })
  expect((await read(wires.chat(other))).error).toMatchObject({ code: 'PF_MODEL_AUTH' })
})
