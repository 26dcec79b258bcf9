import type { WireEventOf } from '../wire/event'
import type { MessageKind } from './message-ids'
import { continued, type GuardScope, tagged } from './scope'

/** Text messages: opened once at a time, written to while open, closed by whoever opened them. */
export class TextRules {
  readonly #scope: GuardScope
  /** Open messages, the innermost last, each with the subagent it belongs to. */
  readonly #open = new Map<string, string | undefined>()
  /** Under which id the messages of an agent go that are open. */
  readonly #names = new Map<string, string>()

  constructor(scope: GuardScope) {
    this.#scope = scope
  }

  get isAnyOpen(): boolean {
    return this.#open.size > 0
  }

  /** Whether text can go on under this very id. */
  isPlainlyOpen(messageId: string): boolean {
    return this.#names.get(messageId) === messageId && this.#open.get(messageId) === undefined
  }

  start(event: WireEventOf<'TEXT_MESSAGE_START'>): void {
    const { ids, broken, ownerOf, emit } = this.#scope
    const given = event.messageId
    if (this.#names.has(given)) return broken('text-opened-twice', `The message ${given} is open already.`)
    const role = (event.role ?? 'assistant') as MessageKind
    const messageId = ids.claim(given, role, () =>
      broken('message-id-reused', `${given} is a message of another role.`),
    )
    let owner = ownerOf(event)
    if (ids.kind(messageId) !== undefined && ids.owner(messageId) !== owner) {
      // Who opened it first keeps it, also when it is opened again.
      if (owner !== undefined) broken('attribution', `The message ${given} belongs to somebody else.`)
      owner = ids.owner(messageId)
    }
    ids.note(messageId, role, owner)
    this.#open.set(messageId, owner)
    this.#names.set(given, messageId)
    emit(tagged(messageId === given ? event : { ...event, messageId }, owner))
  }

  content(event: WireEventOf<'TEXT_MESSAGE_CONTENT'>): void {
    const { broken, emit } = this.#scope
    // Older clients refuse an empty one, and it says nothing.
    if (event.delta === '') return
    if (!this.#names.has(event.messageId)) {
      broken('text-not-open', `The message ${event.messageId} was not opened.`)
      this.start({
        type: 'TEXT_MESSAGE_START',
        messageId: event.messageId,
        role: 'assistant',
        ...(event.subagentRunId !== undefined && { subagentRunId: event.subagentRunId }),
      })
      if (!this.#names.has(event.messageId)) return
    }
    const messageId = this.#names.get(event.messageId) as string
    emit(
      continued(
        this.#scope,
        messageId === event.messageId ? event : { ...event, messageId },
        this.#open.get(messageId),
      ),
    )
  }

  end(event: WireEventOf<'TEXT_MESSAGE_END'>): void {
    const { broken, emit } = this.#scope
    const messageId = this.#names.get(event.messageId)
    if (messageId === undefined) return broken('text-not-open', `The message ${event.messageId} is not open.`)
    const owner = this.#open.get(messageId)
    this.#open.delete(messageId)
    this.#names.delete(event.messageId)
    emit(continued(this.#scope, messageId === event.messageId ? event : { ...event, messageId }, owner))
  }

  /** Closes what is open, the innermost first; of one subagent, or all. */
  close(owner?: string): number {
    let count = 0
    for (const [given, messageId] of [...this.#names].reverse()) {
      if (owner !== undefined && this.#open.get(messageId) !== owner) continue
      this.end({ type: 'TEXT_MESSAGE_END', messageId: given })
      count++
    }
    return count
  }
}
