// Requests beside those of an independent client: the providers of the AI SDK.
import { createAnthropic as peerAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import type { JsonObject, LanguageModel, ModelCall, ModelHost } from '@pf-agents/agent-core'
import { expect, it } from 'vitest'
import { read } from '../../test/harness'
import { fromAiSdk } from '../ai-sdk'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import { createOpenAiChat, createOpenAiResponses } from '../openai'

type Fetch = NonNullable<ModelHost['fetch']>
const wires: Record<string, { own(fetch: Fetch): LanguageModel; peer(fetch: typeof globalThis.fetch): LanguageModel }> =
  {
    chat: {
      own: (fetch) => createOpenAiChat({ model: 'gpt-4.1', apiKey: 'k', host: { fetch } }),
      peer: (fetch) => fromAiSdk(createOpenAI({ apiKey: 'k', fetch }).chat('gpt-4.1')),
    },
    responses: {
      own: (fetch) => createOpenAiResponses({ model: 'gpt-4.1', apiKey: 'k', host: { fetch } }),
      peer: (fetch) => fromAiSdk(createOpenAI({ apiKey: 'k', fetch }).responses('gpt-4.1')),
    },
    anthropic: {
      own: (fetch) => createAnthropic({ model: 'claude-sonnet-4-5', apiKey: 'k', host: { fetch } }),
      peer: (fetch) => fromAiSdk(peerAnthropic({ apiKey: 'k', fetch })('claude-sonnet-4-5')),
    },
    gemini: {
      own: (fetch) => createGemini({ model: 'gemini-2.5-flash', apiKey: 'k', host: { fetch } }),
      peer: (fetch) => fromAiSdk(createGoogleGenerativeAI({ apiKey: 'k', fetch })('gemini-2.5-flash')),
    },
  }

const call: ModelCall = {
  messages: [
    { role: 'system', text: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is it, and what is 1 + 2?' },
        { type: 'file', mediaType: 'image/png', raw: 'iVBORw0KGgo=' },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool-call', toolCallId: 'call_1', name: 'sum', arguments: '{"a":1,"b":2}' },
        { type: 'tool-call', toolCallId: 'call_2', name: 'look', arguments: '{}' },
      ],
    },
    {
      role: 'tool',
      content: [
        { type: 'tool-result', toolCallId: 'call_1', name: 'sum', parts: [{ text: '3' }] },
        { type: 'tool-result', toolCallId: 'call_2', name: 'look', parts: [{ text: 'denied' }], isError: true },
      ],
    },
    { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
  ],
  tools: [
    {
      name: 'sum',
      description: 'Adds',
      parameters: {
        type: 'object',
        properties: { a: { type: 'number' }, b: { type: 'number' } },
        required: ['a', 'b'],
        additionalProperties: false,
      },
    },
    { name: 'look', description: 'Looks', parameters: { type: 'object', properties: {}, additionalProperties: false } },
  ],
  toolChoice: 'required',
  maxOutputTokens: 500,
  temperature: 0.5,
  stopSequences: ['END'],
}

async function bodyOf(make: (fetch: never) => LanguageModel): Promise<JsonObject> {
  let body = ''
  const fetch = async (_url: unknown, init?: RequestInit) => {
    body = init?.body as string
    return new Response('{}', { status: 400 })
  }
  await read(make(fetch as never), call)
  return JSON.parse(body) as JsonObject
}

/** What the peer words otherwise, and why we do not. Everything else is to be the same. */
const differences: Record<string, (text: string) => string> = {
  // Standing orders go to newer models as `developer`; we say what failed in the tool's words, not as an object around
  // them; and name the limit that reasoning models know. Padding is not asked for.
  chat: (text) =>
    text
      .replace('"role":"system"', '"role":"developer"')
      .replace(String.raw`"{\"error\":\"denied\"}"`, '"denied"')
      .replace('"max_tokens"', '"max_completion_tokens"')
      .replace('"include_usage":true', '"include_usage":true,"include_obfuscation":false'),
  // Nothing is stored at the provider. `stop` is not known to this interface.
  responses: (text) =>
    text
      .replace('"role":"system"', '"role":"developer"')
      .replace('"content":"I look."', '"content":[{"type":"output_text","text":"I look."}]')
      .replace(String.raw`"{\"error\":\"denied\"}"`, '"denied"')
      .replace('"stream":true', '"stream":true,"stream_options":{"include_obfuscation":false},"store":false'),
  // The newest version of the interface refuses sampling; the peer sends an older one.
  anthropic: (text) => text.replace('"temperature":0.5,', '').replaceAll(',"eager_input_streaming":true', ''),
  // Ids go back only where Gemini gave them. Results and what is said next are one turn of the user.
  gemini: (text) =>
    text
      .replace(/"id":"call_\d",/g, '')
      .replace('{"name":"sum","content":"3"}', '{"output":"3"}')
      .replace('{"name":"look","error":"denied"}', '{"error":"denied"}')
      .replace(']},{"role":"user","parts":[{"text":"Go on."}', ',{"text":"Go on."}'),
}

it.each(Object.entries(wires))('%s: a conversation is worded as the AI SDK words it', async (wire, { own, peer }) => {
  const ours = await bodyOf(own as never)
  const theirs = JSON.stringify(await bodyOf(peer as never))
  const expected = (differences[wire] as (text: string) => string)(theirs)
  expect(expected).not.toBe(theirs)
  expect(ours).toEqual(JSON.parse(expected))
})
