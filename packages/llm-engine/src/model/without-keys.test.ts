// A provider that repeats the key, in every place and spelling, on every wire: nothing of it is in what is thrown.
import { inspect } from 'node:util'
import { describeError, type LanguageModel, type ModelHost, secret } from '@pf-agents/agent-core'
import { describe, expect, it, vi } from 'vitest'
import { hello, read, sse } from '../../test/harness'
import { createAnthropic } from '../anthropic'
import type { ModelError } from '../error/model-error'
import { createGemini } from '../gemini'
import { createAzureChat, createOpenAiChat, createOpenAiResponses } from '../openai'
import { createCompatibleModel, lmStudio } from '../openai-compatible'
import type { ApiKey } from './api-key'
import { keysOf, withoutKeys } from './without-keys'

const chat = (apiKey: ApiKey, host: ModelHost): LanguageModel =>
  createOpenAiChat({ model: 'm', apiKey, host, attempts: 1 })
const wires: Record<string, (apiKey: ApiKey, host: ModelHost) => LanguageModel> = {
  chat,
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
  'a page whose beginning ends in it': (key) => new Response(`${'x'.repeat(2035)} ${key}`, { status: 502 }),
  'a page with status 200': (key) => new Response(`<html>${key}</html>`, { headers: { 'content-type': 'text/html' } }),
  'a redirect': (key) =>
    new Response('', { status: 302, headers: { location: `https://x.test/?key=${encodeURIComponent(key)}` } }),
  'a redirect to a host of that name': (key) =>
    new Response('', { status: 302, headers: { location: `https://${encodeURIComponent(key.toLowerCase())}.test/` } }),
  'fetch itself': (key) => {
    throw new TypeError(`Headers.append: "Bearer ${key}" is an invalid header value.`)
  },
  'a fetch of other words': (key) => {
    throw new Error(`Can not send ${key}`)
  },
  'a cause that goes round in a circle': (key) => {
    const error = new TypeError('fetch failed')
    throw Object.assign(error, { cause: new Error(`x ${key}`, { cause: error }) })
  },
  'a cause of it': (key) => {
    throw new TypeError('fetch failed', { cause: new Error('x', { cause: new Error(`Can not send ${key}`) }) })
  },
  'a cause that is no error': (key) => {
    throw new TypeError('fetch failed', { cause: { headers: { authorization: `Bearer ${key}` } } })
  },
  'a cause of words alone': (key) => {
    throw new TypeError('fetch failed', { cause: `Bearer ${key}` })
  },
  'causes side by side': (key) => {
    const errors = [new Error(`to ::1 with ${key}`), new Error(`to 127.0.0.1 with ${key}`)]
    throw new TypeError('fetch failed', { cause: new AggregateError(errors, `all failed ${key}`) })
  },
  'what has the request with it': (key) => {
    const config = { headers: { authorization: `Bearer ${key}` } }
    throw Object.assign(new Error('Network Error'), { config, request: { config }, code: `E ${key}`, [key]: 1 })
  },
  'a name': (key) => {
    throw Object.assign(new Error('x'), { name: `E ${key}` })
  },
  'what is no error': (key) => {
    throw { message: `Bearer ${key}`, headers: { authorization: key } }
  },
  'words alone': (key) => {
    throw `Bearer ${key}`
  },
  'what can not be read': (key) => {
    const fail = (): never => {
      throw new Error(key)
    }
    throw Object.defineProperty(new Error('x'), 'cause', { get: fail })
  },
  'a body that breaks': (key) => broken(key),
  'a body that breaks behind output': (key) =>
    broken(
      key,
      sse({ choices: [{ delta: { content: 'a' } }] }),
      sse({ candidates: [{ content: { parts: [{ text: 'a' }] } }] }),
    ),
  'a refusal that breaks': (key) => new Response(broken(key).body, { status: 500 }),
}

function broken(key: string, ...first: string[]): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = first.shift()
      if (chunk !== undefined) controller.enqueue(encoder.encode(chunk))
      else controller.error(Object.assign(new TypeError(`reset while sending Bearer ${key}`), { headers: { key } }))
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
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
      expect(told).not.toContain('secretk')
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

it('of what fetch throws, name, code and words stay, and what caused it', async () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:1'), { code: 'ECONNREFUSED', port: 1 })
  const both = Object.assign(new AggregateError([refused]), { code: 'ECONNREFUSED' })
  for (const cause of [refused, both]) {
    const thrown = new TypeError('fetch failed', { cause })
    const { error: told } = await read(chat('sk-0123456789', { fetch: () => Promise.reject(thrown) }))
    expect(told).toMatchObject({ code: 'PF_MODEL_UNAVAILABLE', retryable: true })
    const text = describeError(told)
    expect(text).toContain('Caused by: TypeError: fetch failed\n    at ')
    expect(text).toContain('Error: connect ECONNREFUSED ::1:1\n    at ')
    expect((told as { cause: { cause: unknown } }).cause.cause).toMatchObject({ code: 'ECONNREFUSED' })
  }
  for (const nothing of [undefined, null, 5, {}, []]) {
    const { error: told } = await read(chat('sk-0123456789', { fetch: () => Promise.reject(nothing) }))
    expect(told).toMatchObject({ code: 'PF_MODEL_UNAVAILABLE', cause: { message: '' } })
  }
})

