import type { Message, Part } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import {
  A2AError,
  type AgentCard,
  decodeAgentCard,
  decodeRequest,
  decodeV03RestError,
  encodeStreamResponse,
  encodeV03JsonRpcError,
  encodeV03RestError,
  encodeV03RestRequest,
  isV03Card,
  matchV03Route,
  methodOfV03,
  type Operation,
  operationOfV03,
  type Requests,
  type StreamResponse,
  toV03Card,
  toV03Event,
  toV03Params,
  toV03Result,
  upgradeV03Card,
  upgradeV03Params,
  upgradeV03RestParams,
  upgradeV03Result,
  type V03Form,
} from '../index'

const wire = (value: unknown) => JSON.parse(JSON.stringify(value)) as never
const forms = ['kind', 'proto'] as const

describe('parts', () => {
  const cases: [Part, object, object][] = [
    [{ text: 'a' }, { kind: 'text', text: 'a' }, { text: 'a' }],
    [
      { raw: 'AA==', filename: 'f', mediaType: 'image/png' },
      { kind: 'file', file: { bytes: 'AA==', name: 'f', mimeType: 'image/png' } },
      { file: { fileWithBytes: 'AA==', name: 'f', mimeType: 'image/png' } },
    ],
    [
      { url: 'https://x.example/', metadata: { k: 1 } },
      { kind: 'file', file: { uri: 'https://x.example/' }, metadata: { k: 1 } },
      { file: { fileWithUri: 'https://x.example/' }, metadata: { k: 1 } },
    ],
    [{ data: { a: 1 } }, { kind: 'data', data: { a: 1 } }, { data: { data: { a: 1 } } }],
    [
      { data: [1, null], metadata: { k: 1 } },
      { kind: 'data', data: { value: [1, null] }, metadata: { k: 1, data_part_compat: true } },
      { data: { data: { value: [1, null] } }, metadata: { k: 1, data_part_compat: true } },
    ],
    [
      { data: null },
      { kind: 'data', data: { value: null }, metadata: { data_part_compat: true } },
      { data: { data: { value: null } }, metadata: { data_part_compat: true } },
    ],
  ]
  it.each(cases)('%j', (given, kind, proto) => {
    const one: StreamResponse = { message: { messageId: 'm', role: 'agent', parts: [given] } }
    expect(toV03Event(encodeStreamResponse(one), 'kind')).toEqual({
      kind: 'message',
      messageId: 'm',
      role: 'agent',
      parts: [kind],
    })
    expect(toV03Event(encodeStreamResponse(one), 'proto')).toEqual({
      message: { messageId: 'm', role: 'ROLE_AGENT', content: [proto] },
    })
  })
})

describe('states', () => {
  it.each([
    ['submitted', 'submitted', 'TASK_STATE_SUBMITTED', false],
    ['working', 'working', 'TASK_STATE_WORKING', false],
    ['input-required', 'input-required', 'TASK_STATE_INPUT_REQUIRED', true],
    ['auth-required', 'auth-required', 'TASK_STATE_AUTH_REQUIRED', false],
    ['completed', 'completed', 'TASK_STATE_COMPLETED', true],
    ['canceled', 'canceled', 'TASK_STATE_CANCELLED', true],
    ['failed', 'failed', 'TASK_STATE_FAILED', true],
    ['rejected', 'rejected', 'TASK_STATE_REJECTED', true],
    ['unspecified', 'unknown', 'TASK_STATE_UNSPECIFIED', false],
  ] as const)('%s is %s, and %s in the proto; final: %s', (state, kind, proto, final) => {
    const one = encodeStreamResponse({
      statusUpdate: { taskId: 't', contextId: 'c', status: { state, timestamp: '' } },
    })
    expect(toV03Event(one, 'kind')).toEqual({
      kind: 'status-update',
      taskId: 't',
      contextId: 'c',
      status: { state: kind },
      final,
    })
    expect(toV03Event(one, 'proto')).toEqual({
      statusUpdate: { taskId: 't', contextId: 'c', status: { state: proto }, final },
    })
  })
})

