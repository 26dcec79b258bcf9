import type { SeededRandom } from '@pf-agents/agent-core/testing'
import type { Json } from '../client'
import { corrupt, mutate, pick } from './mutate'

/** One request, ready for `fetch`. */
export interface FuzzRequest {
  binding: 'JSON-RPC' | 'HTTP+JSON'
  path: string
  init: RequestInit & { method: string }
}

const message = {
  messageId: 'm',
  role: 'ROLE_USER',
  parts: [
    { text: 'task done' },
    { data: { a: [1, null] } },
    { raw: 'aGk=', filename: 'f' },
    { url: 'https://x.example/' },
  ],
  metadata: { k: 'v' },
  referenceTaskIds: ['t'],
}

const calls: readonly [string, Json][] = [
  [
    'SendMessage',
    {
      message,
      configuration: { acceptedOutputModes: ['text/plain'], historyLength: 3, returnImmediately: true },
      metadata: {},
    },
  ],
  ['SendMessage', { message: { ...message, parts: [{ text: 'ask' }] } }],
  ['SendMessage', { message: { ...message, taskId: 'no-such', contextId: 'c' } }],
  ['SendMessage', { message: { message_id: 'm', role: 1, parts: [{ text: 'say hi', media_type: 'text/plain' }] } }],
  ['SendStreamingMessage', { message }],
  ['GetTask', { id: 't', historyLength: 2 }],
  [
    'ListTasks',
    {
      contextId: 'c',
      status: 'TASK_STATE_COMPLETED',
      pageSize: 10,
      pageToken: '',
      historyLength: 0,
      statusTimestampAfter: '2026-01-01T00:00:00Z',
      includeArtifacts: true,
    },
  ],
  ['CancelTask', { id: 't', metadata: {} }],
  ['SubscribeToTask', { id: 't' }],
  ['GetExtendedAgentCard', {}],
  [
    'CreateTaskPushNotificationConfig',
    { taskId: 't', id: 'p', url: 'https://h.example/', authentication: { scheme: 'Bearer', credentials: 'x' } },
  ],
  ['GetTaskPushNotificationConfig', { taskId: 't', id: 'p' }],
  ['ListTaskPushNotificationConfigs', { taskId: 't', pageSize: 1 }],
  ['DeleteTaskPushNotificationConfig', { taskId: 't', id: 'p' }],
]

const types = [
  'application/json',
  'application/json; charset=utf-8',
  'application/a2a+json',
  'text/plain',
  'application/JSON;;',
  'multipart/form-data',
  '',
]
const versions = ['1.0', '1.0', '1.0', '1.0', '1.0.1', '0.3', '99.0', '', '1', 'x'.repeat(300)]

function headersOf(random: SeededRandom): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': random.below(5) > 0 ? 'application/json' : pick(random, types),
    'a2a-version': random.below(5) > 0 ? '1.0' : pick(random, versions),
  }
  if (random.below(10) === 0)
    headers['a2a-extensions'] = pick(random, ['urn:a', ',,,', ' urn:a , urn:b ', 'x'.repeat(2_000)])
  if (random.below(10) === 0) headers.accept = pick(random, ['*/*', 'text/event-stream', 'nonsense', ''])
  if (random.below(20) === 0)
    headers.authorization = pick(random, ['Bearer', 'Bearer x', 'Basic !!', 'x'.repeat(4_000)])
  return headers
}

function bodyOf(random: SeededRandom, value: Json): string | Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(value) ?? ''
  switch (random.below(12)) {
    case 0:
      return corrupt(random, text)
    case 1:
      return '['.repeat(1 + random.below(3_000)) + text
    default:
      return text
  }
}

function rpcRequest(random: SeededRandom): FuzzRequest {
  const [method, params] = pick(random, calls)
  let envelope: Json = {
    jsonrpc: '2.0',
    id: random.below(9),
    method,
    params: random.below(8) === 0 ? params : mutate(random, params),
  }
  if (random.below(6) === 0) envelope = mutate(random, envelope)
  if (random.below(40) === 0) envelope = Array.from({ length: random.below(50) }, () => envelope)
  return {
    binding: 'JSON-RPC',
    path: random.below(2) === 0 ? '' : '/',
    init: { method: 'POST', headers: headersOf(random), body: bodyOf(random, envelope) },
  }
}

const idText = [
  't',
  't:cancel',
  'a%2Fb',
  '%',
  '%00',
  '%E0%A4%A',
  '..',
  'x'.repeat(3_000),
  '%F0%9F%98%80',
  '',
  ';a=b',
  't:subscribe:cancel',
]
const restPaths: readonly ((random: SeededRandom) => [string, string])[] = [
  () => ['POST', '/message:send'],
  () => ['POST', '/message:stream'],
  (random) => ['GET', `/tasks/${pick(random, idText)}`],
  () => ['GET', '/tasks'],
  (random) => ['POST', `/tasks/${pick(random, idText)}:cancel`],
  (random) => [pick(random, ['GET', 'POST']), `/tasks/${pick(random, idText)}:subscribe`],
  (random) => [
    pick(random, ['GET', 'POST', 'DELETE']),
    `/tasks/${pick(random, idText)}/pushNotificationConfigs/${pick(random, idText)}`,
  ],
  () => ['GET', '/extendedAgentCard'],
  (random) => [
    pick(random, ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS']),
    `/${pick(random, idText)}/${pick(random, ['message:send', 'tasks', 'tasks/t', idText[3] as string])}`,
  ],
]
const queryNames = [
  'contextId',
  'status',
  'pageSize',
  'pageToken',
  'historyLength',
  'statusTimestampAfter',
  'includeArtifacts',
  'tenant',
  'page_size',
  'A2A-Version',
  '__proto__',
]
const queryValues = [
  '',
  '1',
  '-1',
  '0',
  '1e9',
  'true',
  'TRUE',
  'TASK_STATE_WORKING',
  '2026-01-01T00:00:00Z',
  'x'.repeat(500),
  '%ff',
  'null',
  'a,b',
]

function restRequest(random: SeededRandom): FuzzRequest {
  const [method, path] = pick(random, restPaths)(random)
  const query = Array.from(
    { length: random.below(4) },
    () => `${pick(random, queryNames)}=${pick(random, queryValues)}`,
  ).join('&')
  const init: FuzzRequest['init'] = { method, headers: headersOf(random) }
  if (method === 'POST' || method === 'PUT' || method === 'PATCH') {
    const [, params] = pick(random, calls)
    init.body = bodyOf(random, mutate(random, params))
  }
  return { binding: 'HTTP+JSON', path: query === '' ? path : `${path}?${query}`, init }
}

/** The next request of a seed. */
export function fuzzRequest(random: SeededRandom): FuzzRequest {
  return random.below(2) === 0 ? rpcRequest(random) : restRequest(random)
}
