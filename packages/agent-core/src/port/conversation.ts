import type { Message } from '../model/message'
import { port } from './port'
import type { Awaitable } from './run-store'
import type { Scope } from './scope'

/** The messages of a context, across its tasks and direct replies, oldest first. */
export interface Conversation {
  /** Adds messages at the end. */
  append(scope: Scope, contextId: string, messages: readonly Message[]): Awaitable<void>
  /** The newest messages, at most `limit` (default 100), oldest first. */
  read(scope: Scope, contextId: string, options?: { limit?: number }): Awaitable<Message[]>
}

/** Port of the conversation store. Bound to a bounded memory driver where no storage feature is installed. */
export const conversationPort = port<Conversation>('pf.conversation')
