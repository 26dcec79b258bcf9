import { describe, expect, it } from 'vitest'
import {
  decodeListPushNotificationConfigsResponse,
  decodeListTasksResponse,
  decodeMessage,
  decodePushNotificationConfig,
  decodeRequest,
  decodeSendMessageResponse,
  decodeStreamResponse,
  decodeTask,
} from './decode'
import { isA2AError } from './error/a2a-error'
import type { A2AErrorKind } from './error/error-table'

const message = { messageId: 'm-1', role: 'ROLE_USER', parts: [{ text: 'Plan a trip' }] }

function violationsOf(run: () => unknown, kind: A2AErrorKind = 'InvalidParamsError'): string[] {
  try {
    run()
  } catch (error) {
    if (isA2AError(error, kind)) return error.violations.map(({ field, description }) => `${field}: ${description}`)
    throw error
  }
  throw new Error('nothing was wrong')
}

const send = (params: unknown) => decodeRequest('SendMessage', params)
const withParts = (...parts: unknown[]) => ({ message: { ...message, parts } })

describe('SendMessage', () => {
  it('reads a message into the neutral model (§3.2.1)', () => {
    const configuration = { acceptedOutputModes: ['text/plain'], historyLength: '5', returnImmediately: false }
    expect(send({ message, configuration })).toEqual({
      message: { messageId: 'm-1', role: 'user', parts: [{ text: 'Plan a trip' }] },
      configuration: { acceptedOutputModes: ['text/plain'], historyLength: 5 },
    })
  })

  it('reads every member, in the names of the proto too (§5.5)', () => {
    const expected = {
      tenant: 'acme',
      message: {
        messageId: 'm-1',
        role: 'agent',
        parts: [{ text: '' }],
        contextId: 'c-1',
        taskId: 't-1',
        metadata: { k: null },
        extensions: ['urn:x'],
        referenceTaskIds: ['t-0'],
      },
      configuration: {
        acceptedOutputModes: ['text/plain'],
        taskPushNotificationConfig: {
          url: 'https://h.example',
          token: 't',
          authentication: { scheme: 'Bearer', credentials: 's' },
        },
        historyLength: 0,
        returnImmediately: true,
      },
      metadata: { a: [1] },
    }
    expect(send({ ...expected, message: { ...expected.message, role: 2 } })).toEqual(expected)
    expect(
      send({
        tenant: 'acme',
        message: {
          message_id: 'm-1',
          role: 'ROLE_AGENT',
          parts: [{ text: '' }],
          context_id: 'c-1',
          task_id: 't-1',
          metadata: { k: null },
          extensions: ['urn:x'],
          reference_task_ids: ['t-0'],
        },
        configuration: {
          accepted_output_modes: ['text/plain'],
          task_push_notification_config: {
            url: 'https://h.example',
            token: 't',
            authentication: { scheme: 'Bearer', credentials: 's' },
          },
          history_length: 0,
          return_immediately: true,
        },
        metadata: { a: [1] },
      }),
    ).toEqual(expected)
  })

  it('lists every wrong field with its path (§9.5) [DM-MSG-001]', () => {
    expect(
      violationsOf(() => send({ message: { role: 'ROLE_UNSPECIFIED', parts: [{ text: 1 }, {}] }, metadata: [] })),
    ).toEqual([
      'message.messageId: is required',
      'message.role: is not a member of its enum',
      'message.parts[0].text: must be a string',
      'message.parts[1]: must have exactly one of text, raw, url, data',
      'metadata: must be an object',
    ])
    expect(violationsOf(() => send(undefined))).toEqual(['message: is required'])
    expect(violationsOf(() => send('x'))).toEqual([': must be an object'])
  })

  it('refuses roles that are none, however they are written (§4.1.5)', () => {
    for (const role of [0, 3, '1', 'user', 'constructor', {}]) {
      expect(violationsOf(() => send({ message: { ...message, role } }))).toEqual([
        'message.role: is not a member of its enum',
      ])
    }
    expect(violationsOf(() => send({ message: { ...message, role: null } }))).toEqual(['message.role: is required'])
  })

  it('refuses a message without parts (§5.7) [DM-SERIAL-004]', () => {
    expect(violationsOf(() => send(withParts()))).toEqual(['message.parts: needs one element or more'])
  })

  it('refuses a negative history length (§3.2.4)', () => {
    expect(violationsOf(() => send({ message, configuration: { historyLength: -1 } }))).toEqual([
      'configuration.historyLength: must be 0 to 2147483647',
    ])
  })

  it('ignores unknown fields everywhere, but for values that are free-form (§5.7) [DM-SERIAL-005]', () => {
    const decoded = send({
      shoe: 1,
      message: { ...message, kind: 'message', parts: [{ kind: 'text', text: 'x', metadata: { kept: true } }] },
      configuration: { blocking: true },
    })
    expect(decoded).toEqual({
      message: { messageId: 'm-1', role: 'user', parts: [{ text: 'x', metadata: { kept: true } }] },
      configuration: {},
    })
  })
})

