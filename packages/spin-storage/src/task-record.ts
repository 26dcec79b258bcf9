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

/** What a record's text, and its value, ends with. */
export const recordEnd = '}'

/**
 * `undefined` where it is none, as an empty one: such a task is lost.
 * @throws PfError PF_STORE_SCHEMA where a newer version wrote it.
 */
export function decodeRecord(text: string): TaskRecord | undefined {
  const taskAt = text.indexOf('\n') + 1
  const factsAt = text.indexOf('\n', taskAt) + 1
  const head = taskAt > 0 && factsAt > 0 && text.endsWith(recordEnd) ? decodeHead(text.slice(0, taskAt - 1)) : undefined
  return head && { head, task: text.slice(taskAt, factsAt - 1), facts: text.slice(factsAt) }
}

/** As {@link decodeRecord}, of the first line. */
export function decodeHead(line: string): RecordHead | undefined {
  const parsed = parseJson(line) as (RecordHead & { schema: number }) | undefined
  if (parsed === undefined) return undefined
  const { schema, ...head } = parsed
  if (schema > recordSchema) {
    const message = `A task was stored in schema ${schema}, and this component reads up to ${recordSchema}. Deploy the version that wrote it or newer.`
    throw new PfError('PF_STORE_SCHEMA', message, { details: { found: schema, known: recordSchema } })
  }
  return head
}

/** Parses what was stored; `undefined` where it is no JSON. What else goes wrong, as for want of memory, is thrown. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export function taskOf({ task }: TaskRecord): Task {
  return JSON.parse(task) as Task
}

export function factsOf({ facts }: TaskRecord): TaskFacts {
  return JSON.parse(facts) as TaskFacts
}
