import {
  type Interrupt,
  type JsonValue,
  type Message,
  PfError,
  type RunStore,
  type StoredEvent,
  type TaskKey,
} from '@pf-agents/agent-core'
import { contentPart } from '../encode/parts'
import { RunEncoder } from '../encode/run-encoder'
import { createOutboundGuard, type OutboundGuard } from '../guard/outbound-guard'
import type { WireEventOf, WireMessage } from '../wire/event'
import { Transcript } from './transcript'

/** What a task is replayed for. */
export interface ReplayTerms {
  readonly store: RunStore
  readonly key: TaskKey
  /** Ids that the run of the reader goes by. */
  readonly threadId: string
  readonly runId: string
  readonly hasReasoning: boolean
  /** Up to which event. Default all. */
  readonly untilSeq?: number
}

/** A task as a client holds it that read all of its events, with what goes on telling it. */
export interface Replay {
  readonly transcript: Transcript
  readonly encoder: RunEncoder
  readonly guard: OutboundGuard
  /** The shared state by then; `undefined` where the task had none. */
  readonly state: JsonValue | undefined
  /** How its last run ended; `undefined` while one is under way. */
  readonly end: WireEventOf<'RUN_FINISHED'> | WireEventOf<'RUN_ERROR'> | undefined
  /** Number of the last event. */
  readonly seq: number
  /** Ids of the messages that its events tell, as the agent and its callers gave them. */
  readonly messageIds: ReadonlySet<string>
}

/**
 * Reads a task's events again, as they were told. `undefined` where the store does not have them any more.
 * @throws PfError PF_STREAM_LAGGED where it lost some while they were read
 */
export async function replayTask(terms: ReplayTerms): Promise<Replay | undefined> {
  const { store, key, untilSeq = Number.MAX_SAFE_INTEGER } = terms
  const replayer = new Replayer(terms)
  for (let from = 1; from <= untilSeq;) {
    const events = await store.read(key, from)
    if (events === undefined) {
      if (from === 1) return undefined
      throw new PfError(
        'PF_STREAM_LAGGED',
        'The store no longer has the events that come next for this subscriber. Load the task, then subscribe again.',
      )
    }
    if (events.length === 0) break
    const meant = events.filter(({ seq }) => seq <= untilSeq)
    // A message is told together with what follows it: the last one waits for the next page.
    const isCut = meant.length === events.length && meant.length > 1 && meant.at(-1)?.event.type === 'message'
    const told = isCut ? meant.slice(0, -1) : meant
    replayer.tell(told)
    from = (told.at(-1)?.seq ?? untilSeq) + 1
  }
  return replayer
}

class Replayer implements Replay {
  transcript = new Transcript()
  encoder: RunEncoder
  guard: OutboundGuard
  end: Replay['end']
  seq = 0
  readonly messageIds = new Set<string>()
  readonly #terms: ReplayTerms
  #hasState = false

  constructor(terms: ReplayTerms) {
    this.#terms = terms
    ;[this.encoder, this.guard] = this.#sides(undefined)
  }

  get state(): JsonValue | undefined {
    return this.#hasState ? this.guard.state : undefined
  }

  tell(events: readonly StoredEvent[]): void {
    events.forEach((stored, index) => {
      this.seq = stored.seq
      if (this.encoder.hasEnded) this.#nextRun()
      const { event } = stored
      if (event.type === 'state-snapshot' || event.type === 'state-delta') this.#hasState = true
      if (event.type === 'message') this.messageIds.add(event.message.messageId)
      if (event.type === 'message' && event.message.role === 'user') return this.#said(event.message)
      for (const one of this.encoder.encode(stored, events[index + 1]?.event)) {
        for (const legal of this.guard.push(one)) {
          if (legal.type === 'RUN_FINISHED' || legal.type === 'RUN_ERROR') this.end = legal
          this.transcript.apply(legal)
        }
      }
    })
  }

  /** The task went on after it had waited. */
  #nextRun(): void {
    const messages = this.transcript.messages
    const { state } = this.guard
    ;[this.encoder, this.guard] = this.#sides(this.encoder.interrupts, messages, state)
    this.transcript = new Transcript(messages)
    this.end = undefined
  }

  #sides(
    interrupts: readonly Interrupt[] | undefined,
    messages: readonly WireMessage[] = [],
    state: JsonValue = {},
  ): [RunEncoder, OutboundGuard] {
    const { threadId, runId, key, hasReasoning } = this.#terms
    const encoder = new RunEncoder({ threadId, runId, taskId: key.taskId, interrupts, hasReasoning })
    const guard = createOutboundGuard({ threadId, runId, messages, state })
    guard.push({ type: 'RUN_STARTED', threadId, runId })
    return [encoder, guard]
  }

  #said(message: Message): void {
    this.transcript.add(userMessage(message))
  }
}

/** What a user said, as a client holds it. */
export function userMessage({ messageId, parts }: Message): WireMessage {
  const isPlain = parts.every((part) => part.text !== undefined)
  const content = isPlain ? parts.map(({ text }) => text).join('') : parts.map(contentPart)
  return { id: messageId, role: 'user', content }
}