describe('Part (§4.1.6)', () => {
  const part = (value: unknown) => send(withParts(value)).message.parts[0]

  it('is handed back as it is where it is as the core wants it', () => {
    for (const given of [
      { text: 'hi' },
      { text: '', mediaType: 'text/plain', filename: 'a.txt', metadata: {} },
      { raw: 'iVBORw0K', filename: 'a.png', mediaType: 'image/png' },
      { url: 'https://files.example/a.pdf' },
      { data: null },
      { data: [1, { n: null }] },
      { data: 0, mediaType: 'application/json' },
    ]) {
      expect(part(given)).toBe(given)
    }
  })

  it('is put right where it is not', () => {
    expect(part({ raw: '-_8', media_type: 'x/y', filename: '', metadata: null, text: null, extra: 1 })).toEqual({
      raw: '+/8=',
      mediaType: 'x/y',
    })
    expect(part({ data: null, kind: 'data' })).toEqual({ data: null })
  })

  it('has exactly one content member, and data: null is one [DM-PART-001]', () => {
    for (const bad of [
      {},
      { text: 'a', data: null },
      { text: 'a', url: 'b' },
      { raw: 'QQ==', data: {} },
      { filename: 'x' },
    ]) {
      expect(violationsOf(() => part(bad))).toEqual(['message.parts[0]: must have exactly one of text, raw, url, data'])
    }
  })

  it('has members of the right types', () => {
    expect(violationsOf(() => part({ raw: 'not base64!' }))).toEqual(['message.parts[0].raw: must be base64'])
    expect(violationsOf(() => part({ raw: 7 }))).toEqual(['message.parts[0].raw: must be base64'])
    expect(violationsOf(() => part({ url: {}, mediaType: 1, metadata: 'x' }))).toEqual([
      'message.parts[0].url: must be a string',
      'message.parts[0].mediaType: must be a string',
      'message.parts[0].metadata: must be an object',
    ])
    expect(violationsOf(() => part('hi'))).toEqual(['message.parts[0]: must be an object'])
  })
})

describe('other requests', () => {
  it('GetTask (§3.1.3)', () => {
    expect(decodeRequest('GetTask', { id: 't', history_length: '0', tenant: 'a' })).toEqual({
      id: 't',
      historyLength: 0,
      tenant: 'a',
    })
    expect(violationsOf(() => decodeRequest('GetTask', {}))).toEqual(['id: is required'])
  })

  it('ListTasks (§3.1.4)', () => {
    expect(decodeRequest('ListTasks', undefined)).toEqual({})
    expect(
      decodeRequest('ListTasks', {
        contextId: 'c',
        status: 2,
        pageSize: '100',
        pageToken: 'p',
        historyLength: 1,
        statusTimestampAfter: '2026-11-20T11:00:00+01:00',
        includeArtifacts: false,
      }),
    ).toEqual({
      contextId: 'c',
      status: 'working',
      pageSize: 100,
      pageToken: 'p',
      historyLength: 1,
      statusTimestampAfter: '2026-11-20T10:00:00.000Z',
      includeArtifacts: false,
    })
    expect(decodeRequest('ListTasks', { status: 'TASK_STATE_UNSPECIFIED', context_id: '' })).toEqual({})
  })

  it('ListTasks refuses page sizes outside 1 to 100, unknown states and bad times (§3.1.4)', () => {
    for (const pageSize of [0, -1, 101]) {
      expect(violationsOf(() => decodeRequest('ListTasks', { pageSize }))).toEqual(['pageSize: must be 1 to 100'])
    }
    expect(
      violationsOf(() =>
        decodeRequest('ListTasks', { status: 'working', statusTimestampAfter: 'yesterday', includeArtifacts: 'yes' }),
      ),
    ).toEqual([
      'status: is not a member of its enum',
      'statusTimestampAfter: must be an RFC 3339 time',
      'includeArtifacts: must be true or false',
    ])
  })

  it('CancelTask and SubscribeToTask (§3.1.5, §3.1.6)', () => {
    expect(decodeRequest('CancelTask', { id: 't', metadata: { why: 'late' } })).toEqual({
      id: 't',
      metadata: { why: 'late' },
    })
    expect(decodeRequest('SubscribeToTask', { id: 't' })).toEqual({ id: 't' })
    expect(violationsOf(() => decodeRequest('CancelTask', { id: 5 }))).toEqual(['id: must be a string'])
  })

  it('push notification configs (§3.1.7 to §3.1.10)', () => {
    const config = { taskId: 't', id: 'p', url: 'https://h.example', authentication: { scheme: 'Bearer' } }
    expect(decodeRequest('CreateTaskPushNotificationConfig', config)).toEqual(config)
    expect(
      violationsOf(() => decodeRequest('CreateTaskPushNotificationConfig', { url: '', authentication: {} })),
    ).toEqual(['taskId: is required', 'url: is required', 'authentication.scheme: is required'])
    expect(decodeRequest('GetTaskPushNotificationConfig', { task_id: 't', id: 'p' })).toEqual({ taskId: 't', id: 'p' })
    expect(violationsOf(() => decodeRequest('DeleteTaskPushNotificationConfig', { taskId: 't' }))).toEqual([
      'id: is required',
    ])
    expect(decodeRequest('ListTaskPushNotificationConfigs', { taskId: 't', page_size: 0 })).toEqual({ taskId: 't' })
    expect(violationsOf(() => decodeRequest('ListTaskPushNotificationConfigs', { pageSize: -1 }))).toEqual([
      'taskId: is required',
      'pageSize: must be 0 to 2147483647',
    ])
  })

  it('GetExtendedAgentCard may have no params at all (§3.1.11)', () => {
    for (const params of [undefined, null, {}]) expect(decodeRequest('GetExtendedAgentCard', params)).toEqual({})
  })
})

