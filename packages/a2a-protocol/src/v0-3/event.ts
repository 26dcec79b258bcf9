import { type Fields, isFields } from '../json/read'
import type { WireStreamResponse } from '../wire/stream-response'
import { memberOf, present, translated, type V03Form } from './form'
import { downgradeMessage, upgradeMessage } from './message'
import { downgradeArtifact, downgradeStatus, downgradeTask, upgradeArtifact, upgradeStatus, upgradeTask } from './task'

function upgradeStatusUpdate(event: Fields): Fields {
  return present({
    taskId: memberOf(event, 'taskId', 'task_id'),
    contextId: memberOf(event, 'contextId', 'context_id'),
    status: translated(event.status, upgradeStatus),
    metadata: memberOf(event, 'metadata'),
  })
}

function upgradeArtifactUpdate(event: Fields): Fields {
  return present({
    taskId: memberOf(event, 'taskId', 'task_id'),
    contextId: memberOf(event, 'contextId', 'context_id'),
    artifact: translated(event.artifact, upgradeArtifact),
    append: memberOf(event, 'append'),
    lastChunk: memberOf(event, 'lastChunk', 'last_chunk'),
    metadata: memberOf(event, 'metadata'),
  })
}

/**
 * Makes a StreamResponse or SendMessageResponse of 1.0 of what 0.3 answers a message with, in either form. What is none
 * is handed back, for the reader of 1.0 to refuse.
 */
export function upgradeV03Event(event: unknown): unknown {
  if (!isFields(event)) return event
  switch (event.kind) {
    case 'task':
      return { task: upgradeTask(event) }
    case 'message':
      return { message: upgradeMessage(event) }
    case 'status-update':
      return { statusUpdate: upgradeStatusUpdate(event) }
    case 'artifact-update':
      return { artifactUpdate: upgradeArtifactUpdate(event) }
    default:
      return present({
        task: translated(memberOf(event, 'task'), upgradeTask),
        message: translated(memberOf(event, 'message', 'msg'), upgradeMessage),
        statusUpdate: translated(memberOf(event, 'statusUpdate', 'status_update'), upgradeStatusUpdate),
        artifactUpdate: translated(memberOf(event, 'artifactUpdate', 'artifact_update'), upgradeArtifactUpdate),
      })
  }
}

/** States at which 0.3 says that nothing more comes: it waits for the caller, or it is over. */
const finalStates: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'TASK_STATE_COMPLETED',
  'TASK_STATE_FAILED',
  'TASK_STATE_CANCELED',
  'TASK_STATE_REJECTED',
  'TASK_STATE_INPUT_REQUIRED',
])

/** Makes of a StreamResponse or SendMessageResponse of 1.0 what 0.3 has for it: the bare object, or one wrapped by its proto. */
export function toV03Event(event: WireStreamResponse, form: V03Form): Fields {
  const isKind = form === 'kind'
  if ('task' in event) return isKind ? downgradeTask(event.task, form) : { task: downgradeTask(event.task, form) }
  if ('message' in event)
    return isKind ? downgradeMessage(event.message, form) : { message: downgradeMessage(event.message, form) }
  if ('statusUpdate' in event) {
    const { taskId, contextId, status, metadata } = event.statusUpdate
    const update = present({
      kind: isKind ? 'status-update' : undefined,
      taskId,
      contextId,
      status: downgradeStatus(status, form),
      final: finalStates.has(status.state),
      metadata,
    })
    return isKind ? update : { statusUpdate: update }
  }
  const { artifact, ...rest } = event.artifactUpdate
  const update = { ...(isKind && { kind: 'artifact-update' }), ...rest, artifact: downgradeArtifact(artifact, form) }
  return isKind ? update : { artifactUpdate: update }
}
