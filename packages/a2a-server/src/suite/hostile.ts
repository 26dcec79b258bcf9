import { type Case, message, onBoth } from './case'
import { equal, ok } from './check'
import { jsonOf } from './client'
import type { Fetch } from './client'

const usual = { 'content-type': 'application/json', 'a2a-version': '1.0' }

/** Addresses that take a body, and what a broken one is there. */
const places = [
  { path: '/', codeOf: (json: { error: { code: number } }) => json.error.code, broken: -32700, wrong: -32600 },
  { path: '/message:send', codeOf: (json: { error: { code: number } }) => json.error.code, broken: 400, wrong: 400 },
]

async function post(
  fetch: Fetch,
  url: string,
  body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
): Promise<{ status: number; text: string }> {
  const init: RequestInit & { duplex?: 'half' } = { method: 'POST', headers: usual, body }
  if (body instanceof ReadableStream) init.duplex = 'half'
  const response = await fetch(url, init)
  return { status: response.status, text: await response.text() }
}

/** Chunks without an end, counted. */
function endless(chunk: string, most: number): { stream: ReadableStream<Uint8Array>; sent: () => number } {
  const bytes = new TextEncoder().encode(chunk)
  let sent = 0
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent >= most) return controller.close()
      sent += bytes.byteLength
      controller.enqueue(bytes)
    },
  })
  return { stream, sent: () => sent }
}

