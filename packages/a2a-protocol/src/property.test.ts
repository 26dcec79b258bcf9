// @node24-only: computes alone, which is the same on every Node
import type { Artifact, JsonValue, Message, Part, Task, TaskState, TaskStatus } from '@pf-agents/agent-core'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { wireTaskStates } from './codec/enums'
import { encodeListTasksRequest, encodeListTasksResponse } from './codec/list-tasks'
import { encodeMessage } from './codec/message'
import { encodeSendMessageRequest } from './codec/send-message'
import { encodeStreamResponse } from './codec/stream-response'
import { encodeTask } from './codec/task'
import {
  decodeAgentCard,
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
import { decodeJsonRpcError, decodeRestError } from './error/decode-error'
import { encodeJsonRpcError, encodeRestError } from './error/encode-error'
import { MAX_VIOLATIONS } from './json/violations'
import { decodeJsonRpcRequest, decodeJsonRpcResponse } from './json-rpc/envelope'
import { type Operation, operationCapabilities } from './operations'
import { decodeCursor, encodeCursor } from './paging/cursor'
import { decodeRestRequest } from './rest/request'
import { matchRestRoute } from './rest/routes'
import type { ListTasksRequest, SendMessageRequest } from './wire/requests'
import type { StreamResponse } from './wire/stream-response'

/** A fixed seed: the same inputs on every machine. `npm run test:full` runs the long form. */
const runs = Number(process.env['PF_FUZZ'] ?? (process.env['PF_TEST_FULL'] ? 100_000 : 400))
const settings = { seed: 20261120, numRuns: runs }
vi.setConfig({ testTimeout: 20_000 + runs * 20 })

// -0 is not JSON, and __proto__ is refused.
const json = fc
  .jsonValue({ maxDepth: 4 })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue)
  .filter((value) => !JSON.stringify(value).includes('__proto__'))
const object = fc.dictionary(
  fc.string().filter((key) => key !== '__proto__'),
  json,
  { maxKeys: 4, noNullPrototype: true },
)
const name = fc.string({ minLength: 1, unit: 'binary' })
const optional = { requiredKeys: [] as never[] }
const about = { mediaType: name, filename: name, metadata: object }
const bytes = fc.uint8Array({ maxLength: 40 }).map((value) => Buffer.from(value).toString('base64'))
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ text: fc.string({ unit: 'binary' }), ...about }, { requiredKeys: ['text'] }),
  fc.record({ raw: bytes, ...about }, { requiredKeys: ['raw'] }),
  fc.record({ url: fc.string(), ...about }, { requiredKeys: ['url'] }),
  fc.record({ data: json, ...about }, { requiredKeys: ['data'] }),
) as fc.Arbitrary<Part>
const parts = fc.array(part, { minLength: 1, maxLength: 4 })
const names = fc.array(name, { minLength: 1, maxLength: 3 })
const message = fc.record(
  {
    messageId: name,
    role: fc.constantFrom('user', 'agent'),
    parts,
    contextId: name,
    taskId: name,
    metadata: object,
    extensions: names,
    referenceTaskIds: names,
  },
  { requiredKeys: ['messageId', 'role', 'parts'] },
) as fc.Arbitrary<Message>
const artifact = fc.record(
  { artifactId: name, parts, name, description: name, metadata: object, extensions: names },
  { requiredKeys: ['artifactId', 'parts'] },
) as fc.Arbitrary<Artifact>
const time = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString())
const state = fc.constantFrom(...(Object.keys(wireTaskStates) as TaskState[]))
const status = fc.record(
  { state, timestamp: time, message },
  { requiredKeys: ['state', 'timestamp'] },
) as fc.Arbitrary<TaskStatus>
const task = fc.record(
  {
    id: name,
    contextId: name,
    status,
    artifacts: fc.array(artifact, { maxLength: 3 }),
    history: fc.array(message, { maxLength: 3 }),
    metadata: object,
  },
  { requiredKeys: ['id', 'contextId', 'status', 'artifacts', 'history'] },
) as fc.Arbitrary<Task>
const pushConfig = fc.record(
  {
    tenant: name,
    id: name,
    taskId: name,
    url: name,
    token: name,
    authentication: fc.record({ scheme: name, credentials: name }, { requiredKeys: ['scheme'] }),
  },
  { requiredKeys: ['url'] },
)
const int = fc.integer({ min: 0, max: 0x7fffffff })
const sendRequest = fc.record(
  {
    tenant: name,
    message,
    configuration: fc.record(
      {
        acceptedOutputModes: names,
        taskPushNotificationConfig: pushConfig,
        historyLength: int,
        returnImmediately: fc.constant(true),
      },
      optional,
    ),
    metadata: object,
  },
  { requiredKeys: ['message'] },
) as fc.Arbitrary<SendMessageRequest>
const listRequest = fc.record(
  {
    tenant: name,
    contextId: name,
    status: state.filter((one) => one !== 'unspecified'),
    pageSize: fc.integer({ min: 1, max: 100 }),
    pageToken: name,
    historyLength: int,
    statusTimestampAfter: time,
    includeArtifacts: fc.boolean(),
  },
  optional,
) as fc.Arbitrary<ListTasksRequest>
const streamResponse = fc.oneof(
  fc.record({ task }),
  fc.record({ message }),
  fc.record({
    statusUpdate: fc.record(
      { taskId: name, contextId: name, status, metadata: object },
      { requiredKeys: ['taskId', 'contextId', 'status'] },
    ),
  }),
  fc.record({
    artifactUpdate: fc.record(
      {
        taskId: name,
        contextId: name,
        artifact,
        append: fc.constant(true),
        lastChunk: fc.constant(true),
        metadata: object,
      },
      { requiredKeys: ['taskId', 'contextId', 'artifact'] },
    ),
  }),
) as fc.Arbitrary<StreamResponse>

