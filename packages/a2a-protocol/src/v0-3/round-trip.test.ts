import type { Message, Part, Task, TaskState } from '@pf-agents/agent-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wireTaskStates } from '../codec/enums'
import {
  decodeAgentCard,
  decodePushNotificationConfig,
  decodeRequest,
  decodeSendMessageResponse,
  decodeStreamResponse,
  decodeTask,
  decodeV03RestError,
  encodeStreamResponse,
  encodeTask,
  isA2AError,
  isV03Card,
  type Operation,
  operationCapabilities,
  type StreamResponse,
  toV03Event,
  toV03Params,
  toV03Result,
  upgradeV03Card,
  upgradeV03Event,
  upgradeV03Params,
  upgradeV03Result,
} from '../index'

const wire = (value: unknown) => JSON.parse(JSON.stringify(value)) as never
const forms = ['kind', 'proto'] as const

// Keys that no reader takes are left out.
const json = (maxDepth: number) =>
  fc.jsonValue({ maxDepth }).filter((value) => !JSON.stringify(value).includes('__proto__')) as fc.Arbitrary<never>
// What both versions can say: text has no media type and no file name in 0.3.
const metadata = {
  metadata: fc.dictionary(fc.constantFrom('a', 'b'), json(1), { minKeys: 1 }),
}
const name = fc.string({ minLength: 1, maxLength: 5 })
const fileFields = { filename: name, mediaType: fc.constantFrom('image/png', 'text/plain') }
const optional = { requiredKeys: [] as never[] }
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ text: fc.string(), ...metadata }, { requiredKeys: ['text'] }),
  fc.record({ raw: fc.base64String(), ...fileFields, ...metadata }, { requiredKeys: ['raw'] }),
  fc.record({ url: fc.webUrl(), ...fileFields, ...metadata }, { requiredKeys: ['url'] }),
  fc.record({ data: json(2), ...metadata }, { requiredKeys: ['data'] }),
) as fc.Arbitrary<Part>
const parts = fc.array(part, { minLength: 1, maxLength: 3 })
const message = fc.record(
  {
    messageId: name,
    role: fc.constantFrom('user', 'agent'),
    parts,
    contextId: name,
    taskId: name,
    extensions: fc.array(name, { minLength: 1, maxLength: 2 }),
    referenceTaskIds: fc.array(name, { minLength: 1, maxLength: 2 }),
    ...metadata,
  },
  { requiredKeys: ['messageId', 'role', 'parts'] },
) as fc.Arbitrary<Message>
const status = fc.record(
  {
    state: fc.constantFrom(...(Object.keys(wireTaskStates) as TaskState[])),
    timestamp: fc.constant('2026-01-01T00:00:00.000Z'),
    message,
  },
  { requiredKeys: ['state', 'timestamp'] },
)
const artifact = fc.record(
  { artifactId: name, parts, name, description: name, ...metadata },
  { requiredKeys: ['artifactId', 'parts'] },
)
const task = fc.record(
  {
    id: name,
    contextId: name,
    status,
    artifacts: fc.array(artifact, { maxLength: 2 }),
    history: fc.array(message, { maxLength: 2 }),
    ...metadata,
  },
  { requiredKeys: ['id', 'contextId', 'status', 'artifacts', 'history'] },
) as fc.Arbitrary<Task>
const event = fc.oneof(
  fc.record({ task }),
  fc.record({ message }),
  fc.record({
    statusUpdate: fc.record(
      { taskId: name, contextId: name, status, ...metadata },
      { requiredKeys: ['taskId', 'contextId', 'status'] },
    ),
  }),
  fc.record({
    artifactUpdate: fc.record(
      { taskId: name, contextId: name, artifact, append: fc.constant(true), lastChunk: fc.constant(true), ...metadata },
      { requiredKeys: ['taskId', 'contextId', 'artifact'] },
    ),
  }),
) as fc.Arbitrary<StreamResponse>

