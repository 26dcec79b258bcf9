import { MAX_ID_LENGTH, MAX_PAGE_TOKEN_LENGTH } from '@pf-agents/a2a-protocol'
import { type Case, message, onBoth } from './case'
import { equal } from './check'
import { type Fetch, type Json, jsonOf } from './client'

const million = 1_000_000

/** Every place of an id in a request: the operation, the field that a refusal names, and the params. */
const places: readonly [operation: string, field: string, params: (id: string) => Json][] = [
  ['SendMessage', 'message.messageId', (messageId) => ({ message: message('hi', { messageId }) })],
  ['SendMessage', 'message.contextId', (contextId) => ({ message: message('hi', { contextId }) })],
  ['SendMessage', 'message.taskId', (taskId) => ({ message: message('hi', { taskId }) })],
  ['SendMessage', 'message.referenceTaskIds[1]', (id) => ({ message: message('hi', { referenceTaskIds: ['t', id] }) })],
  ['SendMessage', 'tenant', (tenant) => ({ tenant, message: message('hi') })],
  ['GetTask', 'id', (id) => ({ id })],
  ['CancelTask', 'id', (id) => ({ id })],
  ['ListTasks', 'contextId', (contextId) => ({ contextId })],
  ['ListTasks', 'tenant', (tenant) => ({ tenant })],
  ['ListTasks', 'pageToken', (pageToken) => ({ pageToken })],
]

/** The fields that a refusal names (google.rpc.BadRequest). */
function fieldsOf(details: Json[]): string[] {
  const request = details.find((one) => one['@type'] === 'type.googleapis.com/google.rpc.BadRequest')
  return (request?.fieldViolations ?? []).map((one: { field: string }) => one.field)
}

async function v03(fetch: Fetch, baseUrl: string, method: string, params: Json): Promise<Json> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  return jsonOf(await fetch(`${baseUrl}/`, { method: 'POST', headers, body }))
}

/** Ids are keys of stores: what one costs must not grow with what a caller may send. */
export const longIdCases: Case[] = [
  ...onBoth('ids of any length are refused at once, wherever they stand', ['CORE-ERR-001'], async (peer) => {
    const isRest = peer.binding.name === 'HTTP+JSON'
    for (const [operation, field, params] of places) {
      const limit = field === 'pageToken' ? MAX_PAGE_TOKEN_LENGTH : MAX_ID_LENGTH
      for (const length of [limit + 1, million]) {
        // What stands in a URL ends with the limit of URLs.
        if (isRest && operation !== 'SendMessage' && length > 8_000) continue
        const { error } = await peer.call(operation, params('x'.repeat(length)))
        const what = `${operation} with a ${field} of ${length}`
        equal(error?.code, isRest ? 400 : -32602, `${what}: code`)
        equal(fieldsOf(error?.details ?? []), [field], `${what}: fields`)
      }
    }
  }),

  ...onBoth('ids of the greatest length are ids as any other', ['CORE-ERR-001'], async (peer) => {
    for (const unit of ['x', '\u00e9', '/']) {
      const id = unit.repeat(MAX_ID_LENGTH)
      const { message: answered } = await peer.result('SendMessage', { message: message('hi', { contextId: id }) })
      equal(answered.contextId, id, `context of ${unit}`)
      // Percent-encoded, other characters are more than a URL may have.
      if (unit !== 'x') continue
      const { error } = await peer.call('GetTask', { id })
      equal(error?.code, peer.binding.name === 'HTTP+JSON' ? 404 : -32001, `task of ${unit}`)
    }
  }),

  {
    name: 'ids of any length are refused at once in requests of 0.3, too',
    requirements: ['VER-SERVER-001'],
    async run(fetch, baseUrl) {
      const id = 'x'.repeat(million)
      const old = { kind: 'message', messageId: 'm', role: 'user', parts: [{ kind: 'text', text: 'hi' }] }
      for (const [method, params] of [
        ['message/send', { message: { ...old, messageId: id } }],
        ['message/send', { message: { ...old, taskId: id } }],
        ['message/send', { message: { ...old, contextId: id } }],
        ['tasks/get', { id }],
        ['tasks/cancel', { id }],
      ] as const) {
        const { error } = await v03(fetch, baseUrl, method, params)
        equal(error?.code, -32602, `${method} with ${JSON.stringify(params).slice(0, 80)}: code`)
      }
    },
  },
]
