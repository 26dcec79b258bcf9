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
  /** As `append`, for a list of so many messages that is JSON text already. */
  appendText(scope: Scope, contextId: string, list: string, count: number): void
  read(scope: Scope, contextId: string, options?: { limit?: number }): Message[]
}

/** The contexts of one principal. */
interface Home {
  readonly scope: Scope
  readonly contexts: Map<string, Context>
}

interface Context extends LinkedNode<Context> {
  readonly home: Home
  readonly contextId: string
  /**
   * Lists of messages as they came together, each as JSON text: one flat object that the garbage collector passes over,
   * and nobody can change it. New contexts push old ones out all the time, so each object per context costs time.
   */
  readonly lists: string[]
  /** Messages in all the lists. */
  count: number
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
  const homes = new ScopeMap<Home>()
  const recency = new LinkedList<Context>()
  let bytes = 0

  function homeOf(scope: Scope): Home {
    const known = homes.get(scope)
    if (known !== undefined) return known
    const own: Scope = { tenant: scope.tenant, principalId: scope.principalId }
    const home: Home = { scope: own, contexts: new Map() }
    homes.set(own, home)
    return home
  }

  function begin(home: Home, contextId: string, lists: string[]): Context {
    const context: Context = { home, contextId, lists, count: 0, bytes: 0, previous: undefined, next: undefined }
    home.contexts.set(contextId, context)
    recency.add(context)
    weigh(context, contextOverhead + contextId.length)
    return context
  }

  function drop(context: Context): void {
    const { home, contextId } = context
    recency.remove(context)
    bytes -= context.bytes
    if (home.contexts.delete(contextId) && home.contexts.size === 0) homes.delete(home.scope)
  }

  function weigh(context: Context, change: number): void {
    context.bytes += change
    bytes += change
  }

  /** Takes the oldest messages out, one by one, as long as there are too many. */
  function shorten(context: Context, isTooMuch: () => boolean): void {
    const { lists } = context
    let emptied = 0
    while (emptied < lists.length && isTooMuch()) {
      const messages = JSON.parse(lists[emptied] as string) as Message[]
      let dropped = 0
      while (dropped < messages.length && isTooMuch()) {
        weigh(context, -JSON.stringify(messages[dropped++]).length - messageOverhead)
        context.count--
      }
      if (dropped < messages.length) lists[emptied] = JSON.stringify(messages.slice(dropped))
      else emptied++
    }
    lists.splice(0, emptied)
  }

  function trim(context: Context): void {
    // A quarter at a time, so that a long conversation is not moved by every message.
    if (context.count > maxMessages * 1.25) shorten(context, () => context.count > maxMessages)
    while (recency.first !== undefined && recency.first !== context && (recency.size > maxContexts || bytes > maxBytes))
      drop(recency.first)
    if (bytes > maxBytes) shorten(context, () => context.count > 1 && bytes > maxBytes)
  }

  function appendText(scope: Scope, contextId: string, list: string, count: number): void {
    const home = homeOf(scope)
    const known = home.contexts.get(contextId)
    const context = known ?? begin(home, contextId, [list])
    if (known !== undefined) {
      recency.touch(known)
      known.lists.push(list)
    }
    context.count += count
    // Brackets and commas of the list weigh nothing: they go one by one with the messages.
    weigh(context, list.length - 1 + count * (messageOverhead - 1))
    trim(context)
  }

  return {
    append(scope, contextId, messages) {
      if (messages.length > 0) appendText(scope, contextId, JSON.stringify(messages), messages.length)
    },
    appendText,
    read(scope, contextId, { limit = 100 } = {}) {
      const context = homes.get(scope)?.contexts.get(contextId)
      if (context === undefined || limit <= 0) return []
      recency.touch(context)
      const wanted = Math.min(limit, maxMessages)
      const found: Message[][] = []
      let count = 0
      for (let at = context.lists.length - 1; at >= 0 && count < wanted; at--) {
        const list = JSON.parse(context.lists[at] as string) as Message[]
        found.push(list)
        count += list.length
      }
      return found.reverse().flat().slice(-wanted)
    },
  }
}