it('what is like a key, and shorter words, stay', () => {
  const keys = keysOf({ authorization: 'Bearer sk-0123456789', 'x-short': 'short' }, {})
  const text = 'sk-012345678 sk-*******89 short \\u0073k-01234'
  expect(withoutKeys(text, keys)).toBe(text)
  expect(withoutKeys('a SK-0123456789 b', keys)).toBe('a [key] b')
})

describe('a key with white space around it, as a file has it', () => {
  const key = 'sk-secret-0123456789'
  const odd = [`${key}\n`, `${key}\r\n`, ` ${key}`, `\t${key} \n`]
  const given = (value: string): Record<string, ApiKey> => ({
    itself: value,
    'a function': () => value,
    'a promise': async () => value,
    'a secret': secret('KEY'),
  })

  it.each(Object.entries(wires))('is sent without it, and not told, to %s', async (_, make) => {
    for (const value of odd) {
      for (const apiKey of Object.values(given(value))) {
        const sent: string[] = []
        const fetch: ModelHost['fetch'] = async (_url, init) => {
          sent.push(...Object.values(init?.headers as Record<string, string>))
          return json(error(`Bad key ${key}`))
        }
        const host: ModelHost = { fetch, variables: { get: () => value } }
        const { error: thrown } = await read(make(apiKey, host), { ...hello, host })
        expect(thrown).toMatchObject({ code: 'PF_MODEL_AUTH', providerMessage: 'Bad key [key]' })
        expect(inspect(thrown, { depth: 10, showHidden: true })).not.toContain(key)
        expect(sent.filter((header) => header.endsWith(key))).toHaveLength(1)
      }
    }
  })

  it('is none where there is nothing else', async () => {
    const sent: unknown[] = []
    const host: ModelHost = {
      fetch: async (_url, init) => (sent.push(new Headers(init?.headers).get('authorization')), json({})),
      variables: { get: () => '\n' },
    }
    const model = (optional: boolean) =>
      createOpenAiChat({ model: 'm', apiKey: optional ? secret('KEY', { optional }) : secret('KEY'), attempts: 1 })
    expect((await read(model(false), { ...hello, host })).error).toMatchObject({ code: 'PF_SECRET_MISSING' })
    await read(model(true), { ...hello, host })
    expect(sent).toEqual([null])
  })
})

it('a key or a header that no request can have is told as such, once', async () => {
  const ask = async (options: object) => {
    let asked = 0
    const fetch: ModelHost['fetch'] = async (_url, init) => (asked++, new Headers(init?.headers), json({}))
    const { error: thrown, parts } = await read(createOpenAiChat({ model: 'm', host: { fetch }, ...options }))
    expect([asked, parts]).toEqual([1, []])
    return thrown
  }
  for (const apiKey of ['sk-secret\n0123456789', 'sk-secret→0123456789', 'sk-secret\u00000123456789']) {
    const thrown = await ask({ apiKey })
    expect(thrown).toMatchObject({ code: 'PF_MODEL_AUTH', retryable: false, httpStatus: undefined })
    expect(inspect(thrown, { depth: 10, showHidden: true })).not.toMatch(/0123456789|sk-secret/)
  }
  expect(await ask({ apiKey: 'k', headers: { 'x-title': 'a → b' } })).toMatchObject({
    code: 'PF_MODEL_REQUEST_INVALID',
    retryable: false,
  })
})

