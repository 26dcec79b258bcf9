import {
  encodeTaskStatus,
  type TaskArtifactUpdateEvent,
  type WireStreamResponse,
  type WireTask,
} from '@pf-agents/a2a-protocol'
import {
  type ArtifactEvent,
  type Interrupt,
  isInterrupted,
  isTerminal,
  type Message,
  type RunEvent,
  type StoredEvent,
  type TaskStatus,
} from '@pf-agents/agent-core'
import { addInterrupts } from '../interrupt/interrupt-extension'
import type { Framing } from './framing'

/** Changes what goes onto the wire: the extensions that a request turned on. */
export type Outgoing = (event: WireStreamResponse) => WireStreamResponse

/** What a stream begins with. */
export interface EncoderStart {
  taskId: string
  contextId: string
  framing: Framing
  outgoing: Outgoing | undefined
  /** SendStreamingMessage ends where the task waits for input, SubscribeToTask does not. */
  endsAtInput: boolean
  /** The status that the stream was told last. */
  status: TaskStatus
  /** The newest message of the history that it was told. */
  saidId: string | undefined
  /** Ids of the artifacts it was told. */
  artifactIds: readonly string[]
  interrupts: readonly Interrupt[] | undefined
  /** Something happened before that updates could not tell. */
  hasUnsaid: boolean
}

/**
 * Writes the events of a task as the frames of one stream, each once, from what the event itself says: the task is never
 * looked at. Who folds the frames has the task as it is stored, but for what updates of A2A can not tell; that is noted,
 * and the task itself is the last event then.
 */
export class EventEncoder {
  /** The last event encoded ends the stream. */
  hasEnded = false
  /** Number of the last event encoded. */
  seq = 0
  readonly #start: EncoderStart
  /** The status as it was told last, with the message that was told with it. */
  #told: TaskStatus
  #saidId: string | undefined
  /** Made when it is needed: most streams wait for long before anything comes. */
  #artifactIds: Set<string> | undefined
  #interrupts: readonly Interrupt[] | undefined
  #hasUnsaid: boolean
  /** Id of the artifact that text was last told of, and the frame up to its text. */
  #textId: string | undefined
  #textHead = ''

  constructor(start: EncoderStart) {
    this.#start = start
    this.#told = start.status
    this.#saidId = start.saidId
    this.#interrupts = start.interrupts
    this.#hasUnsaid = start.hasUnsaid
  }

  get #known(): Set<string> {
    return (this.#artifactIds ??= new Set(this.#start.artifactIds))
  }

  /** Whether whoever folds the frames would miss something without the task itself. */
  get hasUnsaid(): boolean {
    return this.#hasUnsaid
  }

  /** The frames of some events, up to the one that ends the stream. */
  encode(events: readonly StoredEvent[]): string {
    let text = ''
    for (let at = 0; at < events.length && !this.hasEnded; at++) {
      const { seq, event } = events[at] as StoredEvent
      this.seq = seq
      // What the status behind it says itself is told once.
      text += event.type === 'message' ? this.#message(event.message, events[at + 1]?.event) : this.#event(event)
    }
    return text
  }

  /** The frame of the task itself. */
  snapshot(task: WireTask, seq: number): string {
    this.seq = seq
    this.#hasUnsaid = false
    return this.#frame({ task })
  }

