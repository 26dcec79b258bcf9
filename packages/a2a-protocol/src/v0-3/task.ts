import type { Artifact, TaskState } from '@pf-agents/agent-core'
import { wireTaskStates } from '../codec/enums'
import type { Fields } from '../json/read'
import type { WireTask, WireTaskState, WireTaskStatus } from '../wire/task'
import { eachTranslated, memberOf, present, translated, type V03Form } from './form'
import { downgradeMessage, upgradeAnyMessage, upgradeMessage } from './message'
import { downgradePart, upgradePart } from './part'

/** What 0.3 calls each state, by the name of 1.0; its proto has its own spelling of one. */
function stateName(state: WireTaskState, form: V03Form): string {
  if (form === 'proto') return state === 'TASK_STATE_CANCELED' ? 'TASK_STATE_CANCELLED' : state
  if (state === 'TASK_STATE_UNSPECIFIED') return 'unknown'
  return state.slice('TASK_STATE_'.length).toLowerCase().replace('_', '-')
}

function upgradeState(state: unknown): unknown {
  if (state === 'unknown') return wireTaskStates.unspecified
  if (state === 'TASK_STATE_CANCELLED') return wireTaskStates.canceled
  return typeof state === 'string' && Object.hasOwn(wireTaskStates, state) ? wireTaskStates[state as TaskState] : state
}

/** Makes a TaskStatus of 1.0 of one of 0.3, in either form. */
export function upgradeStatus(status: Fields): Fields {
  return present({
    state: upgradeState(status.state),
    message: upgradeAnyMessage(memberOf(status, 'message', 'update')),
    timestamp: memberOf(status, 'timestamp'),
  })
}

/** Makes an Artifact of 1.0 of one of 0.3, in either form. */
export function upgradeArtifact(artifact: Fields): Fields {
  return present({
    artifactId: memberOf(artifact, 'artifactId', 'artifact_id'),
    parts: eachTranslated(artifact.parts, upgradePart),
    name: memberOf(artifact, 'name'),
    description: memberOf(artifact, 'description'),
    metadata: memberOf(artifact, 'metadata'),
    extensions: memberOf(artifact, 'extensions'),
  })
}

/** Makes a Task of 1.0 of one of 0.3, in either form. */
export function upgradeTask(task: Fields): Fields {
  return present({
    id: task.id,
    contextId: memberOf(task, 'contextId', 'context_id'),
    status: translated(task.status, upgradeStatus),
    artifacts: eachTranslated(memberOf(task, 'artifacts'), upgradeArtifact),
    history: eachTranslated(memberOf(task, 'history'), upgradeMessage),
    metadata: memberOf(task, 'metadata'),
  })
}

/** Makes a TaskStatus of 0.3 of one of 1.0. */
export function downgradeStatus({ state, message, timestamp }: WireTaskStatus, form: V03Form): Fields {
  return present({
    state: stateName(state, form),
    message: message && downgradeMessage(message, form),
    timestamp,
  })
}

/** Makes an Artifact of 0.3 of one of 1.0. */
export function downgradeArtifact({ parts, ...rest }: Artifact, form: V03Form): Fields {
  return { ...rest, parts: parts.map((part) => downgradePart(part, form)) }
}

/** Makes a Task of 0.3 of one of 1.0. */
export function downgradeTask(
  { id, contextId = '', status, artifacts, history, metadata }: WireTask,
  form: V03Form,
): Fields {
  return present({
    kind: form === 'kind' ? 'task' : undefined,
    id,
    contextId,
    status: downgradeStatus(status, form),
    artifacts: artifacts?.map((artifact) => downgradeArtifact(artifact, form)),
    history: history?.map((message) => downgradeMessage(message, form)),
    metadata,
  })
}