it('keys in headers are not told either', async () => {
  for (const [name, value] of [
    ['Authorization', 'Bearer sk-secret-0123456789'],
    ['authorization', 'Basic c2VjcmV0LTAxMjM0NTY3ODk='],
    ['x-portkey-api-key', 'pk-secret-0123456789\n'],
    ['cf-aig-authorization', 'Bearer cf-secret-0123456789'],
    ['Ocp-Apim-Subscription-Key', '0123456789abcdef'],
    ['x-goog-iam-authorization-token', 'iam-secret-0123456789'],
    ...['x-jwt-assertion', 'x-session', 'x-auth-session-id', 'x-bearer', 'X-PAT'].map(
      (named) => [named, 'more-secret-0123456789'] as const,
    ),
  ] as const) {
    const secretPart = value.trim().replace(/^\w+ /, '')
    for (const where of ['model', 'call']) {
      const host: ModelHost = { fetch: async () => json(error(`Bad key ${secretPart}`, { code: secretPart })) }
      const headers = { [name]: value }
      const model = createOpenAiChat({ model: 'm', host, attempts: 1, ...(where === 'model' && { headers }) })
      const { error: thrown } = await read(model, { ...hello, ...(where === 'call' && { headers }) })
      expect(thrown).toMatchObject({ providerMessage: 'Bad key [key]', providerCode: '[key]' })
      expect(inspect(thrown, { depth: 10, showHidden: true })).not.toContain(secretPart)
    }
  }
  // What only names something may be told.
  for (const [name, value] of [
    ['openai-organization', 'org-0123456789'],
    ['x-auth-provider', 'anthropic'],
    ['x-author', 'Jane Doe-Smith'],
    ['x-api-key-id', 'backup-key'],
    ['x-path', 'one-way-or-other'],
  ] as const) {
    const host: ModelHost = { fetch: async () => json(error(`No ${value}`)) }
    const { error: thrown } = await read(
      createOpenAiChat({ model: 'm', host, attempts: 1, headers: { [name]: value } }),
    )
    expect(thrown).toMatchObject({ providerMessage: `No ${value}` })
  }
})

it('a key that is the name of the server is none', async () => {
  for (const [apiKey, message] of [
    ['lm-studio', 'lm-studio: no model sk-0123456789'],
    ['sk-0123456789', 'lm-studio: no model [key]'],
  ] as const) {
    const host: ModelHost = { fetch: async () => json(error('lm-studio: no model sk-0123456789')) }
    const model = createCompatibleModel({ server: lmStudio, model: 'm', apiKey, host, attempts: 1 })
    expect((await read(model)).error).toMatchObject({ providerMessage: message })
  }
})

describe('how much is looked at', () => {
  const key = 'sk-SECRETkey-0123456789'

  /** Characters looked at, one by one: nothing else walks through a text. */
  function steps(text: string): number {
    const charCodeAt = vi.spyOn(String.prototype, 'charCodeAt')
    try {
      withoutKeys(text, [key])
      return charCodeAt.mock.calls.length
    } finally {
      charCodeAt.mockRestore()
    }
  }

  it.each(['\\', '\\\\u', '\\u007', '%', '%7', 'sk-', key.slice(0, -1), escaped(key).slice(0, -1), 'a'])(
    'grows with the text, and then no more: %s',
    (piece) => {
      const of = (length: number): number => steps(piece.repeat(Math.ceil(length / piece.length)).slice(0, length))
      const [one, two, four] = [of(2048), of(4096), of(8192)]
      expect(one).toBeGreaterThanOrEqual(2048 / piece.length)
      expect(two).toBeLessThan(one * 2.2)
      expect(four).toBeLessThan(two * 2.2)
      expect(of(1 << 20)).toBe(of(1 << 18))
      expect(of(1 << 20)).toBeLessThan(one * 40)
    },
  )

  it.each<[string, (text: string) => string]>([
    ['plain', (text) => text],
    ['as JSON escapes', escaped],
    ['as JSON escapes in JSON', (text) => escaped(text).replaceAll('\\', '\\\\\\')],
    ['in an address', percent],
  ])('no piece of a key is told, wherever the text is cut: %s', (_, spell) => {
    const spelled = spell(key)
    for (let before = 0; before < spelled.length * 2; before += 5) {
      for (const filler of ['x', `${spelled} `]) {
        const text = `${'.'.repeat(before)}${filler.repeat(Math.ceil(20_000 / filler.length))}${spelled}`
        const told = withoutKeys(text, [key])
        expect(told.length).toBeLessThanOrEqual(2048)
        expect(plainest(told).replaceAll('[key]', '')).not.toMatch(/sk-s|secret|0123|\\u|%/)
      }
    }
  })

  it('of several keys, the one that has another in it goes as a whole', () => {
    expect(withoutKeys('a abcdefgh-12345678 b 12345678 c', ['12345678', 'abcdefgh-12345678'])).toBe('a [key] b [key] c')
  })

  it('a body of nothing but backslashes is told at once, in an error and in an event', async () => {
    const slashes = '\\'.repeat(1 << 20)
    for (const answer of [
      () => json(error(slashes), 422),
      () => stream(`event: error\n${sse(error(slashes))}`),
      () => stream(sse(`{broken ${slashes}`, 'x')),
      () => new Response(slashes, { status: 422 }),
    ]) {
      const { error: thrown } = await read(
        createOpenAiChat({ model: 'm', apiKey: key, attempts: 1, host: { fetch: async () => answer() } }),
      )
      const { providerMessage = '' } = thrown as ModelError
      expect(providerMessage.length).toBeLessThanOrEqual(2048)
    }
  })
})
