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
  type Message,
  type PendingCommit,
  type RunEvent,
  type TaskStatus,
} from '@pf-agents/agent-core'
import { addInterrupts } from '../interrupt/interrupt-extension'

/**
 * What a commit tells those who follow its task, as StreamResponses (A2A 1.0, 3.2.3): a task that is new as it began, then
 * every change of its status and artifacts. Text that is streamed is joined as far as the commit goes.
 */
export function updatesOf({ events, task, facts, isNew }: PendingCommit): WireStreamResponse[] {
  const updates = new Updates(task.id, task.contextId, facts.interrupts)
  if (isNew) updates.begin(events)
  for (const event of events) updates.add(event)
  return updates.list
}

/** Whether an event changes what followers are told. */
export function isUpdate({ type }: RunEvent): boolean {
  return type === 'status' || type === 'artifact' || type === 'text-delta' || type === 'text-end'
}

class Updates {
  readonly list: WireStreamResponse[] = []
  readonly #taskId: string
  readonly #contextId: string
  readonly #interrupts: readonly Interrupt[] | undefined
  /** Texts that begin in this commit and have no words yet. */
  readonly #fresh = new Set<string>()
  /** The update that further words of the same text join. */
  #text: { update: TaskArtifactUpdateEvent; words: string } | undefined

  constructor(taskId: string, contextId: string, interrupts: readonly Interrupt[] | undefined) {
    this.#taskId = taskId
    this.#contextId = contextId
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

  add(event: RunEvent): void {
    switch (event.type) {
      case 'status':
        return this.#status(event.status)
      case 'artifact': {
        const { artifact, append, lastChunk } = event
        return this.#artifact({
          ...this.#ids(),
          artifact,
          ...(append === true && { append }),
          ...(lastChunk === true && { lastChunk }),
        })
      }
      case 'text-start':
        this.#fresh.add(event.messageId)
        return
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

  #status(status: TaskStatus): void {
    this.#text = undefined
    const wire: WireTask = {
      id: this.#taskId,
      contextId: this.#contextId,
      status: encodeTaskStatus(status),
    }
    if (isInterrupted(status.state)) addInterrupts(wire, this.#interrupts)
    this.list.push({ statusUpdate: { ...this.#ids(), status: wire.status } })
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
    const isNew = this.#fresh.delete(artifactId)
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
    if (open?.update.artifact.artifactId === artifactId) open.update.lastChunk = true
    // A text without a word left no artifact behind.
    else if (!this.#fresh.delete(artifactId))
      this.#artifact({ ...this.#ids(), artifact: { artifactId, parts: [{ text: '' }] }, append: true, lastChunk: true })
    this.#text = undefined
  }
}
