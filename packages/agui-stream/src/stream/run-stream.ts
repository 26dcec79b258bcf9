import {
  errorStatus,
  type Logger,
  PfError,
  type RunStreams,
  type StoredEvent,
  type TaskKey,
} from '@pf-agents/agent-core'
import type { SseHub, SseOwner, SseStream } from '@pf-agents/http-kit'
import type { RunEncoder } from '../encode/run-encoder'
import type { OutboundGuard } from '../guard/outbound-guard'
import type { WireEvent } from '../wire/event'
import { quote } from '../wire/encode-frame'
import { asLegacyInterrupts } from '../wire/legacy-interrupts'
import { downgrade, type PeerProfile } from '../wire/profile'
import { cursorAt } from './cursor'
import { writeFrames } from './frame'
import type { WaitingStream } from './waiting-stream'

/** A place in the events of a task. */
export type Subscription = ReturnType<RunStreams['subscribe']>

/** What a stream is about. */
export interface RunStreamTerms {
  readonly hub: SseHub
  readonly streams: RunStreams
  readonly logger: Logger
  readonly key: TaskKey
  readonly threadId: string
  readonly encoder: RunEncoder
  readonly guard: OutboundGuard
  readonly profile: PeerProfile
  /** Characters one frame may have. */
  readonly frameLimit: number
  /** The connection that waits for this run, where one does. */
  readonly waiting?: WaitingStream | undefined
  /** The stream is over; the run is, too, or goes on without this reader. */
  onOver(isRunOver: boolean): void
}

/**
 * One run as its client sees it: events of the task, told by the encoder, put right by the guard, in the form that this
 * client understands. It takes the next events when the ones before have gone out, so that nothing piles up for a slow
 * reader.
 */
export class RunStream implements SseOwner {
  /** The connection. */
  readonly body: SseStream
  readonly #terms: RunStreamTerms
  #subscription: Subscription | undefined
  #isLeft = false
  /** The text that was told last, by its id in the task and on the wire, and its frame up to the text. */
  #textId: string | undefined
  #textWireId = ''
  #textHead = ''
  /** Something could not be sent without which the client would know something wrong. */
  #hasFailed = false

  constructor(terms: RunStreamTerms) {
    this.#terms = terms
    this.body = terms.waiting?.handTo(this) ?? terms.hub.open(this)
  }

  /** Sends events of AG-UI. */
  send(events: readonly WireEvent[], cursor?: string): void {
    this.#write(
      events.flatMap((event) => this.#terms.guard.push(event)),
      cursor,
    )
  }

  /** Sends events that a guard has let out before. */
  writePlain(events: readonly WireEvent[]): void {
    this.#write(events)
    if (this.#hasFailed) this.end()
  }

  /** Sends the end of a run that is not under way, and ends the stream. */
  finishPlain(event: WireEvent): void {
    if (this.body.isOver) return
    this.#write([event])
    this.body.close()
    this.#leave()
  }

  /** Sends events of the task. */
  tell(events: readonly StoredEvent[]): void {
    const { encoder, guard, key } = this.#terms
    let text = ''
    try {
      for (let at = 0; at < events.length && !guard.isOver; at++) {
        const stored = events[at] as StoredEvent
        const cursor = cursorAt(key.taskId, stored.seq)
        const plain = stored.event.type === 'text-delta' ? this.#plainText(stored.event) : undefined
        if (plain === undefined) {
          const legal: WireEvent[] = []
          for (const event of encoder.encode(stored, events[at + 1]?.event)) legal.push(...guard.push(event))
          if (legal.length > 0) text += this.#frames(legal, cursor)
        } else text += `id: ${cursor}\n${plain}`
      }
    } catch (error) {
      if (text !== '') this.body.write(text)
      this.#fail(error)
      return
    }
    if (text !== '') this.body.write(text)
    if (guard.isOver || encoder.hasEnded) this.end()
  }

  /**
   * The frame of a text that goes on, where nothing has to be looked at: most of what most runs are made of, and nothing
   * but the text differs from one to the next.
   */
  #plainText({ messageId: given, delta }: Extract<StoredEvent['event'], { type: 'text-delta' }>): string | undefined {
    const { encoder, guard, frameLimit } = this.#terms
    if (this.#textId !== given) {
      const messageId = encoder.wireId(given)
      this.#textId = given
      this.#textWireId = messageId
      this.#textHead = `data: {"type":"TEXT_MESSAGE_CONTENT","messageId":${JSON.stringify(messageId)},"delta":`
    }
    if (delta === '' || typeof delta !== 'string' || delta.length > frameLimit / 8) return undefined
    return guard.isTextOpen(this.#textWireId) ? `${this.#textHead}${quote(delta)}}\n\n` : undefined
  }

  /** Follows the task from this event on, until its run is over. */
  follow(fromSeq: number): void {
    if (this.body.isOver || this.#terms.guard.isOver) return
    this.#subscription = this.#terms.streams.subscribe(this.#terms.key, fromSeq)
    this.#next()
  }

  /** Ends the stream: where nothing has ended the run, with an error. */
  end(error?: { message: string; code: string }): void {
    if (!this.body.isOver) {
      this.#finish(error)
      this.body.close()
    }
    this.#leave()
  }

  gone(): void {
    this.#leave()
  }

  stalled(): string {
    const events = this.#terms.guard.end({
      code: 'PF_STREAM_LAGGED',
      message: 'The stream was ended because its reader took nothing. Connect to the thread again to go on.',
    })
    return this.#frames(events)
  }

