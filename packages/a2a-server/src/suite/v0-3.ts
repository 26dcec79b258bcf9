import { type Case, stored } from './case'
import { equal, matches, ok } from './check'
import { type Fetch, type Json, jsonOf } from './client'

let ids = 0
const kindMessage = (text: string, more: Json = {}): Json => ({
  kind: 'message',
  messageId: `old-${++ids}`,
  role: 'user',
  parts: [{ kind: 'text', text }],
  ...more,
})
const protoMessage = (text: string): Json => ({ messageId: `old-${++ids}`, role: 'ROLE_USER', content: [{ text }] })

/** A JSON-RPC call of A2A 0.3: no version is named. */
async function call(fetch: Fetch, baseUrl: string, method: string, params?: Json, headers = {}): Promise<Json> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 'old', method, ...(params !== undefined && { params }) })
  const response = await fetch(`${baseUrl}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  const answer = await jsonOf(response)
  equal([response.status, answer.jsonrpc, answer.id], [200, '2.0', 'old'], `${method}: envelope`)
  return answer
}

async function rest(fetch: Fetch, baseUrl: string, method: string, path: string, body?: Json): Promise<Json> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(baseUrl + path, {
    method,
    ...(body !== undefined && { headers, body: JSON.stringify(body) }),
  })
  equal(response.headers.get('content-type'), 'application/json', `${path}: content type`)
  return { status: response.status, body: await jsonOf(response) }
}

/** Callers of A2A 0.3, who name that version or none (A2A 1.0, 3.6.2). */
export const v03Cases: Case[] = [
  {
    name: 'a message of 0.3 is answered in the form of 0.3 (JSON-RPC)',
    requirements: ['VER-SERVER-001', 'VER-SERVER-003'],
    async run(fetch, baseUrl) {
      for (const headers of [{}, { 'a2a-version': '' }, { 'a2a-version': '0.3' }, { 'a2a-version': '0.3.0' }]) {
        const { result } = await call(fetch, baseUrl, 'message/send', { message: kindMessage('hello') }, headers)
        matches(result, { kind: 'message', role: 'agent', parts: [{ kind: 'text', text: 'Echo: hello' }] }, 'message')
        const { result: task } = await call(
          fetch,
          baseUrl,
          'message/send',
          { message: kindMessage('task Rome') },
          headers,
        )
        matches(
          task,
          {
            kind: 'task',
            id: /./,
            contextId: /./,
            status: { state: 'completed' },
            artifacts: [{ parts: [{ kind: 'text', text: 'Rome' }] }],
          },
          'task',
        )
        matches(task.history, [{ kind: 'message', role: 'user', taskId: task.id }], 'history')
      }
    },
  },

  {
    name: 'errors of 0.3 have its codes (JSON-RPC)',
    requirements: ['VER-SERVER-001'],
    async run(fetch, baseUrl) {
      const codes: [string, Json, number][] = [
        ['tasks/get', { id: 'made-up' }, -32001],
        ['message/send', {}, -32602],
        ['message/send', { message: kindMessage('x', { parts: [{ kind: 'movie' }] }) }, -32602],
        ['message/send', 7, -32602],
        ['message/stream', { message: kindMessage('x') }, -32004],
        ['tasks/resubscribe', { id: 'made-up' }, -32004],
        ['tasks/pushNotificationConfig/set', {}, -32003],
        ['agent/getAuthenticatedExtendedCard', undefined, -32004],
        ['tasks/list', {}, -32601],
        ['no/such', {}, -32601],
      ]
      for (const [method, params, code] of codes) {
        const { error } = await call(fetch, baseUrl, method, params)
        equal(error?.code, code, method)
        ok(error.message.length > 0, 'an error to say something')
      }
      const { error } = await call(fetch, baseUrl, 'message/send', {
        message: kindMessage('x', { parts: [{ kind: 'text' }] }),
      })
      equal(error.data[0].fieldViolations[0].field, 'message.parts[0]', 'field')
    },
  },

  {
    name: 'a notification of 0.3 is worked on and not answered (JSON-RPC)',
    requirements: ['VER-SERVER-001'],
    async run(fetch, baseUrl) {
      for (const params of [{ message: kindMessage('task x') }, {}]) {
        const body = JSON.stringify({ jsonrpc: '2.0', method: 'message/send', params })
        const response = await fetch(`${baseUrl}/`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        })
        equal([response.status, await response.text()], [204, ''], 'answer')
      }
    },
  },

  {
    name: 'HTTP+JSON of 0.3 is under /v1, and answered in the form it came in',
    requirements: ['VER-SERVER-001', 'VER-SERVER-003'],
    async run(fetch, baseUrl) {
      const kind = await rest(fetch, baseUrl, 'POST', '/v1/message:send', { message: kindMessage('hello') })
      matches(
        kind,
        { status: 200, body: { kind: 'message', role: 'agent', parts: [{ kind: 'text', text: 'Echo: hello' }] } },
        'kind form',
      )
      const proto = await rest(fetch, baseUrl, 'POST', '/v1/message:send', { message: protoMessage('hello') })
      matches(
        proto,
        { status: 200, body: { message: { role: 'ROLE_AGENT', content: [{ text: 'Echo: hello' }] } } },
        'proto form',
      )
      const snake = {
        request: { message_id: 'old-snake', role: 'ROLE_USER', content: [{ text: 'task x' }] },
        configuration: { blocking: true },
      }
      const task = await rest(fetch, baseUrl, 'POST', '/v1/message:send', snake)
      matches(
        task.body,
        { task: { status: { state: 'TASK_STATE_COMPLETED' }, history: [{ messageId: 'old-snake' }] } },
        'snake case',
      )
      const failed = await rest(fetch, baseUrl, 'GET', '/v1/tasks/made-up')
      matches(failed, { status: 404, body: { code: -32001, type: 'TaskNotFoundError', message: /./ } }, 'error')
      const missing = await rest(fetch, baseUrl, 'GET', '/v1/nothing')
      matches(missing, { status: 404, body: { code: -32601 } }, 'unknown path')
      const broken = await rest(fetch, baseUrl, 'POST', '/v1/message:send', { message: 1 })
      matches(broken, { status: 400, body: { code: -32602, type: 'InvalidParamsError' } }, 'bad params')
    },
  },

  {
    name: 'the card of 0.3 is given to those who ask for it; the others get that of 1.0',
    requirements: ['VER-SERVER-001', 'CARD-STRUCT-001'],
    async run(fetch, baseUrl) {
      const path = '/.well-known/agent-card.json'
      const usual = await fetch(baseUrl + path)
      equal(usual.headers.get('vary'), 'A2A-Version', 'Vary')
      const card = await jsonOf(usual)
      ok(!('url' in card) && !('protocolVersion' in card), 'no member of 0.3 on the card of 1.0')
      for (const response of [
        await fetch(baseUrl + path, { headers: { 'a2a-version': '0.3' } }),
        await fetch(`${baseUrl}${path}?A2A-Version=0.3`),
        await fetch(`${baseUrl}/.well-known/agent.json`),
      ]) {
        const old = await jsonOf(response)
        equal(
          [response.status, response.headers.get('vary'), old.supportedInterfaces],
          [200, 'A2A-Version', undefined],
          'answer',
        )
        matches(
          old,
          {
            protocolVersion: '0.3.0',
            name: 'suite',
            url: baseUrl,
            preferredTransport: 'JSONRPC',
            additionalInterfaces: [
              { url: baseUrl, transport: 'JSONRPC' },
              { url: baseUrl, transport: 'HTTP+JSON' },
            ],
          },
          'card',
        )
        ok(response.headers.get('etag') !== usual.headers.get('etag'), 'an ETag of its own')
      }
    },
  },

  ...stored([
    {
      name: 'tasks of 0.3 are read, answered and canceled (JSON-RPC)',
      requirements: ['VER-SERVER-001'],
      async run(fetch, baseUrl) {
        const { result: asked } = await call(fetch, baseUrl, 'message/send', { message: kindMessage('ask') })
        equal(asked.status.state, 'input-required', 'state')
        const { result: read } = await call(fetch, baseUrl, 'tasks/get', { id: asked.id, historyLength: 0 })
        equal([read.kind, read.id, read.history], ['task', asked.id, undefined], 'task')
        const { result: answered } = await call(fetch, baseUrl, 'message/send', {
          message: kindMessage('Rome', { taskId: asked.id }),
        })
        equal([answered.id, answered.status.state], [asked.id, 'completed'], 'answered')
        const { error } = await call(fetch, baseUrl, 'tasks/cancel', { id: asked.id })
        equal(error.code, -32002, 'code')
        const { result: other } = await call(fetch, baseUrl, 'message/send', { message: kindMessage('ask') })
        const { result: canceled } = await call(fetch, baseUrl, 'tasks/cancel', { id: other.id })
        equal(canceled.status.state, 'canceled', 'state')
      },
    },
    {
      name: 'tasks of 0.3 are read and canceled under /v1 (HTTP+JSON)',
      requirements: ['VER-SERVER-001'],
      async run(fetch, baseUrl) {
        const { body } = await rest(fetch, baseUrl, 'POST', '/v1/message:send', { message: kindMessage('ask') })
        const read = await rest(fetch, baseUrl, 'GET', `/v1/tasks/${body.id}?historyLength=1`)
        matches(
          read.body,
          { id: body.id, status: { state: 'TASK_STATE_INPUT_REQUIRED', message: { content: [{ text: /./ }] } } },
          'task',
        )
        const canceled = await rest(fetch, baseUrl, 'POST', `/v1/tasks/${body.id}:cancel`)
        equal([canceled.status, canceled.body.status.state], [200, 'TASK_STATE_CANCELLED'], 'canceled')
        const { body: done } = await rest(fetch, baseUrl, 'POST', '/v1/message:send', {
          message: kindMessage('task x'),
        })
        const refused = await rest(fetch, baseUrl, 'POST', `/v1/tasks/${done.id}:cancel`)
        matches(refused, { status: 409, body: { code: -32002 } }, 'over')
      },
    },
  ]),
]
