// A provider that repeats the key, in every place and spelling, on every wire: nothing of it is in what is thrown.
import { inspect } from 'node:util'
import type { LanguageModel, ModelHost } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { read, sse } from '../../test/harness'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import { createAzureChat, createOpenAiChat, createOpenAiResponses } from '../openai'
import { keysOf, withoutKeys } from './without-keys'

const wires: Record<string, (apiKey: string, host: ModelHost) => LanguageModel> = {
  chat: (apiKey, host) => createOpenAiChat({ model: 'm', apiKey, host, attempts: 1 }),
  azure: (apiKey, host) => createAzureChat({ model: 'm', endpoint: 'https://x', apiKey, host, attempts: 1 }),
  responses: (apiKey, host) => createOpenAiResponses({ model: 'm', apiKey, host, attempts: 1 }),
  anthropic: (apiKey, host) => createAnthropic({ model: 'm', apiKey, host, attempts: 1 }),
  'anthropic by bearer': (apiKey, host) => createAnthropic({ model: 'm', apiKey, auth: 'bearer', host, attempts: 1 }),
  gemini: (apiKey, host) => createGemini({ model: 'm', apiKey, host, attempts: 1 }),
}
const keys = ['sk-SECRETkey-plain-0123456789', 'sk-SECRETkey/with+chars=="q"\\é-0123456789', '123456789012']

const escaped = (text: string): string =>
  text.replaceAll(/[^]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
const percent = (text: string): string =>
  [...new TextEncoder().encode(text)].map((byte) => `%${byte.toString(16).toUpperCase()}`).join('')
const json = (value: unknown, status = 401): Response => new Response(JSON.stringify(value), { status })
const stream = (body: string): Response => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
const error = (message: string, more: object = {}): object => ({ type: 'error', error: { message, ...more } })

const answers: Record<string, (key: string) => Response> = {
  'a refusal': (key) => json(error(`Bad key ${key}`, { code: `no_${key}`, type: key })),
  'in lower case': (key) => json(error(`Bad key ${key.toLowerCase()}`)),
  'in upper case': (key) => json(error(`Bad key ${key.toUpperCase()}`)),
  'as JSON escapes': (key) => new Response(`{"error":{"message":"Bad key ${escaped(key)}"}}`, { status: 401 }),
  'as JSON in JSON': (key) => json(error(JSON.stringify({ message: `Bad key ${key}` }))),
  'as JSON escapes in JSON': (key) => json(error(`{"message":"Bad key ${escaped(key)}"}`)),
  'as in an address': (key) => json(error(`Bad key ?key=${encodeURIComponent(key)}`)),
  'as in an address, all of it': (key) => json(error(`Bad key ${percent(key)}`)),
  'behind a router': (key) => json(error('No', { metadata: { raw: `Bad key ${key}` } })),
  'in a list': (key) => json({ detail: [{ input: key }] }),
  'as a number': (key) =>
    new Response(`{"error":{"message":"x","code":${/^\d+$/.test(key) ? key : 1}}}`, { status: 401 }),
  'an event': (key) => stream(`event: error\n${sse(error(`Bad key ${key}`, { code: key }))}`),
  'an event in lower case': (key) => stream(`event: error\n${sse(error(`Bad key ${key.toLowerCase()}`))}`),
  'an event with JSON escapes': (key) => stream(`event: error\n${sse(`{"error":{"message":"${escaped(key)}"}}`)}`),
  'an event in an address': (key) => stream(`event: error\n${sse(error(`Bad key ${percent(key)}`))}`),
  'what is no JSON': (key) => stream(sse(`{broken ${key}`, 'x')),
  'what is no JSON, with escapes': (key) => stream(sse(`{broken ${escaped(key)}`, 'x')),
  'a page': (key) => new Response(`<html>${key} ${key.toLowerCase()}</html>`, { status: 502 }),
  'a page with status 200': (key) => new Response(`<html>${key}</html>`, { headers: { 'content-type': 'text/html' } }),
  'a redirect': (key) =>
    new Response('', { status: 302, headers: { location: `https://x.test/?key=${encodeURIComponent(key)}` } }),
  'a redirect to a host of that name': (key) =>
    new Response('', { status: 302, headers: { location: `https://${encodeURIComponent(key.toLowerCase())}.test/` } }),
  'fetch itself': (key) => {
    throw new TypeError(`Headers.append: "Bearer ${key}" is an invalid header value.`)
  },
}

/** The id of a request, where it is told: it must not be the key, in a header either. */
const ids = ['x-request-id', 'request-id', 'x-goog-request-id', 'apim-request-id']

function plainest(text: string): string {
  let out = text
  for (let depth = 0; depth < 3; depth++) {
    out = out
      .replaceAll(/\\+u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replaceAll(/(%[0-9a-f]{2})+/gi, (bytes) => decodeURIComponent(bytes))
  }
  return out.replaceAll('\\', '').toLowerCase()
}

describe.each(Object.entries(wires))('%s', (_, make) => {
  it.each(Object.entries(answers))('%s', async (_name, answer) => {
    for (const key of keys) {
      const { error: thrown } = await read(make(key, { fetch: async () => answer(key) }))
      expect(thrown).toMatchObject({ name: 'ModelError' })
      const told = plainest(inspect(thrown, { depth: 10, showHidden: true }) + JSON.stringify(thrown))
      expect(told).not.toContain(plainest(key))
    }
  })

  it('the id of a request', async () => {
    const [key = ''] = keys
    const ask = async (id: string) => {
      const headers = Object.fromEntries(ids.map((name) => [name, id]))
      return (await read(make(key, { fetch: async () => new Response('{}', { status: 400, headers }) }))).error
    }
    expect(await ask('req_1')).toMatchObject({ requestId: 'req_1', details: { requestId: 'req_1' } })
    for (const id of [key, `req_${key}`, key.toLowerCase(), percent(key)]) {
      const thrown = await ask(id)
      expect(thrown).toMatchObject({ code: 'PF_MODEL_REQUEST_INVALID', requestId: undefined })
      expect(plainest(inspect(thrown, { depth: 10, showHidden: true }))).not.toContain(key.toLowerCase())
    }
  })
})

it('what is like a key, and shorter words, stay', () => {
  const keys = keysOf({ authorization: 'Bearer sk-0123456789', 'x-short': 'short' }, {})
  const text = 'sk-012345678 sk-*******89 short \\u0073k-01234'
  expect(withoutKeys(text, keys)).toBe(text)
  expect(withoutKeys('a SK-0123456789 b', keys)).toBe('a [key] b')
})
