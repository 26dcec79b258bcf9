import type { Message, OutboxEntry, RunCommit, RunEvent, TaskState } from '@pf-agents/agent-core'

/** The run that is killed at every place: the same commits in the child that dies and in the test that looks after it. */

export const scope = { tenant: 'acme', principalId: 'alice' }
export const key = { ...scope, taskId: 'task-1' }
export const contextId = 'context-1'
/** When the run's lease ends. */
export const leaseUntil = 5_000

const time = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n).toISOString()

export function spoken(n: number): Message {
  return { messageId: `m-${n}`, role: 'agent', parts: [{ text: `said ${n}` }] }
}

function owed(n: number): OutboxEntry {
  return { id: `e-${n}`, topic: 'push', group: `g-${n}`, body: { n }, dueAt: 0, attempts: 0 }
}

function status(state: TaskState, n: number): RunEvent {
  return { type: 'status', status: { state, timestamp: time(n) } }
}

/** The commit that makes version `n + 1`. The last one ends the task. */
export function scriptedCommit(n: number, isLast: boolean): RunCommit {
  const events: RunEvent[] = [
    status(isLast ? 'completed' : 'working', n),
    { type: 'text-delta', messageId: 'answer', delta: `chunk ${n} ` },
    { type: 'message', message: spoken(n) },
  ]
  const common = {
    key,
    expectedVersion: n,
    events,
    conversation: [spoken(n)],
    outbox: [owed(n)],
    facts: { runId: `run-${n}`, state: { n } },
  }
  if (n > 0) return { ...common, leaseToken: 1, ...(isLast && { lease: 'release' as const }) }
  return {
    ...common,
    create: {
      id: key.taskId,
      contextId,
      status: { state: 'submitted', timestamp: time(0) },
      artifacts: [],
      history: [],
    },
    facts: { principal: { id: 'alice' }, ...common.facts },
    lease: { expiresAt: leaseUntil },
  }
}
