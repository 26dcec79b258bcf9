import type { Message } from '../model/message'
import type { Conversation } from '../port/conversation'
import type { Scope } from '../port/scope'
import { ScopeMap } from './scope-map'
import { SlotList } from './slot-list'

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

/** The contexts of one principal: which slot each has. */
interface Home {
  readonly scope: Scope
  readonly slots: Map<string, number>
}

/**
 * Lists of messages as they came together, each as JSON text: one flat object that the garbage collector passes over, and
 * nobody can change it. Most contexts are one exchange, hence one text.
 */
type Lists = string | string[]

function listOf(lists: Lists): string[] {
  return typeof lists === 'string' ? [lists] : lists
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
  // A context is a row of these columns, not an object: new ones push old ones out all the time, and each object that
  // lives that long is copied, marked and swept.
  const homeAt: (Home | undefined)[] = []
  const idAt: string[] = []
  const listsAt: Lists[] = []
  const countAt: number[] = []
  const bytesAt: number[] = []
  const free: number[] = []
  const recency = new SlotList()
  let bytes = 0

  function homeOf(scope: Scope): Home {
    const known = homes.get(scope)
    if (known !== undefined) return known
    const own: Scope = { tenant: scope.tenant, principalId: scope.principalId }
    const home: Home = { scope: own, slots: new Map() }
    homes.set(own, home)
    return home
  }

  function slotOf(scope: Scope, contextId: string): number | undefined {
    return homes.get(scope)?.slots.get(contextId)
  }

  function begin(scope: Scope, contextId: string, list: string): number {
    // First, as the home may go with its last context.
    if (recency.size >= maxContexts && recency.first >= 0) drop(recency.first)
    const home = homeOf(scope)
    const slot = free.pop() ?? homeAt.length
    homeAt[slot] = home
    idAt[slot] = contextId
    listsAt[slot] = list
    countAt[slot] = bytesAt[slot] = 0
    home.slots.set(contextId, slot)
    recency.add(slot)
    weigh(slot, contextOverhead + contextId.length)
    return slot
  }

  function drop(slot: number): void {
    const home = homeAt[slot] as Home
    recency.remove(slot)
    bytes -= bytesAt[slot] as number
    if (home.slots.delete(idAt[slot] as string) && home.slots.size === 0) homes.delete(home.scope)
    homeAt[slot] = undefined
    idAt[slot] = listsAt[slot] = ''
    free.push(slot)
  }

  function weigh(slot: number, change: number): void {
    bytesAt[slot] = (bytesAt[slot] as number) + change
    bytes += change
  }

  /** Takes the oldest messages out, one by one, as long as there are too many. */
  function shorten(slot: number, isTooMuch: (count: number) => boolean): void {
    const lists = listOf(listsAt[slot] as Lists)
    let count = countAt[slot] as number
    let emptied = 0
    while (emptied < lists.length && isTooMuch(count)) {
      const messages = JSON.parse(lists[emptied] as string) as Message[]
      let dropped = 0
      while (dropped < messages.length && isTooMuch(count)) {
        weigh(slot, -JSON.stringify(messages[dropped++]).length - messageOverhead)
        count--
      }
      if (dropped < messages.length) lists[emptied] = JSON.stringify(messages.slice(dropped))
      else emptied++
    }
    lists.splice(0, emptied)
    listsAt[slot] = lists
    countAt[slot] = count
  }

  function trim(slot: number): void {
    // A quarter at a time, so that a long conversation is not moved by every message.
    if ((countAt[slot] as number) > maxMessages * 1.25) shorten(slot, (count) => count > maxMessages)
    while (bytes > maxBytes && recency.first !== slot) drop(recency.first)
    if (bytes > maxBytes) shorten(slot, (count) => count > 1 && bytes > maxBytes)
  }

  function appendText(scope: Scope, contextId: string, list: string, count: number): void {
    const known = slotOf(scope, contextId)
    const slot = known ?? begin(scope, contextId, list)
    if (known !== undefined) {
      recency.touch(known)
      const lists = listsAt[known] as Lists
      if (typeof lists === 'string') listsAt[known] = [lists, list]
      else lists.push(list)
    }
    countAt[slot] = (countAt[slot] as number) + count
    // Brackets and commas of the list weigh nothing: they go one by one with the messages.
    weigh(slot, list.length - 1 + count * (messageOverhead - 1))
    trim(slot)
  }

  return {
    append(scope, contextId, messages) {
      if (messages.length > 0) appendText(scope, contextId, JSON.stringify(messages), messages.length)
    },
    appendText,
    read(scope, contextId, { limit = 100 } = {}) {
      const slot = slotOf(scope, contextId)
      if (slot === undefined || limit <= 0) return []
      recency.touch(slot)
      const lists = listOf(listsAt[slot] as Lists)
      const wanted = Math.min(limit, maxMessages)
      const found: Message[][] = []
      let count = 0
      for (let at = lists.length - 1; at >= 0 && count < wanted; at--) {
        const list = JSON.parse(lists[at] as string) as Message[]
        found.push(list)
        count += list.length
      }
      return found.reverse().flat().slice(-wanted)
    },
  }
}