describe('waiting for the end', () => {
  const read = (configuration: object | undefined, form: V03Form) => {
    const sent =
      form === 'kind'
        ? { messageId: 'm', role: 'user', parts: [{ kind: 'text', text: 'a' }] }
        : { messageId: 'm', role: 'ROLE_USER', content: [{ text: 'a' }] }
    return decodeRequest('SendMessage', upgradeV03Params('SendMessage', { message: sent, configuration })).configuration
      ?.returnImmediately
  }
  it('is what callers do who do not say otherwise; the proto can say "no" only by saying nothing', () => {
    for (const form of forms) {
      expect(read(undefined, form)).toBeUndefined()
      expect(read({ blocking: true }, form)).toBeUndefined()
      expect(read({ blocking: false }, form)).toBe(true)
    }
    expect([read({}, 'kind'), read({}, 'proto')]).toEqual([undefined, true])
  })

  it('is said in so many words to agents', () => {
    const message = { messageId: 'm', role: 'ROLE_USER', parts: [{ text: 'a' }] }
    expect(toV03Params('SendMessage', { message } as never)).toMatchObject({ configuration: { blocking: true } })
    expect(toV03Params('SendMessage', { message, configuration: { returnImmediately: true } } as never)).toMatchObject({
      configuration: { blocking: false },
    })
  })
})

describe('methods and paths', () => {
  it('stand for the operations of 1.0', () => {
    const table: [Operation, string, string, string][] = [
      ['SendMessage', 'message/send', 'POST', '/v1/message:send'],
      ['SendStreamingMessage', 'message/stream', 'POST', '/v1/message:stream'],
      ['GetTask', 'tasks/get', 'GET', '/v1/tasks/a%20b?historyLength=3'],
      ['CancelTask', 'tasks/cancel', 'POST', '/v1/tasks/a%20b:cancel'],
      ['SubscribeToTask', 'tasks/resubscribe', 'POST', '/v1/tasks/a%20b:subscribe'],
      [
        'CreateTaskPushNotificationConfig',
        'tasks/pushNotificationConfig/set',
        'POST',
        '/v1/tasks/a%20b/pushNotificationConfigs',
      ],
      [
        'GetTaskPushNotificationConfig',
        'tasks/pushNotificationConfig/get',
        'GET',
        '/v1/tasks/a%20b/pushNotificationConfigs/p',
      ],
      [
        'ListTaskPushNotificationConfigs',
        'tasks/pushNotificationConfig/list',
        'GET',
        '/v1/tasks/a%20b/pushNotificationConfigs',
      ],
      [
        'DeleteTaskPushNotificationConfig',
        'tasks/pushNotificationConfig/delete',
        'DELETE',
        '/v1/tasks/a%20b/pushNotificationConfigs/p',
      ],
      ['GetExtendedAgentCard', 'agent/getAuthenticatedExtendedCard', 'GET', '/v1/card'],
    ]
    for (const [operation, rpc, method, path] of table) {
      expect([operationOfV03(rpc), methodOfV03(operation)]).toEqual([operation, rpc])
      const message: Message = { messageId: 'm', role: 'user', parts: [{ text: 'a' }] }
      const isPush = operation.includes('Push')
      const request = operation.startsWith('Send')
        ? { message }
        : isPush
          ? { taskId: 'a b', id: 'p', ...(operation.startsWith('Create') && { url: 'https://x.example/' }) }
          : { id: 'a b', ...(operation === 'GetTask' && { historyLength: 3 }) }
      const given = operation === 'ListTaskPushNotificationConfigs' ? { taskId: 'a b' } : request
      expect(encodeV03RestRequest(operation, given as Requests[Operation])).toMatchObject({ method, path })
      const [bare = '', query = ''] = path.split('?')
      const match = matchV03Route(method, bare)
      expect(match?.operation).toBe(operation)
      if (match && operation === 'GetTask')
        expect(upgradeV03RestParams(match, new URLSearchParams(query), undefined)).toEqual({
          id: 'a b',
          historyLength: '3',
        })
    }
    expect([
      operationOfV03('SendMessage'),
      operationOfV03('toString'),
      operationOfV03('tasks/list'),
      methodOfV03('ListTasks'),
    ]).toEqual([undefined, undefined, undefined, undefined])
    for (const path of [
      '/message:send',
      '/v1',
      '/v1/',
      '/v1/extendedAgentCard',
      '/v1/acme/message:send',
      '/v2/message:send',
      '/v1x/tasks/t',
    ]) {
      expect([path, matchV03Route('POST', path) ?? matchV03Route('GET', path)]).toEqual([path, undefined])
    }
    expect(() => encodeV03RestRequest('ListTasks', {})).toThrow(
      expect.objectContaining({ kind: 'UnsupportedOperationError' }),
    )
  })
})

