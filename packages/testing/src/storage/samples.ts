import {
  applyEvent,
  type CommitResult,
  type Message,
  type RunCommit,
  type RunEvent,
  type RunStore,
  type Scope,
  snapshotTask,
  type Task,
  type TaskFacts,
  type TaskKey,
  type TaskState,
} from '@pf-agents/agent-core'
import { check, same } from './assert'

export const alice: Scope = { tenant: '', principalId: 'alice' }
export const bob: Scope = { tenant: '', principalId: 'bob' }

/** A time of the samples: the n-th millisecond. */
export function time(n: number): string {
  return new Date(Date.UTC(2026, 0, 1) + n).toISOString()
}

export function key(taskId: string, scope: Scope = alice): TaskKey {
  return { ...scope, taskId }
}

export function message(messageId: string, text = messageId, role: Message['role'] = 'user'): Message {
  return { messageId, role, parts: [{ text }] }
}

export function status(state: TaskState, at = 0): RunEvent {
  return { type: 'status', status: { state, timestamp: time(at) } }
}

export function text(messageId: string, delta: string): RunEvent {
  return { type: 'text-delta', messageId, delta }
}

export function facts(principalId = 'alice', runId = 'run-1'): TaskFacts {
  return { principal: { id: principalId }, runId }
}

/** What differs from the plainest task. */
export interface TaskSample {
  scope?: Scope
  contextId?: string
  state?: TaskState
  /** Status time, see {@link time}. */
  at?: number
}

export function task(id: string, { contextId = 'context-1', state = 'submitted', at = 0 }: TaskSample = {}): Task {
  return { id, contextId, status: { state, timestamp: time(at) }, artifacts: [], history: [] }
}

/** The commit that makes a task. */
export function creation(taskId: string, sample: TaskSample = {}, more: Partial<RunCommit> = {}): RunCommit {
  const scope = sample.scope ?? alice
  return {
    key: key(taskId, scope),
    expectedVersion: 0,
    create: task(taskId, sample),
    facts: facts(scope.principalId),
    events: [],
    ...more,
  }
}

/** A task under test, beside what it should be: the same events folded by the reducer alone. */
export class TrackedTask {
  readonly key: TaskKey
  readonly expected: Task
  facts: TaskFacts
  version = 0
  lastSeq = 0
  readonly events: RunEvent[] = []
  private readonly store: RunStore

  constructor(store: RunStore, taskId: string, sample: TaskSample = {}) {
    this.store = store
    this.key = key(taskId, sample.scope)
    this.expected = task(taskId, sample)
    this.facts = facts(this.key.principalId)
  }

  /** The next commit, with the task folded in for drivers that write snapshots. */
  next(events: readonly RunEvent[], more: Partial<RunCommit> = {}): RunCommit {
    const first = this.version === 0 ? { create: snapshotTask(this.expected), facts: this.facts } : {}
    return { key: this.key, expectedVersion: this.version, ...first, events, ...more }
  }

  /** Commits, and folds the same into the expectation. */
  async commit(
    events: readonly RunEvent[],
    more: Partial<RunCommit> = {},
    store: RunStore = this.store,
  ): Promise<CommitResult> {
    const result = await store.commit(this.next(events, more))
    this.committed(events, more)
    same(result.version, this.version, 'version of the commit')
    same(result.lastSeq, this.lastSeq, 'last number of the commit')
    return result
  }

  committed(events: readonly RunEvent[], more: Partial<RunCommit> = {}): void {
    for (const event of events) applyEvent(this.expected, event)
    this.events.push(...events)
    const patched: Record<string, unknown> = { ...this.facts, ...more.facts }
    for (const name of Object.keys(patched)) if (patched[name] === undefined) delete patched[name]
    this.facts = patched as unknown as TaskFacts
    this.version++
    this.lastSeq += events.length
  }

  /** Fails where the store has anything else. */
  async verify(store: RunStore = this.store): Promise<void> {
    const stored = await store.load(this.key)
    check(stored !== undefined, `task ${this.key.taskId} is missing`)
    same(stored.key, this.key, 'key')
    same(stored.task, this.expected, 'task')
    same(stored.facts, this.facts, 'facts')
    same(stored.version, this.version, 'version')
    same(stored.lastSeq, this.lastSeq, 'number of the newest event')
  }
}
