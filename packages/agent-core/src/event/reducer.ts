import type { Part, TextPart } from '../model/part'
import type { Artifact, Task } from '../model/task'
import type { RunEvent } from './run-event'

/**
 * Folds one event into a task, in place, and returns that task: O(1) amortised in the size of the task.
 * The one reducer of stores, clients and tests; it reads nothing but its arguments, so the same events always give
 * the same task. The caller owns `task`; nothing of the event is changed or kept writable.
 *
 * @example
 * ```ts
 * for (const { event } of events) applyEvent(task, event)
 * ```
 */
export function applyEvent(task: Task, event: RunEvent): Task {
  switch (event.type) {
    case 'status':
      task.status = event.status
      break
    case 'message':
      task.history.push(event.message)
      break
    case 'artifact':
      applyArtifact(task, event.artifact, event.append === true)
      break
    case 'text-delta':
      applyText(task, event.messageId, event.delta)
      break
    case 'metadata':
      task.metadata = { ...task.metadata, ...event.metadata }
      break
    default:
      // The rest belongs to the run and its watchers, not to the task.
      break
  }
  return task
}

/** The artifact with this id. Chunks go to the newest artifact, so the search begins at the end. */
function findArtifact(task: Task, artifactId: string): Artifact | undefined {
  for (let index = task.artifacts.length - 1; index >= 0; index--) {
    const artifact = task.artifacts[index]
    if (artifact?.artifactId === artifactId) return artifact
  }
  return undefined
}

function applyArtifact(task: Task, chunk: Artifact, append: boolean): void {
  const stored = findArtifact(task, chunk.artifactId)
  if (stored === undefined) {
    task.artifacts.push(ownArtifact(chunk))
    return
  }
  if (append) {
    for (const part of chunk.parts) appendPart(stored.parts, part)
    if (chunk.name !== undefined) stored.name = chunk.name
    if (chunk.description !== undefined) stored.description = chunk.description
    if (chunk.metadata !== undefined) stored.metadata = { ...stored.metadata, ...chunk.metadata }
    if (chunk.extensions !== undefined) stored.extensions = [...new Set([...(stored.extensions ?? []), ...chunk.extensions])]
    return
  }
  task.artifacts[task.artifacts.indexOf(stored)] = ownArtifact(chunk)
}

function applyText(task: Task, messageId: string, delta: string): void {
  const stored = findArtifact(task, messageId)
  if (stored === undefined) task.artifacts.push({ artifactId: messageId, parts: [{ text: delta }] })
  else appendPart(stored.parts, { text: delta })
}

/** A copy whose own arrays and text parts may grow; everything below is shared and never changed. */
function ownArtifact(artifact: Artifact): Artifact {
  return { ...artifact, parts: artifact.parts.map(ownPart) }
}

function ownPart(part: Part): Part {
  return part.text === undefined ? part : { ...part }
}

function appendPart(parts: Part[], part: Part): void {
  const last = parts.at(-1)
  if (last !== undefined && joins(last, part)) last.text += part.text
  else parts.push(ownPart(part))
}

/** Two neighbours are one text where nothing but their text differs. */
function joins(last: Part, part: Part): last is TextPart {
  return (
    last.text !== undefined &&
    part.text !== undefined &&
    last.mediaType === part.mediaType &&
    last.filename === undefined &&
    part.filename === undefined &&
    last.metadata === undefined &&
    part.metadata === undefined
  )
}

/** A copy of a task that later events do not reach: it shares what the reducer never changes. */
export function snapshotTask(task: Task): Task {
  return { ...task, artifacts: task.artifacts.map(ownArtifact), history: task.history.slice() }
}