describe('push configs', () => {
  const flat = {
    taskId: 't',
    id: 'p',
    url: 'https://x.example/',
    token: 'tok',
    authentication: { scheme: 'Bearer', credentials: 'c' },
  }
  const bare = {
    id: 'p',
    url: 'https://x.example/',
    token: 'tok',
    authentication: { schemes: ['Bearer'], credentials: 'c' },
  }

  it('are the same in both forms', () => {
    expect(toV03Result('CreateTaskPushNotificationConfig', flat, 'kind')).toEqual({
      taskId: 't',
      pushNotificationConfig: bare,
    })
    expect(toV03Result('GetTaskPushNotificationConfig', flat, 'proto')).toEqual({
      name: 'tasks/t/pushNotificationConfigs/p',
      pushNotificationConfig: bare,
    })
    for (const form of forms) {
      const list = toV03Result('ListTaskPushNotificationConfigs', { configs: [flat], nextPageToken: '' }, form)
      expect(upgradeV03Result('ListTaskPushNotificationConfigs', wire(list))).toEqual({
        configs: [flat],
        nextPageToken: '',
      })
    }
  })

  it.each([
    [{ taskId: 't', pushNotificationConfig: bare }],
    [{ name: 'tasks/t/pushNotificationConfigs/p', pushNotificationConfig: bare }],
    [
      {
        parent: 'tasks/t',
        configId: 'p',
        config: { name: 'tasks/t/pushNotificationConfigs/', pushNotificationConfig: { ...bare, id: undefined } },
      },
    ],
    [{ parent: 'tasks/t', config_id: 'p', config: { push_notification_config: { ...bare, id: undefined } } }],
  ])('are read from %j', (given) => {
    expect(
      decodeRequest('CreateTaskPushNotificationConfig', upgradeV03Params('CreateTaskPushNotificationConfig', given)),
    ).toEqual(flat)
  })

  it('without an id are the one of the task', () => {
    const params = { taskId: 't', pushNotificationConfig: { url: 'https://x.example/' } }
    expect(upgradeV03Params('CreateTaskPushNotificationConfig', params)).toEqual({
      taskId: 't',
      id: 't',
      url: 'https://x.example/',
    })
  })

  it('come within a message in either form', () => {
    const message = { messageId: 'm', role: 'user', parts: [{ kind: 'text', text: 'a' }] }
    for (const name_ of ['pushNotificationConfig', 'pushNotification', 'push_notification']) {
      const params = {
        message,
        configuration: { [name_]: { url: 'https://x.example/', authentication: { schemes: ['Bearer', 'Basic'] } } },
      }
      expect(
        decodeRequest('SendMessage', upgradeV03Params('SendMessage', params)).configuration?.taskPushNotificationConfig,
      ).toEqual({
        url: 'https://x.example/',
        authentication: { scheme: 'Bearer' },
      })
    }
  })
})

