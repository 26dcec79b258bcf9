import { type Lease, PfError, type Task, type TaskFacts, type TaskState } from '@pf-agents/agent-core'

/** Version of what is stored under a task's key. */
const recordSchema = 1

/** What is known of a task without reading all of it. */
export interface RecordHead {
  version: number
  lastSeq: number
  /** The newest fencing token. */
  lastToken: number
  state: TaskState
  /** Status time. */
  at: string
  contextId: string
  /** The lease, and the nonce of the key that must exist for it to hold: an instance that dies takes that key with it. */
  lease?: Lease & { nonce: string }
  /** Nonce of the last commit that had something to say: its messages in the conversation count. */
  spoken?: string
}

/** Everything about a task that must change together: one value, so that a commit is one compare-and-set. */
export interface TaskRecord {
  head: RecordHead
  /** JSON text. */
  task: string
  /** JSON text. */
  facts: string
}

/** One line each: JSON text has no line breaks, and the head can be read without the rest. */
export function encodeRecord({ head, task, facts }: TaskRecord): string {
  return `${JSON.stringify({ schema: recordSchema, ...head })}\n${task}\n${facts}`
}

/** @throws PfError PF_STORE_SCHEMA where a newer version wrote it. */
export function decodeRecord(text: string): TaskRecord {
  const taskAt = text.indexOf('\n') + 1
  const factsAt = text.indexOf('\n', taskAt) + 1
  const { schema, ...head } = JSON.parse(text.slice(0, taskAt - 1)) as RecordHead & { schema: number }
  if (schema > recordSchema) {
    const message = `A task was stored in schema ${schema}, and this component reads up to ${recordSchema}. Deploy the version that wrote it or newer.`
    throw new PfError('PF_STORE_SCHEMA', message, { details: { found: schema, known: recordSchema } })
  }
  return { head, task: text.slice(taskAt, factsAt - 1), facts: text.slice(factsAt) }
}

export function taskOf({ task }: TaskRecord): Task {
  return JSON.parse(task) as Task
}

export function factsOf({ facts }: TaskRecord): TaskFacts {
  return JSON.parse(facts) as TaskFacts
}