describe('responses', () => {
  const wire = {
    id: 't-1',
    contextId: 'c-1',
    status: {
      state: 'TASK_STATE_INPUT_REQUIRED',
      message: { ...message, role: 'ROLE_AGENT' },
      timestamp: '2026-11-20T10:00:00.120Z',
    },
    artifacts: [{ artifactId: 'a-1', name: 'plan', parts: [{ text: 'Day 1' }] }],
    history: [message],
    metadata: { k: 1 },
  }
  const task = {
    ...wire,
    status: { ...wire.status, state: 'input-required', message: { ...message, role: 'agent' } },
    history: [{ ...message, role: 'user' }],
  }

  it('reads a task (§4.1.1)', () => {
    expect(decodeTask(wire)).toEqual(task)
  })

  it('fills in what a peer may leave out', () => {
    expect(decodeTask({ id: 't', status: { state: 2 } })).toEqual({
      id: 't',
      contextId: '',
      status: { state: 'working', timestamp: '' },
      artifacts: [],
      history: [],
    })
  })

  it('says InvalidAgentResponse of what is no task, and marks it as the peer’s doing (§3.3.2) [DM-ART-001]', () => {
    const run = () => decodeTask({ status: { state: 'done' }, artifacts: [{ artifactId: 'a', parts: [] }] })
    expect(violationsOf(run, 'InvalidAgentResponseError')).toEqual([
      'id: is required',
      'status.state: is not a member of its enum',
      'artifacts[0].parts: needs one element or more',
    ])
    expect(run).toThrow(expect.objectContaining({ code: 'PF_REMOTE_RESPONSE', remote: { details: [] } }))
  })

  it('tells unions apart by their one member (§3.1.1, §3.2.3)', () => {
    expect(decodeSendMessageResponse({ task: wire })).toEqual({ task })
    expect(decodeSendMessageResponse({ message, task: null })).toEqual({ message: { ...message, role: 'user' } })
    const statusUpdate = { task_id: 't', context_id: 'c', status: { state: 'TASK_STATE_WORKING' }, metadata: {} }
    expect(decodeStreamResponse({ status_update: statusUpdate })).toEqual({
      statusUpdate: { taskId: 't', contextId: 'c', status: { state: 'working', timestamp: '' }, metadata: {} },
    })
    const artifactUpdate = {
      taskId: 't',
      contextId: 'c',
      artifact: { artifactId: 'a', parts: [{ text: 'x' }] },
      append: true,
      lastChunk: false,
    }
    expect(decodeStreamResponse({ artifactUpdate })).toEqual({
      artifactUpdate: {
        taskId: 't',
        contextId: 'c',
        artifact: { artifactId: 'a', parts: [{ text: 'x' }] },
        append: true,
      },
    })
    for (const bad of [{}, { task: wire, message }, { task: null }]) {
      expect(violationsOf(() => decodeSendMessageResponse(bad), 'InvalidAgentResponseError')).toEqual([
        ': must have exactly one of task, message',
      ])
      expect(violationsOf(() => decodeStreamResponse(bad), 'InvalidAgentResponseError')).toEqual([
        ': must have exactly one of task, message, statusUpdate, artifactUpdate',
      ])
    }
  })

  it('reads pages, with defaults for what is missing (§3.1.4, §3.1.9)', () => {
    expect(decodeListTasksResponse({ tasks: [wire], nextPageToken: 'n', pageSize: 1, totalSize: '7' })).toEqual({
      tasks: [task],
      nextPageToken: 'n',
      pageSize: 1,
      totalSize: 7,
    })
    expect(decodeListTasksResponse({})).toEqual({ tasks: [], nextPageToken: '', pageSize: 0, totalSize: 0 })
    expect(decodeListPushNotificationConfigsResponse({ configs: [{ url: 'u' }] })).toEqual({
      configs: [{ url: 'u' }],
      nextPageToken: '',
    })
    expect(decodePushNotificationConfig({ url: 'u', task_id: 't' })).toEqual({ url: 'u', taskId: 't' })
  })

  it('reads a bare message', () => {
    expect(decodeMessage(message)).toEqual({ ...message, role: 'user' })
    expect(violationsOf(() => decodeMessage([]), 'InvalidAgentResponseError')).toEqual([': must be an object'])
  })
})