  #event(event: Exclude<RunEvent, { type: 'message' }>): string {
    switch (event.type) {
      case 'text-delta':
        return this.#textDelta(event.messageId, event.delta)
      case 'artifact':
        return this.#artifact(event)
      case 'status':
        return this.#status(event.status)
      case 'metadata':
        return this.#update(this.#told, event.metadata)
      case 'interrupt-start':
        this.#interrupts = [...(this.#interrupts?.filter(({ id }) => id !== event.interrupt.id) ?? []), event.interrupt]
        return ''
      case 'interrupt-end':
        this.#interrupts = this.#interrupts?.filter(({ id }) => id !== event.interruptId)
        return ''
      default:
        return ''
    }
  }

  #status(status: TaskStatus): string {
    const { message } = status
    if (
      message !== undefined &&
      message.messageId !== this.#saidId &&
      message.messageId !== this.#told.message?.messageId
    )
      // Whoever folds puts it into the history, and it is not in there.
      this.#hasUnsaid = true
    const { state } = status
    this.hasEnded = isTerminal(state) || (state === 'input-required' && this.#start.endsAtInput)
    return this.#update(status)
  }

  /** A message of the history: what the agent says between is told with the status as it stands. */
  #message(message: Message, next: RunEvent | undefined): string {
    const isAgain = message.messageId === this.#saidId || message.messageId === this.#told.message?.messageId
    if (message.role !== 'agent' || isAgain) {
      this.#hasUnsaid = true
      this.#saidId = message.messageId
      return ''
    }
    this.#saidId = message.messageId
    if (next?.type === 'status' && next.status.message?.messageId === message.messageId) return ''
    return this.#update({ ...this.#told, message })
  }

  #update(status: TaskStatus, metadata?: WireTask['metadata']): string {
    const { taskId, contextId } = this.#start
    this.#told = status
    const wire: WireTask = { id: taskId, contextId, status: encodeTaskStatus(status) }
    if (isInterrupted(status.state)) {
      addInterrupts(wire, this.#interrupts)
      // Questions that no message of the task asks are asked by one that is in no history.
      if (status.message === undefined && wire.status.message !== undefined) this.#hasUnsaid = true
    }
    return this.#frame({ statusUpdate: { taskId, contextId, status: wire.status, ...(metadata && { metadata }) } })
  }

  #artifact({ artifact, append, lastChunk }: ArtifactEvent): string {
    const { taskId, contextId } = this.#start
    if (artifact.parts.length === 0) {
      // A2A has no artifact without a part (5.7).
      this.#hasUnsaid = true
      return ''
    }
    this.#known.add(artifact.artifactId)
    const update: TaskArtifactUpdateEvent = { taskId, contextId, artifact }
    if (append === true) update.append = true
    if (lastChunk === true) update.lastChunk = true
    return this.#frame({ artifactUpdate: update })
  }

  #textDelta(artifactId: string, delta: string): string {
    const { taskId, contextId, outgoing, framing } = this.#start
    const append = this.#known.has(artifactId)
    if (!append || outgoing !== undefined || framing.shape !== undefined) {
      this.#known.add(artifactId)
      const artifact = { artifactId, parts: [{ text: delta }] }
      return this.#frame({ artifactUpdate: { taskId, contextId, artifact, ...(append && { append }) } })
    }
    // Most of what most streams are made of: nothing but the text differs from one to the next.
    if (this.#textId !== artifactId) {
      this.#textId = artifactId
      const ids = JSON.stringify({ taskId, contextId, artifact: { artifactId } })
      this.#textHead = `\n${framing.before}{"artifactUpdate":${ids.slice(0, -2)},"parts":[{"text":`
    }
    return `id: ${this.#id()}${this.#textHead}${JSON.stringify(delta)}}]},"append":true}}${framing.after}`
  }

  #frame(event: WireStreamResponse): string {
    const { framing, outgoing } = this.#start
    const out = outgoing === undefined ? event : outgoing(event)
    const json = JSON.stringify(framing.shape === undefined ? out : framing.shape(out))
    return `id: ${this.#id()}\n${framing.before}${json}${framing.after}`
  }

  /**
   * The event's number. Behind it, for whoever goes on from here, how many artifacts the task had by then, where it had
   * any, and a `+` where the task itself has to be told at the end.
   */
  #id(): string {
    const artifacts = this.#artifactIds?.size ?? this.#start.artifactIds.length
    return `${this.seq}${artifacts > 0 ? `.${artifacts}` : ''}${this.#hasUnsaid ? '+' : ''}`
  }
}
