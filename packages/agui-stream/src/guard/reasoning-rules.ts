import type { WireEventOf } from '../wire/event'
import { continued, type GuardScope, tagged } from './scope'

interface OpenMessage {
  readonly messageId: string
  readonly owner: string | undefined
  /** The span it stands in. */
  readonly span: string
}

/** Reasoning: messages stand in spans; a span ends after its messages. */
export class ReasoningRules {
  readonly #scope: GuardScope
  readonly #spans = new Map<string, string | undefined>()
  /** Whose a span or a message is: clients ask for the same one again, of both that have one id. */
  readonly #owners = new Map<string, string | undefined>()
  /** Open messages by the id that the agent gave. */
  readonly #messages = new Map<string, OpenMessage>()

  constructor(scope: GuardScope) {
    this.#scope = scope
  }

  get isAnyOpen(): boolean {
    return this.#spans.size > 0
  }

  start(event: WireEventOf<'REASONING_START'>): void {
    const { broken, emit } = this.#scope
    if (this.#spans.has(event.messageId))
      return broken('reasoning-opened-twice', `The reasoning ${event.messageId} is open already.`)
    const owner = this.#ownerOf(event.messageId, event)
    this.#spans.set(event.messageId, owner)
    emit(tagged(event, owner))
  }

  #ownerOf(id: string, event: { subagentRunId?: unknown }): string | undefined {
    const owner = this.#owners.get(id)
    if (owner === undefined && !this.#owners.has(id)) {
      const first = this.#scope.ownerOf(event)
      this.#owners.set(id, first)
      return first
    }
    continued(this.#scope, event, owner)
    return owner
  }

  end(event: WireEventOf<'REASONING_END'>): void {
    const { broken, emit } = this.#scope
    if (!this.#spans.has(event.messageId))
      return broken('reasoning-not-open', `The reasoning ${event.messageId} is not open.`)
    const left = this.#messages.size === 0 ? [] : [...this.#messages].reverse()
    for (const [given, { span }] of left) {
      if (span !== event.messageId) continue
      broken('left-open', `The reasoning message ${given} was left open.`)
      this.messageEnd({ type: 'REASONING_MESSAGE_END', messageId: given })
    }
    const owner = this.#spans.get(event.messageId)
    this.#spans.delete(event.messageId)
    emit(continued(this.#scope, event, owner))
  }

  messageStart(event: WireEventOf<'REASONING_MESSAGE_START'>): void {
    const { ids, broken, emit } = this.#scope
    const given = event.messageId
    if (this.#messages.has(given))
      return broken('reasoning-opened-twice', `The reasoning message ${given} is open already.`)
    const messageId = ids.claim(given, 'reasoning', () =>
      broken('message-id-reused', `${given} is a message of another role.`),
    )
    const owner = ids.kind(messageId) === undefined ? this.#ownerOf(messageId, event) : ids.owner(messageId)
    let span: string | undefined
    for (const [one, of] of this.#spans) if (of === owner) span = one
    if (span === undefined) {
      broken('reasoning-not-open', `The reasoning message ${given} stands in no reasoning.`)
      span = given
      this.start({ type: 'REASONING_START', messageId: given, ...(owner !== undefined && { subagentRunId: owner }) })
    }
    ids.note(messageId, 'reasoning', owner)
    this.#messages.set(given, { messageId, owner, span })
    emit(
      tagged(
        event.role === 'reasoning' ? named(event, messageId) : { ...event, messageId, role: 'reasoning' as const },
        owner,
      ),
    )
  }

  messageContent(event: WireEventOf<'REASONING_MESSAGE_CONTENT'>): void {
    const { broken, emit } = this.#scope
    if (event.delta === '') return
    if (!this.#messages.has(event.messageId)) {
      broken('reasoning-not-open', `The reasoning message ${event.messageId} was not opened.`)
      this.messageStart({
        type: 'REASONING_MESSAGE_START',
        messageId: event.messageId,
        role: 'reasoning',
        ...(event.subagentRunId !== undefined && { subagentRunId: event.subagentRunId }),
      })
    }
    const open = this.#messages.get(event.messageId)
    if (open !== undefined) emit(continued(this.#scope, named(event, open.messageId), open.owner))
  }

  messageEnd(event: WireEventOf<'REASONING_MESSAGE_END'>): void {
    const { broken, emit } = this.#scope
    const open = this.#messages.get(event.messageId)
    if (open === undefined) return broken('reasoning-not-open', `The reasoning message ${event.messageId} is not open.`)
    this.#messages.delete(event.messageId)
    emit(continued(this.#scope, named(event, open.messageId), open.owner))
  }

  /** Closes what is open, messages before their spans; of one subagent, or all. */
  close(owner?: string): number {
    let count = 0
    const isMeant = (one: string | undefined): boolean => owner === undefined || one === owner
    for (const [given, open] of [...this.#messages].reverse()) {
      if (!isMeant(open.owner)) continue
      this.messageEnd({ type: 'REASONING_MESSAGE_END', messageId: given })
      count++
    }
    for (const [messageId, of] of [...this.#spans].reverse()) {
      if (!isMeant(of)) continue
      this.end({ type: 'REASONING_END', messageId })
      count++
    }
    return count
  }
}

/** The event under this id. */
function named<E extends { messageId: string }>(event: E, messageId: string): E {
  return event.messageId === messageId ? event : { ...event, messageId }
}
