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

/** From this many artifacts on, their places are kept by id. */
const indexFrom = 16

/** Where the artifacts of long lists stand: a cache beside the task, which itself stays plain JSON. */
const indexes = new WeakMap<readonly Artifact[], Map<string, number>>()

/** The place of the artifact with this id, or -1: O(1) however many there are. */
function placeOf(artifacts: readonly Artifact[], artifactId: string): number {
  const { length } = artifacts
  if (artifacts[length - 1]?.artifactId === artifactId) return length - 1
  if (length < indexFrom) return artifacts.findLastIndex((one) => one.artifactId === artifactId)
  let index = indexes.get(artifacts)
  // The list is only ever appended to, unless somebody else changed it: then the places are found anew.
  const place = index?.get(artifactId)
  if (
    index === undefined ||
    index.size !== length ||
    (place !== undefined && artifacts[place]?.artifactId !== artifactId)
  ) {
    index = new Map(artifacts.map((one, at) => [one.artifactId, at]))
    indexes.set(artifacts, index)
  }
  return index.get(artifactId) ?? -1
}

function addArtifact(artifacts: Artifact[], artifact: Artifact): void {
  const index = indexes.get(artifacts)
  if (index?.size === artifacts.length) index.set(artifact.artifactId, artifacts.length)
  artifacts.push(artifact)
}

function applyArtifact({ artifacts }: Task, chunk: Artifact, append: boolean): void {
  const place = placeOf(artifacts, chunk.artifactId)
  const stored = artifacts[place]
  if (stored === undefined) addArtifact(artifacts, ownArtifact(chunk))
  else if (append) appendChunk(stored, chunk)
  else artifacts[place] = ownArtifact(chunk)
}

function appendChunk(stored: Artifact, chunk: Artifact): void {
  for (const part of chunk.parts) appendPart(stored.parts, part)
  if (chunk.name !== undefined) stored.name = chunk.name
  if (chunk.description !== undefined) stored.description = chunk.description
  if (chunk.metadata !== undefined) stored.metadata = { ...stored.metadata, ...chunk.metadata }
  if (chunk.extensions !== undefined)
    stored.extensions = [...new Set([...(stored.extensions ?? []), ...chunk.extensions])]
}

function applyText({ artifacts }: Task, messageId: string, delta: string): void {
  const stored = artifacts[placeOf(artifacts, messageId)]
  if (stored === undefined) addArtifact(artifacts, { artifactId: messageId, parts: [{ text: delta }] })
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
