import {
  type JsonObject,
  type JsonValue,
  type Message,
  type ModelAssistantPart,
  type ModelFilePart,
  type ModelMessage,
  type ModelToolResultPart,
  type Part,
} from '@pf-agents/agent-core'
import type { LoopState } from '../loop/loop-state'
import { isObject } from '../wire/json'
import { isClientContext } from './client-context'
import { forgotten } from './prompt-parts'

/** Where a message of the conversation holds what the model did in its task. */
const key = 'urn:pf-agents:model-turns'

/** Characters of each result, the longest first, until all of it fits. */
const lengths = [Number.POSITIVE_INFINITY, 8_192, 1_024, 128]

/** What the model did in a task, for later tasks of the conversation. */
export interface RememberedTurns {
  /** The message that the task began with. What else was said in it is told by the turns. */
  messageId: string
  /** All behind that message: each call with its result. */
  messages: ModelMessage[]
}

/**
 * What to remember of a loop that is over: calls, results, files, what was said between them, and what the provider wants
 * back. Nothing where there is but text, or where it does not fit even with its results shortened: then what was said is
 * remembered, as of any task. Files of the model have a limit of their own, the newest first.
 *
 * @param answer - what the answer was, where a tool took it
 */
export function turnsToRemember(
  { own, messages }: LoopState,
  { maxRememberedLength, maxRememberedFileLength }: RememberedLimits,
  answer: JsonValue | undefined,
): JsonObject | undefined {
  if (own === undefined || maxRememberedLength === 0) return undefined
  const since = messages.slice(own.from + 1)
  if (!since.some(isMoreThanText)) return undefined
  const turns = withFiles(closed(since, answer), maxRememberedFileLength)
  const files = turns.flatMap(filesOf).reduce((length, file) => length + lengthOf(file), 0)
  for (const most of lengths) {
    const remembered: RememberedTurns = { messageId: own.messageId, messages: turns.map((one) => shortened(one, most)) }
    if (JSON.stringify(remembered).length - files <= maxRememberedLength)
      return { [key]: remembered as unknown as JsonObject }
  }
  return undefined
}

/** How much of a task is remembered. */
interface RememberedLimits {
  maxRememberedLength: number
  maxRememberedFileLength: number
}

/** The messages with the newest of the model's files, so many characters of them; the others are told by name. */
export function withFiles(messages: readonly ModelMessage[], most: number): ModelMessage[] {
  let left = most
  const kept = (part: ModelAssistantPart): ModelAssistantPart => {
    if (part.type !== 'file') return part
    left -= lengthOf(part)
    return left < 0 ? forgotten(part) : part
  }
  const newestFirst = messages.toReversed().map((message): ModelMessage => {
    if (message.role !== 'assistant' || filesOf(message).length === 0) return message
    return { ...message, content: message.content.toReversed().map(kept).toReversed() }
  })
  return newestFirst.toReversed()
}

/** What a provider wants back with a picture may be as long as the picture. */
function lengthOf({ raw = '', providerData }: ModelFilePart): number {
  return raw.length + (providerData === undefined ? 0 : JSON.stringify(providerData).length)
}

/** Whether the words alone would not tell the provider all: thoughts of a task that is over need not go back. */
function isMoreThanText(message: ModelMessage): boolean {
  if (message.role !== 'assistant') return message.role === 'tool'
  return message.content.some(
    (part) =>
      part.type === 'file' || part.type === 'opaque' || (part.type === 'text' && part.providerData !== undefined),
  )
}

function filesOf(message: ModelMessage): ModelFilePart[] {
  return message.role === 'assistant' ? message.content.filter((part) => part.type === 'file') : []
}

/** What a message of the conversation holds. Only what the agent says counts: callers write metadata, too. */
export function rememberedTurns({ role, metadata }: Message): RememberedTurns | undefined {
  const turns = role === 'agent' ? metadata?.[key] : undefined
  return isObject(turns) ? (turns as unknown as RememberedTurns) : undefined
}

/** The turns without a call that has no result: the last may have been taken as the answer. */
function closed(messages: ModelMessage[], answer: JsonValue | undefined): ModelMessage[] {
  const last = messages.at(-1)
  if (last?.role !== 'assistant' || !last.content.some(({ type }) => type === 'tool-call')) return messages
  // Thoughts belong to the call they led to.
  const text = answer === undefined ? '' : JSON.stringify(answer)
  return [...messages.slice(0, -1), { role: 'assistant', content: [...filesOf(last), { type: 'text', text }] }]
}

function shortened(message: ModelMessage, most: number): ModelMessage {
  if (message.role === 'tool') return { ...message, content: message.content.map((one) => shortResult(one, most)) }
  // The client's facts were true then.
  if (message.role === 'user') return { ...message, content: message.content.filter((part) => !isClientContext(part)) }
  return message
}

function shortResult(result: ModelToolResultPart, most: number): ModelToolResultPart {
  return most === Number.POSITIVE_INFINITY
    ? result
    : { ...result, parts: result.parts.map((one) => shortPart(one, most)) }
}

function shortPart(part: Part, most: number): Part {
  if (part.raw !== undefined) return { text: `(A file was here: ${part.filename ?? part.mediaType ?? 'unnamed'}.)` }
  const text = part.text ?? part.url ?? JSON.stringify(part.data)
  return text.length <= most ? part : { text: `${text.slice(0, most)}… (${text.length - most} characters left out)` }
}