/** What no honest client sends: a specified error each, and the server goes on. */
export const hostileCases: Case[] = [
  {
    name: 'bytes that are not UTF-8 are refused',
    requirements: ['CORE-ERR-001'],
    async run(fetch, baseUrl) {
      for (const { path, codeOf, broken } of places) {
        for (const bytes of [[0xff], [0x22, 0xc3, 0x28, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0xc0, 0xaf]]) {
          const { text } = await post(fetch, baseUrl + path, new Uint8Array(bytes))
          equal(codeOf(JSON.parse(text)), broken, `${path} ${bytes.join(' ')}`)
        }
      }
    },
  },

  {
    name: 'deep nesting is refused before anything is built',
    requirements: ['CORE-ERR-002'],
    async run(fetch, baseUrl) {
      for (const { path, codeOf, broken } of places) {
        for (const body of ['['.repeat(1_000_000), `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`]) {
          const { text } = await post(fetch, baseUrl + path, body)
          equal(codeOf(JSON.parse(text)), broken, `${path} ${body.slice(0, 5)}`)
        }
      }
    },
  },

  {
    name: 'a batch of a million is one refusal',
    requirements: ['JSONRPC-ERR-001'],
    async run(fetch, baseUrl) {
      for (const entry of ['1', '{}', '[]', '""']) {
        const { text } = await post(fetch, `${baseUrl}/`, `[${`${entry},`.repeat(999_999)}${entry}]`)
        ok(text.length < 1000, 'a short answer')
        equal(JSON.parse(text).error.code, -32600, `${entry}: code`)
      }
    },
  },

  {
    name: 'a million values are refused before any is made, wherever they stand',
    requirements: ['CORE-ERR-001'],
    async run(fetch, baseUrl) {
      const send = (members: string) =>
        `{"message":{"messageId":"m","role":"ROLE_USER",${members}},"jsonrpc":"2.0","id":1,"method":"SendMessage"}`
      const keys = Array.from({ length: 150_000 }, (_, index) => `"k${index}":1`).join(',')
      const bodies = [
        send(`"parts":[${'{},'.repeat(499_999)}{}]`),
        send(`"parts":[{"text":"x"},{"data":[${'1,'.repeat(999_999)}1]}]`),
        send(`"parts":[{"text":"x"},{"data":[${'{},'.repeat(299_999)}{}]}]`),
        send(`"parts":[{"text":"x"},{"data":{${keys}}}]`),
        send(`"parts":[{"text":"x"}],"metadata":{${keys}}`),
      ]
      for (const { path, codeOf } of places) {
        for (const [index, body] of bodies.entries()) {
          const { status, text } = await post(fetch, baseUrl + path, body)
          equal([status, codeOf(JSON.parse(text))], [413, path === '/' ? -32600 : 413], `${path} body ${index}`)
          ok(text.length < 1000, `a short answer, not ${text.length} characters`)
        }
      }
    },
  },

  ...onBoth('as many values as are allowed are taken', ['CORE-SEND-001'], async (peer) => {
    const values = 19_900
    for (const data of [
      Array.from({ length: values }, () => 1),
      Array.from({ length: values }, () => ({})),
      Object.fromEntries(Array.from({ length: values }, (_, index) => [`k${index}`, index])),
    ]) {
      const { task } = await peer.result('SendMessage', {
        message: message('task x', { parts: [{ text: 'task x' }, { data }] }),
      })
      equal(task.status.state, 'TASK_STATE_COMPLETED', 'state')
    }
  }),

  ...onBoth('a text of a megabyte comes back whole, as a message and as a task', ['CORE-SEND-001'], async (peer) => {
    for (const unit of ['y', '"', '\u00e9', '\ud83d\ude00']) {
      for (const bytes of [500_000, 1_000_000]) {
        const text = unit.repeat(Math.floor(bytes / new TextEncoder().encode(JSON.stringify(unit).slice(1, -1)).length))
        const { message: echoed } = await peer.result('SendMessage', { message: message(text) })
        ok(echoed.parts[0].text === `Echo: ${text}`, `${bytes} bytes of ${unit} as they were`)
        const { task } = await peer.result('SendMessage', { message: message(`task ${text}`) })
        ok(task.artifacts[0].parts[0].text === text, `${bytes} bytes of ${unit} as an artifact`)
      }
    }
  }),

  {
    name: 'a body over the limit is refused with 413, as JSON',
    requirements: ['CORE-ERR-001'],
    async run(fetch, baseUrl) {
      const large = JSON.stringify({ message: message('x'.repeat(5 * 1024 * 1024)) })
      for (const { path } of places) {
        const { status, text } = await post(fetch, baseUrl + path, large)
        equal(status, 413, path)
        const { error } = JSON.parse(text)
        equal(error.code, path === '/' ? -32600 : 413, 'code')
      }
    },
  },

  {
    name: 'a body without a length is read no further than the limit',
    requirements: ['CORE-ERR-001'],
    async run(fetch, baseUrl) {
      for (const { path } of places) {
        const { stream, sent } = endless('x'.repeat(65_536), 1024 * 1024 * 1024)
        // The server may end the connection while it is still being sent to; then no answer can be read.
        const answer = await post(fetch, baseUrl + path, stream).catch(() => undefined)
        if (answer !== undefined) equal(answer.status, 413, path)
        ok(sent() < 512 * 1024 * 1024, `less than half of it to be taken, not ${sent()} bytes`)
      }
      const { status } = await post(
        fetch,
        `${baseUrl}/message:send`,
        JSON.stringify({ message: message('still there?') }),
      )
      equal(status, 200, 'the next request')
    },
  },

  ...onBoth('odd keys and numbers get nowhere', ['CORE-ERR-002'], async (peer) => {
    const odd = [
      '{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"data":{"__proto__":{"polluted":true}}}]}}',
      '{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":"x"}],"metadata":{"__proto__":{"polluted":true}}}}',
      '{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"data":1e999}]}}',
    ]
    for (const params of odd) {
      const rpc = peer.binding.name === 'JSON-RPC'
      const body = rpc ? `{"jsonrpc":"2.0","id":1,"method":"SendMessage","params":${params}}` : params
      const { text } = await post(peer.fetch, peer.baseUrl + (rpc ? '/' : '/message:send'), body)
      equal(JSON.parse(text).error.code, rpc ? -32602 : 400, params)
    }
    equal(({} as { polluted?: boolean }).polluted, undefined, 'every object as it was')
    const { message: echoed } = await peer.result('SendMessage', { message: message('constructor') })
    equal(echoed.parts[0].text, 'Echo: constructor', 'text')
  }),

  {
    name: 'what callers send never becomes a header',
    requirements: ['JSONRPC-SVC-002'],
    async run(fetch, baseUrl) {
      const text = 'x\r\nset-cookie: a=b'
      const response = await fetch(`${baseUrl}/message:send`, {
        method: 'POST',
        headers: { ...usual, 'a2a-extensions': 'urn:x:%0d%0aset-cookie:%20a=b,urn:pf-agents:a2a:skill:v1' },
        body: JSON.stringify({ message: { ...message(text), contextId: text } }),
      })
      equal(response.status, 200, 'status')
      equal(response.headers.get('set-cookie'), null, 'cookie')
      equal(response.headers.get('a2a-extensions'), 'urn:pf-agents:a2a:skill:v1', 'extensions')
      const path = encodeURIComponent(text)
      const missing = await fetch(`${baseUrl}/tasks/${path}`, { headers: { 'a2a-version': '1.0' } })
      equal([missing.status, missing.headers.get('set-cookie')], [404, null], 'status and cookie')
    },
  },

  {
    name: 'a URL without end is refused',
    requirements: ['CORE-ERR-001'],
    async run(fetch, baseUrl) {
      const response = await fetch(`${baseUrl}/tasks/${'x'.repeat(10_000)}`, { headers: { 'a2a-version': '1.0' } })
      equal(response.status, 400, 'status')
      ok(typeof (await jsonOf(response)).error.message === 'string', 'a message')
    },
  },
]
