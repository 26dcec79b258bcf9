import {
  encodeMessage,
  encodeTaskStatus,
  type TaskArtifactUpdateEvent,
  type WireStreamResponse,
  type WireTask,
} from '@pf-agents/a2a-protocol'
import {
  type Interrupt,
  isInterrupted,
  type JsonObject,
  type Message,
  type PendingCommit,
  type RunEvent,
  type Task,
  type TaskStatus,
} from '@pf-agents/agent-core'
import { addInterrupts } from '../interrupt/interrupt-extension'

/**
 * What a commit tells those who follow its task, as StreamResponses (A2A 1.0, 3.2.3): a task that is new as it began, then
 * every change of its status and artifacts. Text that is streamed is joined as far as the commit goes.
 */
export function updatesOf({ events, task, facts, isNew }: PendingCommit): WireStreamResponse[] {
  // Only a run that is at work says anything before it says how it stands.
  const told: TaskStatus = events.some(({ type }) => type === 'status')
    ? { state: 'working', timestamp: '' }
    : task.status
  const updates = new Updates(task, told, facts.interrupts, newTexts(events, task))
  if (isNew) updates.begin(events)
  events.forEach((event, index) => updates.add(event, events[index + 1]))
  return updates.list
}

/** Ids of the texts that begin with these events: what the task has of them was said by these events alone. */
function newTexts(events: readonly RunEvent[], { artifacts }: Task): Set<string> {
  const lengths = new Map<string, number>()
  for (const event of events) {
    if (event.type === 'text-start') lengths.set(event.messageId, 0)
    else if (event.type === 'text-delta') {
      const before = lengths.get(event.messageId)
      if (before !== undefined) lengths.set(event.messageId, before + event.delta.length)
    }
  }
  const texts = new Set<string>()
  for (const [id, length] of lengths) {
    const artifact = artifacts.findLast(({ artifactId }) => artifactId === id)
    if (artifact === undefined || artifact.parts.length !== 1 || Object.keys(artifact).length !== 2) continue
    if (artifact.parts[0]?.text?.length === length) texts.add(id)
  }
  return texts
}

const updateTypes: ReadonlySet<RunEvent['type']> = new Set(['status', 'message', 'metadata', 'artifact', 'text-delta'])

/** Whether an event may change what followers are told. */
export function isUpdate({ type }: RunEvent): boolean {
  return updateTypes.has(type)
}

class Updates {
  readonly list: WireStreamResponse[] = []
  readonly #taskId: string
  readonly #contextId: string
  readonly #interrupts: readonly Interrupt[] | undefined
  /** Texts that begin in this commit and have no words yet. */
  readonly #newTexts: Set<string>
  /** The update that further words of the same text join. */
  #text: { update: TaskArtifactUpdateEvent; words: string } | undefined

  /** The status as it was told last. */
  #told: TaskStatus

  constructor(task: Task, told: TaskStatus, interrupts: readonly Interrupt[] | undefined, texts: Set<string>) {
    this.#taskId = task.id
    this.#contextId = task.contextId
    this.#newTexts = texts
    this.#told = told
    this.#interrupts = interrupts
  }

  /** The task as it was before its first status event. */
  begin(events: readonly RunEvent[]): void {
    const history: Message[] = []
    let timestamp: string | undefined
    for (const event of events) {
      if (event.type === 'message' && timestamp === undefined) history.push(event.message)
      else if (event.type === 'status') timestamp ??= event.status.timestamp
    }
    const task: WireTask = {
      id: this.#taskId,
      contextId: this.#contextId,
      status: { state: 'TASK_STATE_SUBMITTED', ...(timestamp && { timestamp }) },
    }
    if (history.length > 0) task.history = history.map(encodeMessage)
    this.list.push({ task })
  }

  add(event: RunEvent, next: RunEvent | undefined): void {
    switch (event.type) {
      case 'status':
        return this.#status(event.status)
      case 'message':
        return this.#message(event.message, next)
      case 'metadata':
        return this.#status(this.#told, event.metadata)
      case 'artifact': {
        const { artifact, append, lastChunk } = event
        return this.#artifact({
          ...this.#ids(),
          artifact,
          ...(append === true && { append }),
          ...(lastChunk === true && { lastChunk }),
        })
      }
      case 'text-delta':
        return this.#words(event.messageId, event.delta)
      case 'text-end':
        return this.#textEnd(event.messageId)
      default:
    }
  }

  #ids() {
    return { taskId: this.#taskId, contextId: this.#contextId }
  }

  /** What the agent says between is told with the status as it stands; what comes with a status is told by that. */
  #message(message: Message, next: RunEvent | undefined): void {
    if (message.role !== 'agent') return
    if (next?.type === 'status' && next.status.message?.messageId === message.messageId) return
    this.#status({ ...this.#told, message })
  }

  #status(status: TaskStatus, metadata?: JsonObject): void {
    this.#text = undefined
    this.#told = status
    const wire: WireTask = {
      id: this.#taskId,
      contextId: this.#contextId,
      status: encodeTaskStatus(status),
    }
    if (isInterrupted(status.state)) addInterrupts(wire, this.#interrupts)
    this.list.push({ statusUpdate: { ...this.#ids(), status: wire.status, ...(metadata && { metadata }) } })
  }

  #artifact(update: TaskArtifactUpdateEvent): void {
    this.#text = undefined
    this.list.push({ artifactUpdate: update })
  }

  #words(artifactId: string, delta: string): void {
    const open = this.#text
    if (open?.update.artifact.artifactId === artifactId) {
      open.words += delta
      open.update.artifact.parts = [{ text: open.words }]
      return
    }
    const isNew = this.#newTexts.delete(artifactId)
    const update: TaskArtifactUpdateEvent = {
      ...this.#ids(),
      artifact: { artifactId, parts: [{ text: delta }] },
      ...(!isNew && { append: true }),
    }
    this.#artifact(update)
    this.#text = { update, words: delta }
  }

  #textEnd(artifactId: string): void {
    const open = this.#text
    // Where its words were told before, nothing is left to tell: an update needs a part.
    if (open?.update.artifact.artifactId === artifactId) open.update.lastChunk = true
    this.#text = undefined
  }
}
