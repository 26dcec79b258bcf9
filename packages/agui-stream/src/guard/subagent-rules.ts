import type { WireEvent, WireEventOf } from '../wire/event'
import type { GuardRule } from './problem'

interface Terms {
  emit(event: WireEvent): void
  broken(rule: GuardRule, detail: string): void
  /** Closes everything that a subagent has open. */
  closeItems(subagentRunId: string): void
}

/** Subagents: announced once, closed after all that they began. */
export class SubagentRules {
  readonly #terms: Terms
  /** At work, the innermost last, each with the one it works for. */
  readonly #open = new Map<string, string | undefined>()
  readonly #used = new Set<string>()

  constructor(terms: Terms) {
    this.#terms = terms
  }

  ownerOf(event: { subagentRunId?: unknown }): string | undefined {
    const { subagentRunId } = event
    if (subagentRunId === undefined) return undefined
    if (typeof subagentRunId === 'string' && this.#open.has(subagentRunId)) return subagentRunId
    this.#terms.broken('attribution', `There is no subagent ${JSON.stringify(subagentRunId)} at work.`)
    return undefined
  }

  start(event: WireEventOf<'SUBAGENT_STARTED'>): void {
    const { emit, broken } = this.#terms
    const { subagentRunId, parentSubagentRunId, ...rest } = event
    if (this.#used.has(subagentRunId))
      return broken('subagent-id-reused', `There was a subagent ${subagentRunId} already.`)
    const hasParent = parentSubagentRunId !== undefined
    const knowsParent = hasParent && this.#used.has(parentSubagentRunId)
    if (hasParent && !knowsParent)
      broken('subagent-parent', `The subagent ${parentSubagentRunId} was not announced in this run.`)
    this.#used.add(subagentRunId)
    this.#open.set(subagentRunId, knowsParent ? parentSubagentRunId : undefined)
    emit({ ...rest, subagentRunId, ...(knowsParent && { parentSubagentRunId }) })
  }

  end(event: WireEventOf<'SUBAGENT_FINISHED'> | WireEventOf<'SUBAGENT_ERROR'>): void {
    const { emit, broken, closeItems } = this.#terms
    const { subagentRunId } = event
    if (!this.#open.has(subagentRunId))
      return broken('subagent-not-open', `The subagent ${subagentRunId} is not at work.`)
    for (const [child, parent] of [...this.#open].reverse()) {
      if (parent !== subagentRunId) continue
      broken('left-open', `The subagent ${child} was left at work.`)
      this.#giveUp(child)
    }
    closeItems(subagentRunId)
    this.#open.delete(subagentRunId)
    if (event.type === 'SUBAGENT_ERROR' && typeof event.message !== 'string') {
      broken('malformed', 'An error has a message.')
      return emit({ ...event, message: 'The subagent failed.' })
    }
    emit(event)
  }

  #giveUp(subagentRunId: string): void {
    this.end({ type: 'SUBAGENT_ERROR', subagentRunId, message: 'The subagent gave no end.', code: 'incomplete' })
  }

  /** Closes those that are at work, the innermost first. */
  close(interruptIds: (subagentRunId: string) => string[]): number {
    const left = [...this.#open.keys()].toReversed()
    for (const subagentRunId of left) {
      if (!this.#open.has(subagentRunId)) continue
      const waitsFor = interruptIds(subagentRunId)
      if (waitsFor.length === 0) this.#giveUp(subagentRunId)
      else
        this.end({
          type: 'SUBAGENT_FINISHED',
          subagentRunId,
          outcome: { type: 'suspended', interruptIds: waitsFor },
        })
    }
    return left.length
  }
}
