import { type Case, message } from './case'
import { equal, matches, ok } from './check'
import type { Fetch, Json } from './client'

const usual = { 'content-type': 'application/json', 'a2a-version': '1.0' }

/** Sends a body as it is. */
async function post(
  fetch: Fetch,
  url: string,
  body: string | undefined,
  headers: Record<string, string> = usual,
): Promise<{ status: number; json: Json; response: Response }> {
  const response = await fetch(url, { method: 'POST', headers, ...(body !== undefined && { body }) })
  const text = await response.text()
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text), response }
}

const request = (more: Json) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'SendMessage', params: { message: message('hi') }, ...more })

/** The JSON-RPC envelope (9). */
export const jsonRpcCases: Case[] = [
  {
    name: 'requests are answered with and without a slash at the end, id for id (JSON-RPC)',
    requirements: ['JSONRPC-FMT-001', 'JSONRPC-FMT-002', 'JSONRPC-SVC-001'],
    async run(fetch, baseUrl) {
      for (const url of [baseUrl, `${baseUrl}/`]) {
        for (const id of [1, 0, -7, 1.5, 'x', '', 'ä"\n']) {
          const { status, json, response } = await post(fetch, url, request({ id }))
          equal([status, json.jsonrpc, json.id], [200, '2.0', id], 'status, version, id')
          equal(Object.keys(json).toSorted(), ['id', 'jsonrpc', 'result'], 'members')
          equal(response.headers.get('content-type'), 'application/json', 'content type')
        }
      }
    },
  },

  {
    name: 'each error of the envelope has its code (JSON-RPC)',
    requirements: ['JSONRPC-ERR-001', 'CORE-ERR-001', 'JSONRPC-SSE-002'],
    async run(fetch, baseUrl) {
      const expectations: [body: string, code: number, id: unknown][] = [
        ['{"jsonrpc":"2.0","id":1,', -32700, null],
        ['', -32700, null],
        ['nonsense', -32700, null],
        ['"text"', -32600, null],
        ['null', -32600, null],
        ['17', -32600, null],
        ['[]', -32600, null],
        [`[${request({})}]`, -32600, null],
        ['{}', -32600, null],
        [request({ jsonrpc: '1.0' }), -32600, 1],
        [request({ jsonrpc: 2 }), -32600, 1],
        [request({ id: {} }), -32600, null],
        [request({ id: [1] }), -32600, null],
        [request({ id: true }), -32600, null],
        [request({ method: 7 }), -32600, 1],
        [request({ method: undefined }), -32600, 1],
        [request({ method: 'Sing' }), -32601, 1],
        [request({ method: 'constructor', params: undefined }), -32601, 1],
        [request({ method: '__proto__' }), -32601, 1],
        [request({ method: 'Sing', params: 'x' }), -32601, 1],
        [request({ params: 'x' }), -32602, 1],
        [request({ params: [1] }), -32602, 1],
        [request({ params: undefined }), -32602, 1],
        [request({ params: null }), -32602, 1],
        [request({ params: {} }), -32602, 1],
        [request({ id: null, params: {} }), -32602, null],
      ]
      for (const [body, code, id] of expectations) {
        const { status, json } = await post(fetch, `${baseUrl}/`, body)
        equal([status, json.error?.code, json.id], [200, code, id], body || 'an empty body')
        ok(typeof json.error.message === 'string' && json.error.message !== '', 'a message')
        ok(
          json.error.data === undefined ||
            (Array.isArray(json.error.data) && json.error.data.every((one: Json) => typeof one['@type'] === 'string')),
          'typed data',
        )
      }
    },
  },

  {
    name: 'another content type is refused before the body is looked at (JSON-RPC)',
    requirements: ['JSONRPC-FMT-002'],
    async run(fetch, baseUrl) {
      for (const type of ['text/plain', 'application/xml', 'application/jsonx', 'text/json', 'multipart/form-data']) {
        const { status, json } = await post(fetch, `${baseUrl}/`, '<xml>', { ...usual, 'content-type': type })
        equal([status, json.error.code, json.id], [200, -32005, null], type)
      }
      for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json ;x=y']) {
        const { json } = await post(fetch, `${baseUrl}/`, request({}), { ...usual, 'content-type': type })
        ok('result' in json, `a result for ${type}`)
      }
    },
  },

  {
    name: 'a notification is carried out and answered with nothing (JSON-RPC)',
    requirements: ['JSONRPC-FMT-001'],
    async run(fetch, baseUrl) {
      for (const body of [
        request({ id: undefined }),
        request({ id: undefined, params: {} }),
        request({ id: undefined, method: 'Sing' }),
      ]) {
        const { status, json } = await post(fetch, `${baseUrl}/`, body)
        equal([status, json], [204, undefined], 'status and body')
      }
    },
  },

  {
    name: 'names of the proto are taken as well, unknown members ignored, null is not set (JSON-RPC)',
    requirements: ['DM-SERIAL-001', 'DM-SERIAL-003'],
    async run(fetch, baseUrl) {
      const params = {
        message: {
          message_id: 'snake',
          role: 1,
          parts: [{ text: 'facts', media_type: null }],
          context_id: 'c',
          unknown: { deep: [1] },
          task_id: null,
        },
        configuration: { accepted_output_modes: ['text/plain'], return_immediately: false, history_length: '3' },
        surprise: true,
      }
      const { json } = await post(fetch, `${baseUrl}/`, request({ params, extra: 1 }))
      matches(json.result.message, { contextId: 'c', parts: [{ data: { modes: ['text/plain'] } }] }, 'message')
      ok(
        !JSON.stringify(json).includes('surprise') && !JSON.stringify(json).includes('context_id'),
        'nothing that A2A has not',
      )
    },
  },

  {
    name: 'every wrong field is named, and never what was in it (JSON-RPC)',
    requirements: ['JSONRPC-ERR-001', 'CORE-ERR-002', 'DM-MSG-001', 'DM-MSG-002', 'DM-PART-001'],
    async run(fetch, baseUrl) {
      const expectations: [params: Json, field: string][] = [
        [{ message: 'secret' }, 'message'],
        [{ message: { ...message('x'), messageId: '' } }, 'message.messageId'],
        [{ message: { ...message('x'), role: 'ROLE_KING' } }, 'message.role'],
        [{ message: { ...message('x'), role: 'ROLE_UNSPECIFIED' } }, 'message.role'],
        [{ message: { ...message('x'), role: 'ROLE_AGENT' } }, 'message.role'],
        [{ message: { ...message('x'), parts: [] } }, 'message.parts'],
        [{ message: { ...message('x'), parts: 'secret' } }, 'message.parts'],
        [{ message: { ...message('x'), parts: [{}] } }, 'message.parts[0]'],
        [{ message: { ...message('x'), parts: [{ text: 'a' }, { text: 'b', url: 'c' }] } }, 'message.parts[1]'],
        [{ message: { ...message('x'), parts: [{ raw: 'secret!' }] } }, 'message.parts[0].raw'],
        [{ message: { ...message('x'), parts: [{ text: 5 }] } }, 'message.parts[0].text'],
        [{ message: { ...message('x'), metadata: 'secret' } }, 'message.metadata'],
        [{ message: message('x'), configuration: { historyLength: -1 } }, 'configuration.historyLength'],
        [{ message: message('x'), configuration: { returnImmediately: 'secret' } }, 'configuration.returnImmediately'],
      ]
      for (const [params, field] of expectations) {
        const { json } = await post(fetch, `${baseUrl}/`, request({ params }))
        equal(json.error?.code, -32602, field)
        const bad = json.error.data.find((one: Json) => one['@type'] === 'type.googleapis.com/google.rpc.BadRequest')
        ok(
          bad.fieldViolations.some((one: Json) => one.field === field && one.description !== ''),
          `${field} among ${JSON.stringify(bad)}`,
        )
        ok(!JSON.stringify(json).includes('secret'), 'nothing of what was sent')
      }
    },
  },
]
