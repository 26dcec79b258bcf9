import type { WireEvent } from '../wire/event'
import type { MessageIds } from './message-ids'
import type { GuardRule } from './problem'

/** What the rules of a guard share. */
export interface GuardScope {
  readonly ids: MessageIds
  /** Lets an event out. */
  emit(event: WireEvent): void
  /** A rule was broken: tells it, or throws in strict mode. */
  broken(rule: GuardRule, detail: string): void
  /** The subagent that an event belongs to, where it is one that is at work. */
  ownerOf(event: { subagentRunId?: unknown }): string | undefined
}

/** The same event, said to belong to this subagent, or to nobody. */
export function tagged<E extends object>(event: E, owner: string | undefined): E {
  if ((event as { subagentRunId?: unknown }).subagentRunId === owner) return event
  const { subagentRunId: _, ...rest } = event as E & { subagentRunId?: unknown }
  return (owner === undefined ? rest : { ...rest, subagentRunId: owner }) as E
}

/** An event that goes on with something, said to belong to whom that belongs to. */
export function continued<E extends object>(scope: GuardScope, event: E, owner: string | undefined): E {
  const { subagentRunId } = event as { subagentRunId?: unknown }
  if (subagentRunId === owner) return event
  if (subagentRunId !== undefined)
    scope.broken('attribution', 'It goes on with something that belongs to somebody else.')
  return tagged(event, owner)
}
