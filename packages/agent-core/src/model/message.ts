import type { JsonObject, JsonValue } from './json'
import { dataOf, type Part, textOf } from './part'

/** Who a message is from. */
export type Role = 'user' | 'agent'

/** One turn of a conversation (A2A 1.0, Message). Plain JSON. */
export interface Message {
  /** Unique for its sender. */
  messageId: string
  role: Role
  /** One part or more. */
  parts: Part[]
  /** The conversation it belongs to. */
  contextId?: string
  /** The task it belongs to. */
  taskId?: string
  metadata?: JsonObject
  /** URIs of the extensions whose data rides in `metadata`. */
  extensions?: string[]
  /** Other tasks this message speaks of. */
  referenceTaskIds?: string[]
}

/**
 * A message as a handler sees it: the message, and its text and data read out.
 *
 * @example
 * ```ts
 * const onMessage = (message: IncomingMessage) => reply.text(`Echo: ${message.text}`)
 * ```
 */
export interface IncomingMessage extends Readonly<Message> {
  /** All text parts joined. */
  readonly text: string
  /** The first data part's value. */
  readonly data: JsonValue | undefined
}

class MessageView {
  constructor(message: Message) {
    Object.assign(this, message)
  }
  get text(): string {
    return textOf((this as unknown as Message).parts)
  }
  get data(): JsonValue | undefined {
    return dataOf((this as unknown as Message).parts)
  }
}

/** Wraps a stored message for a handler. `text` and `data` are read lazily and are not stored. */
export function incomingMessage(message: Message): IncomingMessage {
  return new MessageView(message) as unknown as IncomingMessage
}