describe('cards', () => {
  const card: AgentCard = {
    name: 'a',
    description: 'd',
    version: '2',
    supportedInterfaces: [
      { url: 'https://a.example/', protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
      { url: 'https://a.example/rpc', protocolBinding: 'JSONRPC', protocolVersion: '0.3', tenant: 'acme' },
      { url: 'https://a.example/rest/', protocolBinding: 'HTTP+JSON', protocolVersion: '0.3' },
    ],
    capabilities: {
      streaming: true,
      pushNotifications: false,
      extendedAgentCard: true,
      extensions: [{ uri: 'urn:x', required: true }],
    },
    defaultInputModes: ['text/plain'],
    defaultOutputModes: ['text/plain'],
    skills: [{ id: 's', name: 'S', description: 'd', tags: ['t'], securityRequirements: [{ schemes: { key: {} } }] }],
    provider: { organization: 'o', url: 'https://o.example/' },
    documentationUrl: 'https://docs.example/',
    securitySchemes: {
      key: { apiKeySecurityScheme: { location: 'header', name: 'x-key' } },
      bearer: { httpAuthSecurityScheme: { scheme: 'Bearer', bearerFormat: 'JWT' } },
      oauth: {
        oauth2SecurityScheme: { flows: { clientCredentials: { tokenUrl: 'https://t.example/', scopes: { a: 'A' } } } },
      },
      oidc: { openIdConnectSecurityScheme: { openIdConnectUrl: 'https://i.example/' } },
      tls: { mtlsSecurityScheme: {} },
    },
    securityRequirements: [{ schemes: { bearer: { list: ['a'] } } }, { schemes: { key: {} } }],
    signatures: [{ protected: 'p', signature: 's' }],
  }

  it('say the same in 0.3, of the interfaces that speak it, without the signatures', () => {
    const old = toV03Card(card)
    expect(old).toMatchObject({
      protocolVersion: '0.3.0',
      url: 'https://a.example/rpc/acme',
      preferredTransport: 'JSONRPC',
      additionalInterfaces: [
        { url: 'https://a.example/rpc/acme', transport: 'JSONRPC' },
        { url: 'https://a.example/rest/', transport: 'HTTP+JSON' },
      ],
      supportsAuthenticatedExtendedCard: true,
      capabilities: { streaming: true, pushNotifications: false, extensions: [{ uri: 'urn:x', required: true }] },
      security: [{ bearer: ['a'] }, { key: [] }],
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'x-key' },
        bearer: { type: 'http', scheme: 'Bearer', bearerFormat: 'JWT' },
        oauth: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: 'https://t.example/', scopes: { a: 'A' } } } },
        oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://i.example/' },
        tls: { type: 'mutualTLS' },
      },
      skills: [{ id: 's', security: [{ key: [] }] }],
    })
    expect(Object.keys(old)).not.toEqual(expect.arrayContaining(['signatures']))
    const read = decodeAgentCard(upgradeV03Card(wire(old)))
    expect(read).toEqual({
      ...card,
      supportedInterfaces: [
        { url: 'https://a.example/rpc/acme', protocolBinding: 'JSONRPC', protocolVersion: '0.3' },
        { url: 'https://a.example/rest/', protocolBinding: 'HTTP+JSON', protocolVersion: '0.3' },
      ],
      securityRequirements: [{ schemes: { bearer: { list: ['a'] } } }, { schemes: { key: {} } }],
      signatures: undefined,
    })
  })

  it('of 0.3 and 0.2 are told from others', () => {
    const old = { name: 'a', url: 'https://a.example/', capabilities: {} }
    for (const protocolVersion of [undefined, '0.2.5', '0.3.0', '0.3'])
      expect(isV03Card({ ...old, protocolVersion })).toBe(true)
    for (const protocolVersion of ['1.0', '0.1.0', '0.30.1', 3])
      expect(isV03Card({ ...old, protocolVersion })).toBe(false)
    expect(isV03Card({ ...old, protocolVersion: '0.3.0', supportedInterfaces: [] })).toBe(false)
    expect(isV03Card({ protocolVersion: '0.3.0' })).toBe(false)
  })

  it('with several flows keep the one a machine can use; schemes nobody knows are left out', () => {
    const old = {
      name: 'a',
      url: 'https://a.example/',
      securitySchemes: {
        oauth: {
          type: 'oauth2',
          flows: {
            implicit: { authorizationUrl: 'https://x.example/', scopes: {} },
            clientCredentials: { tokenUrl: 'https://t.example/', scopes: {} },
          },
        },
        magic: { type: 'magic' },
      },
    }
    expect(decodeAgentCard(upgradeV03Card(old)).securitySchemes).toEqual({
      oauth: { oauth2SecurityScheme: { flows: { clientCredentials: { tokenUrl: 'https://t.example/', scopes: {} } } } },
    })
  })
})

describe('errors', () => {
  it.each([
    ['TaskNotFoundError', -32001, 404],
    ['TaskNotCancelableError', -32002, 409],
    ['PushNotificationNotSupportedError', -32003, 400],
    ['UnsupportedOperationError', -32004, 400],
    ['ContentTypeNotSupportedError', -32005, 400],
    ['InvalidAgentResponseError', -32006, 500],
    ['ExtendedAgentCardNotConfiguredError', -32007, 400],
    ['InvalidParamsError', -32602, 400],
    ['InternalError', -32603, 500],
  ] as const)('%s is %i, or HTTP %i, and read back', (kind, code, status) => {
    const error = new A2AError(kind, { message: 'says the agent' })
    expect(encodeV03JsonRpcError(7, error)).toMatchObject({
      jsonrpc: '2.0',
      id: 7,
      error: { code, message: 'says the agent' },
    })
    const rest = encodeV03RestError(error)
    expect(rest).toMatchObject({ status, body: { code, message: 'says the agent', type: kind } })
    expect(decodeV03RestError(wire(rest.body), status)).toMatchObject({
      kind,
      message: 'says the agent',
      remote: { httpStatus: status },
    })
    expect(decodeV03RestError({ type: kind, message: 'x' }, status)).toMatchObject({ kind })
  })

  it('that came with 1.0 are invalid requests', () => {
    for (const kind of ['ExtensionSupportRequiredError', 'VersionNotSupportedError'] as const) {
      expect(encodeV03JsonRpcError(1, new A2AError(kind))).toMatchObject({ error: { code: -32600 } })
    }
  })

  it('of something in between are judged by their status', () => {
    expect(decodeV03RestError(undefined, 503)).toMatchObject({ kind: 'UnavailableError' })
    expect(decodeV03RestError({ type: 'toString' }, 401)).toMatchObject({ kind: 'UnauthenticatedError' })
    expect(decodeV03RestError('<html>', 500)).toMatchObject({ kind: 'UnknownError' })
  })
})