  #next(): void {
    this.#subscription?.next().then(this.#take, this.#fail)
  }

  readonly #take = (step: IteratorResult<readonly StoredEvent[], undefined>): void => {
    if (this.body.isOver) return
    if (step.done)
      return this.end({ code: 'PF_OVERLOADED', message: 'The server goes down. Connect to the thread again to go on.' })
    this.tell(step.value)
    if (this.body.isOver) return
    if (this.body.isBehind) void this.body.room().then(() => this.#next())
    else this.#next()
  }

  readonly #fail = (error: unknown): void => {
    if (this.body.isOver) return
    const { logger, key } = this.#terms
    logger.log('error', 'An AG-UI stream broke off.', { taskId: key.taskId, error: String(error) })
    const known = PfError.is(error) && errorStatus(error) !== 500
    this.end({
      code: PfError.is(error) ? error.code : 'PF_INTERNAL',
      message: known ? error.message : 'The stream broke off.',
    })
  }

  #finish(error?: { message: string; code: string }): void {
    const { guard, key, logger } = this.#terms
    let events: WireEvent[]
    try {
      events = guard.end(error)
    } catch (problem) {
      // In strict mode; the stream has its end all the same.
      logger.log('error', String(problem), { taskId: key.taskId })
      events = guard.end({ code: 'incomplete', message: 'The agent ended without saying how.' })
    }
    this.#write(events)
  }

  #write(events: readonly WireEvent[], cursor?: string): void {
    if (events.length > 0) this.body.write(this.#frames(events, cursor))
  }

  #frames(events: readonly WireEvent[], cursor?: string): string {
    const { profile, logger, key, frameLimit, guard } = this.#terms
    const told: WireEvent[] = []
    for (const event of profile.hasLegacyInterrupts ? events.flatMap(asLegacyInterrupts) : events) {
      const one = downgrade(event, profile, (what) =>
        logger.log('debug', 'An older AG-UI client could not be told everything.', { taskId: key.taskId, what }),
      )
      if (one !== undefined) told.push(one)
    }
    return writeFrames(told, {
      cursor,
      limit: frameLimit,
      onDropped: (type, why) => logger.log('warn', 'An AG-UI event was left out.', { taskId: key.taskId, type, why }),
      onFatal: (error) => {
        this.#hasFailed = true
        return guard.end(error)
      },
    })
  }

  #leave(): void {
    void this.#subscription?.return?.()
    this.#subscription = undefined
    if (this.#isLeft) return
    this.#isLeft = true
    this.#terms.onOver(this.#terms.encoder.hasEnded)
  }
}
