import {
  type Interrupt,
  type StoredEvent,
  type StoredTask,
  type TaskState,
  textOf,
  type Usage,
} from '@pf-agents/agent-core'

export type { TaskState, StoredEvent, Usage } from '@pf-agents/agent-core'

/** Characters of what a task is about. */
const titleLength = 120

/** A task without what it holds. */
export interface TaskSummary {
  id: string
  contextId: string
  state: TaskState
  /** When it came to this state. */
  timestamp: string
  /** What was asked first. */
  title: string
  lastSeq: number
  artifacts: number
  /** Questions that are open. */
  questions: number
  skillId?: string
  usage?: Usage
}

/** One page of the caller's tasks. */
export interface TaskList {
  tasks: TaskSummary[]
  total: number
  /** Where the next page begins. */
  next?: string
}

/** A task with what happened in it. */
export interface TaskDetails extends TaskSummary {
  interrupts: Interrupt[]
  /** Absent where the store keeps no events. */
  events?: StoredEvent[]
}

export function taskSummary({ task, facts, lastSeq }: StoredTask): TaskSummary {
  const { id, contextId, status, history, artifacts } = task
  const first = history.find(({ role }) => role === 'user')
  return {
    id,
    contextId,
    state: status.state,
    timestamp: status.timestamp,
    title: first === undefined ? '' : textOf(first.parts).slice(0, titleLength),
    lastSeq,
    artifacts: artifacts.length,
    questions: (facts.interrupts ?? []).filter((one) => one.status === 'open').length,
    ...(facts.skillId !== undefined && { skillId: facts.skillId }),
    ...(facts.usage && { usage: facts.usage }),
  }
}
