import { protocolVersion, type WireEvent } from '../wire/event'
import {
  any,
  either,
  type Fields,
  flag,
  invalid,
  json,
  jsonNotNull,
  jsonObject,
  list,
  may,
  type OnChange,
  oneOf,
  record,
  type Shape,
  text,
  variants,
  whole,
} from './shape'

const metadata = { metadata: may(jsonObject) }
const common: Fields = { timestamp: may(whole), rawEvent: may(jsonNotNull), ...metadata }
/** Whose an event is, is looked at by the rules: they tell `null` from nothing. */
const owned: Fields = { ...common, subagentRunId: may(json) }

const source = variants('type', {
  data: { value: text, mimeType: text },
  url: { value: text, mimeType: may(text) },
  file: { value: text, provider: may(text), mimeType: may(text) },
})
const part = { id: may(text), metadata: may(jsonNotNull) }
const parts = list(
  variants('type', {
    text: { ...part, text },
    image: { ...part, source },
    audio: { ...part, source },
    video: { ...part, source },
    document: { ...part, source },
  }),
)
const content = either(text, parts)

const message: Fields = { ...metadata, id: text, encryptedValue: may(text), subagentRunId: may(text) }
const named: Fields = { ...message, name: may(text) }
const toolCall = record({
  ...metadata,
  id: text,
  type: oneOf('function'),
  function: record({ name: text, arguments: text }),
  encryptedValue: may(text),
})
const messages = list(
  variants('role', {
    developer: { ...named, content: text },
    system: { ...named, content: text },
    assistant: { ...named, content: may(text), toolCalls: may(list(toolCall)) },
    user: { ...named, content },
    tool: { ...message, content, toolCallId: text, error: may(text) },
    activity: { ...metadata, id: text, subagentRunId: may(text), activityType: text, content: jsonObject },
    reasoning: { ...message, content: text },
  }),
)

const runInput = record({
  threadId: text,
  runId: text,
  protocolVersion: may(text),
  parentRunId: may(text),
  state: may(json),
  messages,
  tools: may(list(record({ ...metadata, name: text, description: text, parameters: may(jsonNotNull) }))),
  context: may(list(record({ description: text, value: text }))),
  forwardedProps: may(jsonNotNull),
  resume: may(
    list(record({ ...metadata, interruptId: text, status: oneOf('resolved', 'cancelled'), payload: may(jsonNotNull) })),
  ),
})

const role = oneOf('assistant', 'user', 'system', 'developer')
const ids = { threadId: any, runId: any }
const messageId = { messageId: text }
const toolCallId = { toolCallId: text }
const subagent: Fields = { ...common, subagentRunId: text }

/** What is given here as `any` is looked at by the rules, which can put it right. */
const fields: Readonly<Record<WireEvent['type'], Fields>> = {
  RUN_STARTED: {
    ...common,
    ...ids,
    protocolVersion: may(oneOf(protocolVersion)),
    parentRunId: may(text),
    input: may(runInput),
  },
  RUN_FINISHED: { ...common, ...ids, result: may(jsonNotNull), outcome: may(json), usage: may(json) },
  RUN_ERROR: { ...common, message: may(any), code: may(any), usage: may(json) },
  STEP_STARTED: { ...owned, stepName: text },
  STEP_FINISHED: { ...owned, stepName: text },
  TEXT_MESSAGE_START: { ...owned, ...messageId, role: may(role), name: may(text) },
  TEXT_MESSAGE_CONTENT: { ...owned, ...messageId, delta: text },
  TEXT_MESSAGE_END: { ...owned, ...messageId },
  TEXT_MESSAGE_CHUNK: { ...owned, messageId: may(any), role: may(any), name: may(any), delta: may(any) },
  TOOL_CALL_START: { ...owned, ...toolCallId, toolCallName: text, parentMessageId: may(text) },
  TOOL_CALL_ARGS: { ...owned, ...toolCallId, delta: text },
  TOOL_CALL_END: { ...owned, ...toolCallId },
  TOOL_CALL_CHUNK: {
    ...owned,
    toolCallId: may(any),
    toolCallName: may(any),
    parentMessageId: may(any),
    delta: may(any),
  },
  TOOL_CALL_RESULT: { ...owned, ...messageId, ...toolCallId, content, role: may(oneOf('tool')) },
  STATE_SNAPSHOT: { ...owned, snapshot: json },
  STATE_DELTA: { ...owned, delta: json },
  MESSAGES_SNAPSHOT: { ...common, messages },
  ACTIVITY_SNAPSHOT: { ...owned, ...messageId, activityType: text, content: may(json), replace: may(flag) },
  ACTIVITY_DELTA: { ...owned, ...messageId, activityType: text, patch: json },
  REASONING_START: { ...owned, ...messageId },
  REASONING_END: { ...owned, ...messageId },
  REASONING_MESSAGE_START: { ...owned, ...messageId, role: may(oneOf('reasoning')) },
  REASONING_MESSAGE_CONTENT: { ...owned, ...messageId, delta: text },
  REASONING_MESSAGE_END: { ...owned, ...messageId },
  REASONING_MESSAGE_CHUNK: { ...owned, messageId: may(any), delta: may(any) },
  REASONING_ENCRYPTED_VALUE: {
    ...owned,
    subtype: oneOf('message', 'tool-call'),
    entityId: text,
    encryptedValue: text,
  },
  SUBAGENT_STARTED: {
    ...subagent,
    name: text,
    description: may(text),
    parentSubagentRunId: may(text),
    parentToolCallId: may(text),
    parentMessageId: may(text),
  },
  SUBAGENT_FINISHED: {
    ...subagent,
    result: may(jsonNotNull),
    outcome: may(variants('type', { success: {}, suspended: { interruptIds: may(list(text)) } })),
  },
  SUBAGENT_ERROR: { ...subagent, message: may(any), code: may(text) },
  CUSTOM: { ...owned, name: text, value: json },
  RAW: { ...owned, event: json, source: may(text) },
}