describe.each(forms)('the %s form', (form) => {
  it('loses nothing of any event that both versions can say', () => {
    fc.assert(
      fc.property(event, (one) => {
        const old = wire(toV03Event(encodeStreamResponse(one), form))
        expect(decodeStreamResponse(upgradeV03Event(old))).toEqual(wire(one))
      }),
      { seed: 20261121, numRuns: process.env.PF_TEST_FULL ? 5_000 : 200 },
    )
  })

  it('loses nothing of any task', () => {
    fc.assert(
      fc.property(task, (one) => {
        const old = wire(toV03Result('GetTask', encodeTask(one), form))
        expect(decodeTask(upgradeV03Result('GetTask', old))).toEqual(wire(one))
      }),
      { seed: 20261121, numRuns: process.env.PF_TEST_FULL ? 5_000 : 200 },
    )
  })

  it('loses nothing of a message that is sent', () => {
    const request = fc.record(
      {
        message,
        configuration: fc.record(
          {
            acceptedOutputModes: fc.array(name, { minLength: 1, maxLength: 2 }),
            historyLength: fc.nat(9),
            returnImmediately: fc.constant(true),
          },
          optional,
        ),
        ...metadata,
      },
      { requiredKeys: ['message'] },
    )
    fc.assert(
      fc.property(request, (one) => {
        const given = {
          ...one,
          message: { ...one.message, role: one.message.role === 'user' ? 'ROLE_USER' : 'ROLE_AGENT' },
        }
        const old = wire(toV03Params('SendMessage', given as never, form))
        const read = decodeRequest('SendMessage', upgradeV03Params('SendMessage', old))
        expect({ configuration: {}, ...read }).toEqual(wire({ configuration: {}, ...one }))
      }),
      { seed: 20261121, numRuns: 200 },
    )
  })
})

describe('what comes from a peer', () => {
  it('is never trusted: whatever it is, reading it ends with a value or with an error of A2A', () => {
    const operations = Object.keys(operationCapabilities) as Operation[]
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(...operations), (value, operation) => {
        for (const read of [
          () => decodeRequest(operation, upgradeV03Params(operation, value)),
          () => decodeSendMessageResponse(upgradeV03Result('SendMessage', value)),
          () => decodeTask(upgradeV03Result('GetTask', value)),
          () => decodeStreamResponse(upgradeV03Event(value)),
          () => decodePushNotificationConfig(upgradeV03Result('GetTaskPushNotificationConfig', value)),
          () => decodeAgentCard(upgradeV03Card(value)),
          () => decodeV03RestError(value, 400),
        ]) {
          try {
            read()
          } catch (error) {
            if (!isA2AError(error)) throw error
          }
        }
        isV03Card(value)
      }),
      { seed: 20261121, numRuns: process.env.PF_TEST_FULL ? 20_000 : 1_000 },
    )
  })

  it.each([
    [{ kind: 'text' }],
    [{ kind: 'file', file: {} }],
    [{ kind: 'file', file: 'x' }],
    [{ kind: 'file', file: { bytes: 'not base64!' } }],
    [{ kind: 'data' }],
    [{ kind: 'video', video: 'x' }],
    [{}],
    ['x'],
  ])('is refused by field where a part is %j', (bad) => {
    const params = {
      message: { kind: 'message', messageId: 'm', role: 'user', parts: [{ kind: 'text', text: 'a' }, bad] },
    }
    const refused = expect.objectContaining({
      kind: 'InvalidParamsError',
      violations: [expect.objectContaining({ field: expect.stringContaining('message.parts[1]') })],
    })
    expect(() => decodeRequest('SendMessage', upgradeV03Params('SendMessage', params))).toThrow(refused)
  })

  it('gets nowhere with a key of its choosing', () => {
    const hostile = JSON.parse(
      '{"message":{"messageId":"m","role":"user","parts":[{"kind":"text","text":"a","__proto__":{"raw":"x"}}],"__proto__":{"taskId":"t"}}}',
    ) as object
    const { message: read } = decodeRequest('SendMessage', upgradeV03Params('SendMessage', hostile))
    expect(read).toEqual({ messageId: 'm', role: 'user', parts: [{ text: 'a' }] })
    expect(({} as { raw?: unknown }).raw).toBeUndefined()
  })
})
