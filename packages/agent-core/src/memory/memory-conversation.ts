import type { Message } from '../model/message'
import type { Conversation } from '../port/conversation'
import type { Scope } from '../port/scope'
import { LinkedList, type LinkedNode } from './linked-list'
import { ScopeMap } from './scope-map'

/** Bounds of {@link createMemoryConversation}. */
export interface MemoryConversationOptions {
  /** Messages kept per context; the oldest go first. Default 1,000. */
  maxMessages?: number
  /** Contexts kept; the one used longest ago goes first. Default 10,000. */
  maxContexts?: number
  /** Estimated bytes of all contexts; the one used longest ago goes first. Default 64 MiB. */
  maxBytes?: number
}

/** The memory driver answers at once. */
export interface MemoryConversation extends Conversation {
  append(scope: Scope, contextId: string, messages: readonly Message[]): void
  /** As `append`, for messages that are JSON text already. Takes the list over. */
  appendText(scope: Scope, contextId: string, messages: string[]): void
  read(scope: Scope, contextId: string, options?: { limit?: number }): Message[]
}

interface Context extends LinkedNode<Context> {
  scope: Scope
  contextId: string
  /** JSON text: one flat object per message, which the garbage collector passes over, and nobody can change it. */
  messages: string[]
  bytes: number
}

/** Estimated bytes of a message beside its text. */
const messageOverhead = 24
/** Estimated bytes of a context beside its messages. */
const contextOverhead = 256

/**
 * Keeps conversations in memory, within bounds. What was least recently read or written goes first.
 *
 * @example
 * ```ts
 * const conversation = createMemoryConversation({ maxContexts: 500 })
 * conversation.append({ tenant: '', principalId: 'anonymous' }, 'context-1', [message])
 * ```
 */
export function createMemoryConversation(options: MemoryConversationOptions = {}): MemoryConversation {
  const maxMessages = options.maxMessages ?? 1_000
  const maxContexts = options.maxContexts ?? 10_000
  const maxBytes = options.maxBytes ?? 64 * 1024 * 1024
  const scopes = new ScopeMap<Map<string, Context>>()
  const recency = new LinkedList<Context>()
  let bytes = 0

  function begin(scope: Scope, contextId: string): Context {
    let contexts = scopes.get(scope)
    if (contexts === undefined) scopes.set(scope, (contexts = new Map<string, Context>()))
    const own: Scope = { tenant: scope.tenant, principalId: scope.principalId }
    const context: Context = { scope: own, contextId, messages: [], bytes: 0, previous: undefined, next: undefined }
    contexts.set(contextId, context)
    recency.add(context)
    weigh(context, contextOverhead + contextId.length)
    return context
  }

  function drop(context: Context): void {
    recency.remove(context)
    bytes -= context.bytes
    const contexts = scopes.get(context.scope)
    if (contexts?.delete(context.contextId) && contexts.size === 0) scopes.delete(context.scope)
  }

  function weigh(context: Context, change: number): void {
    context.bytes += change
    bytes += change
  }

  function dropOldest(context: Context, count: number): void {
    for (const message of context.messages.splice(0, count)) weigh(context, -message.length - messageOverhead)
  }

  function trim(context: Context): void {
    // A quarter at a time, so that a long conversation is not moved by every message.
    if (context.messages.length > maxMessages * 1.25) dropOldest(context, context.messages.length - maxMessages)
    while (recency.first !== undefined && recency.first !== context && (recency.size > maxContexts || bytes > maxBytes))
      drop(recency.first)
    let excess = bytes - maxBytes
    let count = 0
    while (excess > 0 && count < context.messages.length - 1)
      excess -= (context.messages[count++] as string).length + messageOverhead
    if (count > 0) dropOldest(context, count)
  }

  /** Takes the list over. */
  function appendText(scope: Scope, contextId: string, messages: string[]): void {
    if (messages.length === 0) return
    const known = scopes.get(scope)?.get(contextId)
    const context = known ?? begin(scope, contextId)
    for (const message of messages) weigh(context, message.length + messageOverhead)
    if (known === undefined) context.messages = messages
    else {
      recency.touch(known)
      for (const message of messages) known.messages.push(message)
    }
    trim(context)
  }

  return {
    append(scope, contextId, messages) {
      appendText(
        scope,
        contextId,
        messages.map((message) => JSON.stringify(message)),
      )
    },
    appendText,
    read(scope, contextId, { limit = 100 } = {}) {
      const context = scopes.get(scope)?.get(contextId)
      if (context === undefined || limit <= 0) return []
      recency.touch(context)
      return context.messages.slice(-Math.min(limit, maxMessages)).map((message) => JSON.parse(message) as Message)
    },
  }
}
