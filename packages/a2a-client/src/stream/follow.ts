import { A2AError, isA2AError, type StreamResponse } from '@pf-agents/a2a-protocol'
import { type Clock, isInterrupted, isTerminal, PfError, type Random, type Task } from '@pf-agents/agent-core'
import { backoffDelay, sleep } from '@pf-agents/http-kit'
import { mayRepeat, waitOf } from '../transport/retry-rules'
import type { NumberedEvent, StreamConnection } from './open-stream'
import type { ResubscribePolicy } from './options'
import { Repetition } from './repetition'

/** How one stream gets its connections. */
export interface Connections {
  /** The first one: sends the message, or subscribes. */
  first(): Promise<StreamConnection>
  /** Subscribes to the task, from behind the event with this id where the agent goes on by id. */
  again(taskId: string, after: string | undefined): Promise<StreamConnection>
  /** The task as it stands. */
  task(taskId: string): Promise<Task>
}

/** What {@link follow} goes by. */
export interface FollowTerms {
  policy: ResubscribePolicy | undefined
  clock: Clock
  random: Random
  signal: AbortSignal
}

/**
 * The events of a stream over all its connections: where one breaks before the task is over, the task is subscribed to
 * again, and what comes twice is left out. A message is never sent again.
 *
 * @param operation - a stream of SendStreamingMessage ends where the task waits for input, one of SubscribeToTask does not
 */
export async function* follow(
  operation: 'SendStreamingMessage' | 'SubscribeToTask',
  connections: Connections,
  terms: FollowTerms,
): AsyncGenerator<StreamResponse, void, undefined> {
  const place = new Place(operation === 'SendStreamingMessage')
  const again = new Resubscription(connections, terms, place)
  for (let connection = await connections.first(), isFirst = true; ; isFirst = false) {
    const events = connection.events()
    place.connected(connection)
    let next: Awaited<ReturnType<typeof readNext>>
    try {
      while (!(next = await readNext(events)).done) {
        if (!place.pass(next.value)) continue
        yield next.value.event
        // A subscription goes on where the stream it stands in for would have ended.
        if (!isFirst && place.waitsForSender) return
      }
    } finally {
      await events.return()
    }
    const isCut = 'cut' in next
    if (place.isOver(isCut)) {
      const last = isCut && place.mayMissTheEnd ? await again.last() : undefined
      if (last === undefined) return
      connection = last
      continue
    }
    const more = await again.take(next)
    if ('id' in more) {
      yield { task: more }
      return
    }
    connection = more
  }
}

type Ended = { done: true; cut?: unknown }

/** The next event; a connection that broke is told as an end with a cut, any other failure is thrown. */
async function readNext(
  events: AsyncGenerator<NumberedEvent, void, undefined>,
): Promise<Ended | { done: false; value: NumberedEvent }> {
  try {
    const next = await events.next()
    return next.done ? { done: true } : { done: false, value: next.value }
  } catch (error) {
    if (!isCut(error)) throw error
    return { done: true, cut: error }
  }
}

/** Whether a failure is one of the connection, or of an agent that asks to come back. */
function isCut(error: unknown): boolean {
  if (PfError.is(error, 'PF_HTTP_TIMEOUT')) return error.details?.phase !== 'total'
  if (PfError.is(error, 'PF_HTTP_FAILED')) return error.details?.failure !== 'other'
  return isA2AError(error) && error.retryable
}

/** Where a stream stands. */
class Place {
  taskId: string | undefined
  /** Number of the newest event, as long as every one had one. */
  #seq: number | undefined
  #id: string | undefined
  /** Attempts to subscribe since something new came. */
  attempts = 0
  /** What the agent asked to be waited for since then, ms. */
  askedMs = 0
  readonly #isSender: boolean
  #state: Task['status']['state'] | 'replied' | undefined
  #replays = false
  #isFirst = true
  readonly #repetition = new Repetition()
  #connections = 0

  constructor(isSender: boolean) {
    this.#isSender = isSender
  }

  /** Whether it is the sender's turn. */
  get waitsForSender(): boolean {
    return this.#isSender && this.#state === 'input-required'
  }

  /**
   * Whether nothing more is to come on a connection that ended. An agent may end a stream where its task waits for
   * somebody (§11.7), or keep it (§3.1.2).
   */
  isOver(isCut: boolean): boolean {
    const state = this.#state
    if (state === undefined) return false
    return state === 'replied' || isTerminal(state) || this.waitsForSender || (!isCut && isInterrupted(state))
  }

