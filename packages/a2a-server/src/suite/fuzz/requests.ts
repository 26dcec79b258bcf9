import type { SeededRandom } from '@pf-agents/agent-core/testing'
import type { Json } from '../client'
import { corrupt, mutate, pick } from './mutate'

/** One request, ready for `fetch`. */
export interface FuzzRequest {
  binding: 'JSON-RPC' | 'HTTP+JSON'
  /** What it asks for, as far as it can still be read. */
  operation: string
  path: string
  init: RequestInit & { method: string }
}

/** Well-formed calls about a task. */
function callsOf(task: string): readonly [string, Json][] {
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
    referenceTaskIds: [task],
  }
  return [
    [
      'SendMessage',
      {
        message,
        configuration: { acceptedOutputModes: ['text/plain'], historyLength: 3, returnImmediately: true },
        metadata: {},
      },
    ],
    ['SendMessage', { message: { ...message, parts: [{ text: 'ask' }] } }],
    [
      'SendMessage',
      { message: { ...message, parts: [{ text: 'wait 50' }] }, configuration: { returnImmediately: true } },
    ],
    ['SendMessage', { message: { ...message, parts: [{ text: 'Rome' }], taskId: task } }],
    ['SendMessage', { message: { ...message, taskId: task, contextId: 'c' } }],
    ['SendMessage', { message: { message_id: 'm', role: 1, parts: [{ text: 'say hi', media_type: 'text/plain' }] } }],
    ['SendStreamingMessage', { message }],
    ['GetTask', { id: task, historyLength: 2 }],
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
    ['CancelTask', { id: task, metadata: {} }],
    ['SubscribeToTask', { id: task }],
    ['GetExtendedAgentCard', {}],
    [
      'CreateTaskPushNotificationConfig',
      { taskId: task, id: 'p', url: 'https://h.example/', authentication: { scheme: 'Bearer', credentials: 'x' } },
    ],
    ['GetTaskPushNotificationConfig', { taskId: task, id: 'p' }],
    ['ListTaskPushNotificationConfigs', { taskId: task, pageSize: 1 }],
    ['DeleteTaskPushNotificationConfig', { taskId: task, id: 'p' }],
  ]
}

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

/** Members that hold an id, or a list of ids. */
const idMembers: ReadonlySet<string> = new Set([
  'id',
  'taskId',
  'contextId',
  'messageId',
  'message_id',
  'pageToken',
  'tenant',
  'token',
])

/** The longest id that still leaves room for the rest of a body. */
const longest = 1_000_000

/** A copy with one of its ids made long: by a few characters more than the bound, or by as many as a body can have. */
function lengthenId(random: SeededRandom, params: Json): Json {
  const copy = structuredClone(params)
  const places: [holder: Json, name: string][] = []
  const visit = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return
    for (const name of Object.keys(value)) {
      if (idMembers.has(name)) places.push([value, name])
      visit(value[name])
    }
  }
  visit(copy)
  const [holder, name] = places.length > 0 ? pick(random, places) : [copy, 'tenant']
  const unit = pick(random, ['x', 'x', '/', '\u00e9', '"'])
  const length = pick(random, [1_024, 1_025, 10_000, 100_000, longest])
  // Counted in bytes of JSON, so that it is the id that is refused and not the body.
  holder[name] = unit.repeat(Math.ceil(length / (unit === 'x' || unit === '/' ? 1 : 2)))
  return copy
}

function rpcRequest(random: SeededRandom, task: string): FuzzRequest {
  const [method, intact] = pick(random, callsOf(task))
  const params = random.below(25) === 0 ? lengthenId(random, intact) : intact
  let envelope: Json = {
    jsonrpc: '2.0',
    id: random.below(9),
    method,
    params: random.below(3) === 0 ? params : mutate(random, params),
  }
  if (random.below(6) === 0) envelope = mutate(random, envelope)
  if (random.below(40) === 0) envelope = Array.from({ length: random.below(50) }, () => envelope)
  return {
    binding: 'JSON-RPC',
    operation: method,
    path: random.below(2) === 0 ? '' : '/',
    init: { method: 'POST', headers: headersOf(random), body: bodyOf(random, envelope) },
  }
}

const longId = 'x'.repeat(3_000)
const idTexts = (task: string): readonly string[] => [
  task,
  task,
  task,
  `${task}:cancel`,
  `${task}:subscribe:cancel`,
  `${task}%00`,
  'a%2Fb',
  '%',
  '%00',
  '%E0%A4%A',
  '..',
  longId,
  '%F0%9F%98%80',
  '',
  ';a=b',
]
/** Operation, method and path; `id` makes the id of a task, broken or not. */
const restPaths: readonly ((random: SeededRandom, id: () => string) => [string, string, string])[] = [
  () => ['SendMessage', 'POST', '/message:send'],
  () => ['SendStreamingMessage', 'POST', '/message:stream'],
  (_, id) => ['GetTask', 'GET', `/tasks/${id()}`],
  () => ['ListTasks', 'GET', '/tasks'],
  (_, id) => ['CancelTask', 'POST', `/tasks/${id()}:cancel`],
  (random, id) => ['SubscribeToTask', pick(random, ['GET', 'POST']), `/tasks/${id()}:subscribe`],
  (random, id) => [
    'TaskPushNotificationConfig',
    pick(random, ['GET', 'POST', 'DELETE']),
    `/tasks/${id()}/pushNotificationConfigs/${id()}`,
  ],
  () => ['GetExtendedAgentCard', 'GET', '/extendedAgentCard'],
  (random, id) => [
    'nothing',
    pick(random, ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS']),
    `/${id()}/${pick(random, ['message:send', 'tasks', 'tasks/t', '%'])}`,
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

function restRequest(random: SeededRandom, task: string): FuzzRequest {
  const id = (): string => pick(random, idTexts(task))
  const [operation, method, path] = pick(random, restPaths)(random, id)
  const query = Array.from(
    { length: random.below(4) },
    () => `${pick(random, queryNames)}=${pick(random, queryValues)}`,
  ).join('&')
  const init: FuzzRequest['init'] = { method, headers: headersOf(random) }
  if (method === 'POST' || method === 'PUT' || method === 'PATCH') {
    const calls = callsOf(task)
    // Mostly what belongs to the path: anything else ends at the first check.
    const fitting = random.below(4) > 0 ? calls.filter(([name]) => name === operation) : []
    const [, params] = pick(random, fitting.length > 0 ? fitting : calls)
    init.body = bodyOf(random, random.below(3) === 0 ? params : mutate(random, params))
  }
  return { binding: 'HTTP+JSON', operation, path: query === '' ? path : `${path}?${query}`, init }
}

/**
 * The next request of a seed.
 *
 * @param tasks - ids of tasks that are stored; most requests about a task are about one of them
 */
export function fuzzRequest(random: SeededRandom, tasks: readonly string[]): FuzzRequest {
  const task = random.below(4) > 0 ? pick(random, tasks) : 't'
  return random.below(2) === 0 ? rpcRequest(random, task) : restRequest(random, task)
}