/** Through the text of the wire, as between two processes. */
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const page = fc.record({
  tasks: fc.array(task, { maxLength: 2 }),
  nextPageToken: fc.string(),
  pageSize: int,
  totalSize: int,
})

/** A way out and back in, for values of an arbitrary. */
const trip = <T>(arbitrary: fc.Arbitrary<T>, there: (value: T) => unknown, back: (wire: unknown) => unknown) => ({
  arbitrary: arbitrary as fc.Arbitrary<unknown>,
  // Over text, as between two processes.
  run: (value: unknown) => back(overTheWire(there(value as T))),
})

const trips = {
  messages: trip(message, encodeMessage, decodeMessage),
  tasks: trip(task, (value) => encodeTask(value), decodeTask),
  'stream responses': trip(streamResponse, (value) => encodeStreamResponse(value), decodeStreamResponse),
  SendMessage: trip(sendRequest, encodeSendMessageRequest, (wire) => decodeRequest('SendMessage', wire)),
  ListTasks: trip(listRequest, encodeListTasksRequest, (wire) => decodeRequest('ListTasks', wire)),
  'pages of tasks': trip(
    page,
    (value) => encodeListTasksResponse(value, { includeArtifacts: true }),
    decodeListTasksResponse,
  ),
  'push notification configs': trip(pushConfig, (value) => value, decodePushNotificationConfig),
  cursors: trip(json, encodeCursor, (wire) => decodeCursor(wire as string)),
}

describe('decode(encode(x)) = x', () => {
  it.each(Object.entries(trips))('%s', (_, { arbitrary, run }) => {
    const property = fc.property(arbitrary, (value) => {
      // The generator makes objects without a prototype; those of JSON have one.
      expect(run(value)).toStrictEqual(overTheWire(value))
    })
    fc.assert(property, { ...settings, numRuns: Math.min(runs, 5000) })
  })
})

