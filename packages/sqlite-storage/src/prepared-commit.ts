import type { OutboxEntry, RunCommit, TaskStatus } from '@pf-agents/agent-core'
import { toColumn } from './text-key'

/** A key as columns. */
export interface KeyColumns {
  tenant: string
  principal: string
  taskId: string
}

/** A delivery as columns. */
export interface OutboxColumns {
  id: string
  topic: string
  group: string
  owner: string
  body: string
  dueAt: number
  attempts: number
}

/** A commit as JSON text: taken when `commit` is called, so that the caller may go on changing what it passed in. */
export interface PreparedCommit {
  /** For the rules of `admitCommit` alone. */
  commit: RunCommit
  key: KeyColumns
  contextId: string | undefined
  eventCount: number
  events: string
  /** Status after the commit, where it says so. */
  status: Pick<TaskStatus, 'state' | 'timestamp'> | undefined
  create: string | undefined
  snapshot: string | undefined
  /** All facts at once, for the commit that makes the task. */
  facts: string
  /** Name and JSON text of each fact; `null` where it is removed. */
  factPatch: readonly (readonly [name: string, body: string | null])[]
  messages: readonly string[]
  outbox: readonly OutboxColumns[]
}

export function keyColumns({ tenant, principalId, taskId }: RunCommit['key']): KeyColumns {
  return { tenant: toColumn(tenant), principal: toColumn(principalId), taskId: toColumn(taskId) }
}

/** Reads everything out of a commit. */
export function prepareCommit(commit: RunCommit): PreparedCommit {
  const { key, create, events, facts = {}, lease } = commit
  return {
    // The rules read no deeper than this.
    commit: {
      ...commit,
      key: { ...key },
      facts: { ...facts },
      ...(create && { create: { ...create } }),
      ...(typeof lease === 'object' && { lease: { ...lease } }),
    },
    key: keyColumns(key),
    contextId: create && toColumn(create.contextId),
    eventCount: events.length,
    events: JSON.stringify(events),
    status: statusAfter(commit),
    create: create && JSON.stringify(create),
    snapshot: commit.snapshot && JSON.stringify(commit.snapshot),
    facts: create === undefined ? '' : JSON.stringify(facts),
    factPatch:
      create === undefined
        ? Object.entries(facts).map(
            ([name, value]) => [name, value === undefined ? null : JSON.stringify(value)] as const,
          )
        : [],
    messages: commit.conversation?.map((message) => JSON.stringify(message)) ?? [],
    outbox: commit.outbox?.map(outboxColumns) ?? [],
  }
}

/** An outbox entry as its columns hold it. */
export function outboxColumns({ id, topic, group, owner = '', body, dueAt, attempts }: OutboxEntry): OutboxColumns {
  return {
    id: toColumn(id),
    topic: toColumn(topic),
    group: toColumn(group),
    owner: toColumn(owner),
    body: JSON.stringify(body),
    dueAt,
    attempts,
  }
}

function statusAfter({ create, events }: RunCommit): PreparedCommit['status'] {
  for (let index = events.length - 1; index >= 0; index--) {
    const event = events[index]
    if (event?.type === 'status') return { state: event.status.state, timestamp: event.status.timestamp }
  }
  return create && { state: create.status.state, timestamp: create.status.timestamp }
}
