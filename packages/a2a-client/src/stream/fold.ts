import { interruptExtensionUri, type SendMessageResponse, type StreamResponse } from '@pf-agents/a2a-protocol'
import { applyEvent, type Message, type RunEvent, snapshotTask, type Task } from '@pf-agents/agent-core'

/** Puts a task together from the events of a stream. */
export interface TaskFold {
  /** The task as far as it was told; grows with each event. Read only. */
  readonly task: Task | undefined
  /** The direct reply, where the agent made no task. */
  readonly message: Message | undefined
  /** Takes the next event. O(1) in the size of the task. */
  add(event: StreamResponse): void
}

/**
 * Makes a fold: a snapshot takes the place of whatever was there, updates join it by agent-core's reducer. What a
 * status says joins the history too, once, as the agents of all SDKs have it.
 *
 * @example
 * ```ts
 * const fold = createTaskFold()
 * for await (const event of events) fold.add(event)
 * console.log(fold.task?.artifacts)
 * ```
 */
export function createTaskFold(): TaskFold {
  let task: Task | undefined
  let message: Message | undefined
  return {
    get task() {
      return task
    },
    get message() {
      return message
    },
    add(event) {
      if ('message' in event) message = event.message
      else if ('task' in event) task = snapshotTask(event.task)
      else {
        task ??= begunBy(event)
        for (const one of toRunEvents(event, task)) applyEvent(task, one)
      }
    },
  }
}

/**
 * Reads a stream to its end and gives what SendMessage would have given.
 *
 * @returns `undefined` where the stream had no event
 */
export async function foldStream(events: AsyncIterable<StreamResponse>): Promise<SendMessageResponse | undefined> {
  const fold = createTaskFold()
  for await (const event of events) fold.add(event)
  return outcomeOf(fold)
}

/** What a fold came to. */
export function outcomeOf({ task, message }: Pick<TaskFold, 'task' | 'message'>): SendMessageResponse | undefined {
  if (task !== undefined) return { task }
  return message && { message }
}

/**
 * What an update of a stream means in agent-core's vocabulary. Snapshots and direct messages mean no event.
 *
 * @param task - the task before the update, which tells whether a message is in its history already
 */
export function toRunEvents(event: StreamResponse, task: Task | undefined): RunEvent[] {
  if ('artifactUpdate' in event) {
    const { artifact, append, lastChunk } = event.artifactUpdate
    return [{ type: 'artifact', artifact, ...(append && { append }), ...(lastChunk && { lastChunk }) }]
  }
  if (!('statusUpdate' in event)) return []
  const { status, metadata } = event.statusUpdate
  const events: RunEvent[] = []
  if (status.message !== undefined && !isKnown(status.message, task))
    events.push({ type: 'message', message: withoutQuestions(status.message) })
  if (metadata !== undefined) events.push({ type: 'metadata', metadata })
  events.push({ type: 'status', status })
  return events
}

/** Whether a message is the newest of the history, or was told by the status before. */
function isKnown({ messageId }: Message, task: Task | undefined): boolean {
  return task?.history.at(-1)?.messageId === messageId || task?.status.message?.messageId === messageId
}

/** Open questions belong to the status: the message itself, as the history has it, is without them. */
function withoutQuestions(message: Message): Message {
  if (message.metadata?.[interruptExtensionUri] === undefined) return message
  const { metadata, extensions, ...plain } = message
  const { [interruptExtensionUri]: _, ...others } = metadata
  const left = extensions?.filter((uri) => uri !== interruptExtensionUri) ?? []
  return {
    ...plain,
    ...(Object.keys(others).length > 0 && { metadata: others }),
    ...(left.length > 0 && { extensions: left }),
  }
}

/** Where a peer sends an update before any task: the task as far as that tells of it. */
function begunBy(event: Exclude<StreamResponse, { task: unknown } | { message: unknown }>): Task {
  const { taskId, contextId } = 'statusUpdate' in event ? event.statusUpdate : event.artifactUpdate
  return { id: taskId, contextId, status: { state: 'submitted', timestamp: '' }, artifacts: [], history: [] }
}