describe('hostile input', () => {
  const operations = Object.keys(operationCapabilities) as Operation[]
  const decoders: Record<string, (value: unknown) => unknown> = {
    ...Object.fromEntries(
      operations.map((operation) => [operation, (value: unknown) => decodeRequest(operation, value)]),
    ),
    decodeTask,
    decodeMessage,
    decodeSendMessageResponse,
    decodeStreamResponse,
    decodeListTasksResponse,
    decodePushNotificationConfig,
    decodeListPushNotificationConfigsResponse,
    decodeAgentCard,
    decodeJsonRpcResponse: (value) => decodeJsonRpcResponse(value, 1),
  }

  /** Good requests with something replaced, dropped, doubled or put where it does not belong: deeper than noise gets. */
  const good = fc.oneof(
    sendRequest.map((value) => overTheWire(encodeSendMessageRequest(value))),
    task.map((value) => overTheWire(encodeTask(value))),
    streamResponse.map((value) => overTheWire(encodeStreamResponse(value))),
    pushConfig.map(overTheWire),
  )
  const deep = [50, 101, 5_000].map((depth) => JSON.parse('[{"a":'.repeat(depth) + '1' + '}]'.repeat(depth)) as unknown)
  const hostile = fc.oneof(
    json,
    fc.constantFrom<unknown>(
      JSON.parse('{"__proto__":{"polluted":true}}'),
      JSON.parse('1e999'),
      -0,
      '\ud800',
      'constructor',
      [],
      {},
      null,
      '',
      0x80000000,
      '9'.repeat(400),
    ),
    fc.constantFrom(...deep),
  )
  const spoiled = fc
    .tuple(good, fc.array(fc.tuple(fc.nat(), hostile), { minLength: 1, maxLength: 3 }))
    .map(([value, changes]) => {
      const places: [Record<string, unknown>, string][] = []
      const walk = (node: unknown): void => {
        if (typeof node !== 'object' || node === null) return
        for (const key of Object.keys(node)) {
          places.push([node as Record<string, unknown>, key])
          walk((node as Record<string, unknown>)[key])
        }
      }
      walk(value)
      for (const [index, replacement] of changes) {
        const place = places[index % places.length]
        if (place)
          Object.defineProperty(place[0], place[1], {
            value: replacement,
            enumerable: true,
            configurable: true,
            writable: true,
          })
      }
      return value
    })
  const anything = fc.oneof({ weight: 3, arbitrary: spoiled }, { weight: 1, arbitrary: hostile })

  /** Same structure, cheaply: JSON text, with what JSON has no text for made visible. Too deep to print is too deep to have been changed. */
  const print = (value: unknown): string => {
    try {
      return (
        JSON.stringify(value, (_, member: unknown) =>
          typeof member === 'number' && !Number.isFinite(member) ? `#${member}` : member,
        ) ?? 'undefined'
      )
    } catch {
      return 'too deep'
    }
  }

  it(
    `every decoder gives a value or its typed error and leaves the input alone (${runs} inputs)`,
    { timeout: 20_000 + runs * 20 },
    () => {
      const accepted = new Set<string>()
      const property = fc.property(anything, (value) => {
        const before = print(value)
        for (const decoder of Object.keys(decoders)) {
          try {
            const result = decoders[decoder]!(value)
            accepted.add(decoder)
            // Whatever is let in can be written out again.
            expect(print(result)).not.toBe('too deep')
          } catch (error) {
            if (!isA2AError(error)) throw error
            expect(['InvalidParamsError', 'InvalidAgentResponseError', 'UnknownError']).toContain(error.kind)
            expect(error.violations.length).toBeLessThanOrEqual(MAX_VIOLATIONS)
            // Errors do not grow with what was sent.
            expect(JSON.stringify(encodeRestError(error)).length).toBeLessThan(20_000)
          }
        }
        expect(print(value)).toBe(before)
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
      })
      fc.assert(property, settings)
      // Inputs that are all refused would prove little.
      const names = [
        'SendMessage',
        'GetTask',
        'ListTasks',
        'CreateTaskPushNotificationConfig',
        'decodeTask',
        'decodeStreamResponse',
        'decodeSendMessageResponse',
      ]
      expect(names.filter((one) => !accepted.has(one))).toEqual([])
    },
  )

  it('decodeJsonRpcRequest never throws', () => {
    const envelope = fc.record(
      {
        jsonrpc: fc.constantFrom('2.0', '1.0', 2),
        id: hostile,
        method: fc.oneof(fc.constantFrom(...operations), fc.string()),
        params: anything,
      },
      optional,
    )
    fc.assert(
      fc.property(fc.oneof(envelope, anything), (value) => {
        const decoded = decodeJsonRpcRequest(value)
        if ('error' in decoded)
          expect(encodeJsonRpcError(decoded.id, decoded.error).error.code).toBeLessThanOrEqual(-32600)
        else expect(operations).toContain(decoded.operation)
      }),
      settings,
    )
  })

  it('HTTP+JSON routes and queries give a request or a typed error', () => {
    const segment = fc.oneof(
      fc.constantFrom(
        'tasks',
        'message:send',
        'pushNotificationConfigs',
        't:cancel',
        'extendedAgentCard',
        '%',
        '%00',
        '..',
      ),
      fc.string(),
    )
    const path = fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`)
    const query = fc.array(
      fc.tuple(
        fc.oneof(
          fc.constantFrom('pageSize', 'page_size', 'status', 'tenant', '__proto__', 'includeArtifacts'),
          fc.string(),
        ),
        fc.string(),
      ),
      { maxLength: 4 },
    )
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST', 'DELETE', 'PUT'),
        path,
        query,
        fc.option(anything),
        (method, target, pairs, body) => {
          try {
            const match = matchRestRoute(method, target)
            if (match) decodeRestRequest(match, new URLSearchParams(pairs), body)
          } catch (error) {
            if (!isA2AError(error, 'InvalidParamsError')) throw error
          }
        },
      ),
      settings,
    )
  })

  it('reading errors never throws', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 100, max: 599 }), (value, httpStatus) => {
        expect(isA2AError(decodeJsonRpcError(value))).toBe(true)
        expect(isA2AError(decodeRestError(value, httpStatus))).toBe(true)
        const details = {
          error: {
            code: httpStatus,
            status: 'INTERNAL',
            message: 'x',
            details: [value, { '@type': value, reason: value, metadata: value }],
          },
        }
        expect(isA2AError(decodeRestError(details, httpStatus))).toBe(true)
      }),
      settings,
    )
  })
})