  /** A new connection begins. */
  connected({ replays }: StreamConnection): void {
    this.#replays = replays
    this.#isFirst = true
    this.#repetition.connected(this.#connections++ === 0)
  }

  /** Whether the agent may have told something behind the last event of the task, and can be asked for it. */
  get mayMissTheEnd(): boolean {
    const state = this.#state
    return this.after !== undefined && state !== undefined && state !== 'replied' && isTerminal(state)
  }

  /** Id of the event to go on behind, where the agent does that. */
  get after(): string | undefined {
    return this.#replays && this.#seq !== undefined ? this.#id : undefined
  }

  /** Takes note of an event; false where it came before. */
  pass({ event, seq, id }: NumberedEvent): boolean {
    const isFirst = this.#isFirst
    this.#isFirst = false
    if ('message' in event) {
      this.#state = 'replied'
      return true
    }
    if ('task' in event) {
      this.#check(event.task.id)
      this.#seq = seq
      this.#id = id
      this.#state = event.task.status.state
      // That a task is told anew is nothing new by itself.
      const isRepeated = this.#repetition.has(event)
      if (!isFirst && !isRepeated) this.#isNew()
      return true
    }
    const update = 'statusUpdate' in event ? event.statusUpdate : event.artifactUpdate
    this.#check(update.taskId)
    const known = this.#replays && seq !== undefined ? this.#seq : undefined
    if (seq !== undefined && known !== undefined && seq <= known) return false
    this.#seq = seq
    this.#id = id
    if (known !== undefined || !this.#repetition.has(event)) this.#isNew()
    if ('status' in update) this.#state = update.status.state
    return true
  }

  #isNew(): void {
    this.attempts = 0
    this.askedMs = 0
  }

  #check(taskId: string): void {
    if (this.taskId !== undefined && this.taskId !== taskId)
      throw new PfError('PF_REMOTE_RESPONSE', 'The agent sent an event of another task than the one of the stream.')
    this.taskId = taskId
  }
}

/** Takes a stream up again. */
class Resubscription {
  readonly #connections: Connections
  readonly #terms: FollowTerms
  readonly #place: Place

  constructor(connections: Connections, terms: FollowTerms, place: Place) {
    this.#connections = connections
    this.#terms = terms
    this.#place = place
  }

  /** A new connection, or the task where nothing more is to come. @throws why the stream can't be gone on with */
  async take({ cut }: Ended): Promise<StreamConnection | Task> {
    const { policy, clock, random, signal } = this.#terms
    const place = this.#place
    let failure: unknown = cut ?? endedEarly()
    for (;;) {
      const { taskId } = place
      if (taskId === undefined || policy === undefined || place.attempts >= policy.attempts) throw failure
      const { afterMs = 0 } = waitOf(failure)
      place.askedMs += afterMs
      if (place.askedMs > policy.maxRetryAfterMs) throw failure
      await sleep(afterMs + backoffDelay(place.attempts, policy, random.fraction()), { signal, clock })
      place.attempts++
      try {
        return await this.#connections.again(taskId, place.after)
      } catch (error) {
        // It is over, or the agent has no subscriptions: how the task stands decides.
        if (isA2AError(error, 'UnsupportedOperationError')) return this.#ended(taskId, failure)
        if (!isCut(error) && !mayRepeat(error, true)) throw error
        failure = error
      }
    }
  }

  /**
   * A connection that broke behind the last event of a task: there may have been something behind it. `undefined` where
   * there was nothing, or the agent does not say.
   */
  async last(): Promise<StreamConnection | undefined> {
    const { policy, clock, random, signal } = this.#terms
    const place = this.#place
    while (place.taskId !== undefined && policy !== undefined && place.attempts < policy.attempts) {
      await sleep(backoffDelay(place.attempts, policy, random.fraction()), { signal, clock })
      place.attempts++
      try {
        return await this.#connections.again(place.taskId, place.after)
      } catch (error) {
        if (!isCut(error) && !mayRepeat(error, true)) return undefined
      }
    }
    return undefined
  }

  async #ended(taskId: string, failure: unknown): Promise<Task> {
    const task = await this.#connections.task(taskId)
    if (!isTerminal(task.status.state) && !isInterrupted(task.status.state)) throw failure
    return task
  }
}

function endedEarly(): A2AError {
  return new A2AError('InvalidAgentResponseError', {
    message: 'The agent ended the stream before the task was over.',
    remote: { details: [] },
  })
}