const shapes: ReadonlyMap<string, Shape> = new Map(
  Object.entries(fields).map(([type, of]) => [type, record({ ...of, type: text })]),
)

/** Whether an event has so many fields. */
function hasFields(event: object, wanted: number): boolean {
  let count = 0
  for (const _ in event) count++
  return count === wanted
}

const isOne = (event: WireEvent, first: unknown): boolean => typeof first === 'string' && hasFields(event, 2)
const isTwo = (event: WireEvent, first: unknown, second: unknown): boolean =>
  typeof first === 'string' && typeof second === 'string' && hasFields(event, 3)

/**
 * Whether an event has the texts that it needs and nothing else, as nearly all of a run have. It says no more than its
 * shape would, in a fraction of the time: names that stand in the code are looked up faster than names in a table.
 */
function isPlain(event: WireEvent): boolean {
  switch (event.type) {
    case 'TEXT_MESSAGE_CONTENT':
    case 'REASONING_MESSAGE_CONTENT':
      return isTwo(event, event.messageId, event.delta)
    case 'TEXT_MESSAGE_START':
      return event.role === 'assistant' && isTwo(event, event.messageId, event.role)
    case 'REASONING_MESSAGE_START':
      return event.role === 'reasoning' && isTwo(event, event.messageId, event.role)
    case 'TOOL_CALL_ARGS':
      return isTwo(event, event.toolCallId, event.delta)
    case 'TOOL_CALL_START':
      return isTwo(event, event.toolCallId, event.toolCallName)
    case 'TEXT_MESSAGE_END':
    case 'REASONING_START':
    case 'REASONING_MESSAGE_END':
    case 'REASONING_END':
      return isOne(event, event.messageId)
    case 'TOOL_CALL_END':
      return isOne(event, event.toolCallId)
    case 'STEP_STARTED':
    case 'STEP_FINISHED':
      return isOne(event, event.stepName)
    default:
      return false
  }
}

/** The event with fields that it can have; itself where its type is not known, `undefined` where it lacks what it needs. */
export function cleanEvent(event: WireEvent, onChange?: OnChange): WireEvent | undefined {
  if (isPlain(event)) return event
  const shape = shapes.get(event.type)
  if (shape === undefined) return event
  const clean = shape(event, onChange, onChange && '')
  return clean === invalid ? undefined : (clean as WireEvent)
}

const interrupt = record({
  ...metadata,
  id: text,
  reason: may(text),
  message: may(text),
  toolCallId: may(text),
  responseSchema: may(jsonObject),
  expiresAt: may(text),
  subagentRunId: may(text),
})

/** The interrupt with fields that it can have. */
export function cleanInterrupt(given: unknown, onChange: OnChange): Record<string, unknown> | undefined {
  const clean = interrupt(given, onChange, '')
  return clean === invalid ? undefined : (clean as Record<string, unknown>)
}
