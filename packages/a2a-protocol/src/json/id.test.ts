import { describe, expect, it } from 'vitest'
import { decodeMessage, decodePushNotificationConfig, decodeRequest } from '../decode'
import { isA2AError } from '../error/a2a-error'
import type { Operation } from '../operations'
import { encodeCursor } from '../paging/cursor'
import { decodeRestRequest } from '../rest/request'
import { matchRestRoute, type RestMatch } from '../rest/routes'
import { upgradeV03Params } from '../v0-3/params'
import { MAX_ID_LENGTH, MAX_PAGE_TOKEN_LENGTH } from './id'

const parts = [{ text: 'x' }]
const message = { messageId: 'm', role: 'ROLE_USER', parts }
const url = 'https://h.example'

/** Every id of every request. */
const places: [operation: Operation, field: string, params: (id: string) => object][] = [
  ['SendMessage', 'tenant', (tenant) => ({ tenant, message })],
  ['SendMessage', 'message.messageId', (messageId) => ({ message: { ...message, messageId } })],
  ['SendMessage', 'message.contextId', (contextId) => ({ message: { ...message, contextId } })],
  ['SendMessage', 'message.contextId', (id) => ({ message: { ...message, context_id: id } })],
  ['SendMessage', 'message.taskId', (taskId) => ({ message: { ...message, taskId } })],
  ['SendStreamingMessage', 'message.taskId', (taskId) => ({ message: { ...message, taskId } })],
  ['SendMessage', 'message.referenceTaskIds[1]', (id) => ({ message: { ...message, referenceTaskIds: ['t', id] } })],
  ...(['tenant', 'id', 'taskId'] as const).map((name): [Operation, string, (id: string) => object] => [
    'SendMessage',
    `configuration.taskPushNotificationConfig.${name}`,
    (id) => ({ message, configuration: { taskPushNotificationConfig: { url, [name]: id } } }),
  ]),
  ...(['GetTask', 'CancelTask', 'SubscribeToTask'] as const).flatMap(
    (operation): [Operation, string, (id: string) => object][] => [
      [operation, 'id', (id) => ({ id })],
      [operation, 'tenant', (tenant) => ({ id: 't', tenant })],
    ],
  ),
  ['ListTasks', 'tenant', (tenant) => ({ tenant })],
  ['ListTasks', 'contextId', (contextId) => ({ contextId })],
  ['GetExtendedAgentCard', 'tenant', (tenant) => ({ tenant })],
  ...(
    [
      'CreateTaskPushNotificationConfig',
      'GetTaskPushNotificationConfig',
      'DeleteTaskPushNotificationConfig',
      'ListTaskPushNotificationConfigs',
    ] as const
  ).flatMap((operation): [Operation, string, (id: string) => object][] => [
    [operation, 'tenant', (tenant) => ({ taskId: 't', id: 'p', url, tenant })],
    [operation, 'taskId', (taskId) => ({ taskId, id: 'p', url })],
    ...(operation.startsWith('List')
      ? []
      : [[operation, 'id', (id) => ({ taskId: 't', id, url })] as [Operation, string, (id: string) => object]]),
  ]),
]

const tokens: typeof places = [
  ['ListTasks', 'pageToken', (pageToken) => ({ pageToken })],
  ['ListTaskPushNotificationConfigs', 'pageToken', (pageToken) => ({ taskId: 't', pageToken })],
]

function refusedFields(run: () => unknown): string[] {
  try {
    run()
  } catch (error) {
    if (isA2AError(error, 'InvalidParamsError')) return error.violations.map(({ field }) => field)
    throw error
  }
  return []
}

describe('the bound of ids', () => {
  it.each(places)('%s: %s', (operation, field, params) => {
    expect(refusedFields(() => decodeRequest(operation, params('x'.repeat(MAX_ID_LENGTH))))).toEqual([])
    expect(refusedFields(() => decodeRequest(operation, params('x'.repeat(MAX_ID_LENGTH + 1))))).toEqual([field])
  })

  it.each(tokens)('%s: %s', (operation, field, params) => {
    expect(refusedFields(() => decodeRequest(operation, params('x'.repeat(MAX_PAGE_TOKEN_LENGTH))))).toEqual([])
    expect(refusedFields(() => decodeRequest(operation, params('x'.repeat(MAX_PAGE_TOKEN_LENGTH + 1))))).toEqual([
      field,
    ])
  })

  it('holds for ids in paths and queries', () => {
    const id = 'x'.repeat(MAX_ID_LENGTH + 1)
    for (const [method, path, field] of [
      ['GET', `/tasks/${id}`, 'id'],
      ['POST', `/tasks/${id}:cancel`, 'id'],
      ['GET', `/tasks/${id}/pushNotificationConfigs`, 'taskId'],
      ['GET', `/tasks/t/pushNotificationConfigs/${id}`, 'id'],
      ['GET', `/${id}/tasks/t`, 'tenant'],
    ] as const) {
      const match = matchRestRoute(method, path) as RestMatch
      expect(refusedFields(() => decodeRestRequest(match, new URLSearchParams()))).toEqual([field])
    }
    const list = matchRestRoute('GET', '/tasks') as RestMatch
    expect(refusedFields(() => decodeRestRequest(list, new URLSearchParams({ contextId: id })))).toEqual(['contextId'])
  })

  it('holds for requests of A2A 0.3', () => {
    const id = 'x'.repeat(MAX_ID_LENGTH + 1)
    const old = { kind: 'message', messageId: 'm', role: 'user', parts: [{ kind: 'text', text: 'x' }], taskId: id }
    const read = (operation: Operation, params: object) => () =>
      decodeRequest(operation, upgradeV03Params(operation, params))
    expect(refusedFields(read('SendMessage', { message: old }))).toEqual(['message.taskId'])
    expect(refusedFields(read('GetTask', { id }))).toEqual(['id'])
    expect(refusedFields(read('ListTaskPushNotificationConfigs', { id }))).toEqual(['taskId'])
  })

  it('is none for what a peer answers', () => {
    const id = 'x'.repeat(MAX_ID_LENGTH + 1)
    expect(decodeMessage({ ...message, messageId: id }).messageId).toBe(id)
    expect(decodePushNotificationConfig({ url, id }).id).toBe(id)
  })

  it('leaves room for the page token of the longest id', () => {
    const token = encodeCursor(['2026-11-20T10:00:00.120Z', '\u0001'.repeat(MAX_ID_LENGTH)])
    expect(token.length).toBeLessThanOrEqual(MAX_PAGE_TOKEN_LENGTH)
  })
})
