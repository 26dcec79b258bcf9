import {
  applyEvent,
  compareText,
  type CommitResult,
  type Lease,
  type OverduePage,
  type OverdueQuery,
  type OverdueScan,
  PfError,
  type RunCommit,
  type RunEvent,
  type RunStore,
  type Scope,
  type StoredEvent,
  type StoredTask,
  type TaskHead,
  type TaskKey,
  type TaskPage,
  type TaskQuery,
} from '@pf-agents/agent-core'

interface Row {
  stored: StoredTask
  events: RunEvent[]
  lastToken: number
}

/**
 * A run store in the plainest words, to compare drivers with: an array, copied by JSON on every way in and out.
 * It keeps everything and shares no code with the drivers but the reducer and the order of text.
 */
export class ReferenceStore implements RunStore {
  readonly hasEventLog = true
  private readonly rows: Row[] = []

  private find({ tenant, principalId, taskId }: TaskKey): Row | undefined {
    return this.rows.find(
      ({ stored: { key } }) => key.tenant === tenant && key.principalId === principalId && key.taskId === taskId,
    )
  }

  commit(commit: RunCommit): CommitResult {
    let row = this.find(commit.key)
    if ((row?.stored.version ?? 0) !== commit.expectedVersion) throw new PfError('PF_STORE_CONFLICT')
    const held = row?.stored.lease?.token
    if (commit.force !== true && commit.leaseToken !== held) throw new PfError('PF_LEASE_LOST')
    if (row === undefined) {
      const { create: task } = copy(commit)
      if (task === undefined || commit.facts?.principal === undefined) throw new PfError('PF_INTERNAL')
      row = {
        stored: { key: copy(commit.key), task, facts: {} as StoredTask['facts'], version: 0, lastSeq: 0 },
        events: [],
        lastToken: 0,
      }
      this.rows.push(row)
    }
    const { stored } = row
    for (const event of copy(commit.events)) {
      applyEvent(stored.task, event)
      row.events.push(event)
    }
    stored.facts = copy({ ...stored.facts, ...commit.facts }) as StoredTask['facts']
    stored.lastSeq = row.events.length
    stored.version++
    const result: CommitResult = { version: stored.version, lastSeq: stored.lastSeq }
    if (commit.lease === 'release') delete stored.lease
    else if (commit.lease !== undefined) {
      const isHolder = stored.lease !== undefined && stored.lease.token === commit.leaseToken
      const token = isHolder && stored.lease !== undefined ? stored.lease.token : ++row.lastToken
      stored.lease = { token, expiresAt: commit.lease.expiresAt }
      result.leaseToken = token
    }
    return result
  }

  load(key: TaskKey): StoredTask | undefined {
    return copy(this.find(key)?.stored)
  }

  head(key: TaskKey): TaskHead | undefined {
    const stored = this.find(key)?.stored
    return (
      stored &&
      copy({ version: stored.version, state: stored.task.status.state, ...(stored.lease && { lease: stored.lease }) })
    )
  }

  list(query: TaskQuery): TaskPage {
    const { scope, contextId, state, updatedSince, after, pageSize } = query
    const matching = this.rows
      .map(({ stored }) => stored)
      .filter(
        ({ key, task }) =>
          key.tenant === scope.tenant &&
          key.principalId === scope.principalId &&
          (contextId ?? task.contextId) === task.contextId,
      )
      .filter(
        ({ task }) =>
          (state ?? task.status.state) === task.status.state && task.status.timestamp >= (updatedSince ?? ''),
      )
      .toSorted(
        (a, b) =>
          compareText(b.task.status.timestamp, a.task.status.timestamp) || compareText(b.key.taskId, a.key.taskId),
      )
    const rest = matching.filter(({ key, task: { status } }) => {
      if (after === undefined || status.timestamp < after.timestamp) return true
      return status.timestamp === after.timestamp && compareText(key.taskId, after.taskId) < 0
    })
    const page = rest.slice(0, pageSize)
    const last = page.at(-1)
    const hasMore = last !== undefined && rest.length > page.length
    const overdue = query.overdue && this.overdueOf(query.overdue, scope)
    return copy({
      tasks: page,
      total: matching.length,
      ...(overdue !== undefined && overdue.length > 0 && { overdue }),
      ...(hasMore && { next: { timestamp: last.task.status.timestamp, taskId: last.key.taskId } }),
    })
  }

  overdue({ tenant, ...query }: OverdueScan): OverduePage {
    const scopes = new Map(this.rows.map(({ stored: { key } }) => [key.principalId, key]))
    return { tasks: [...scopes.values()].flatMap(({ principalId }) => this.overdueOf(query, { tenant, principalId })) }
  }

  private overdueOf({ now, limit }: OverdueQuery, scope: Scope): TaskKey[] {
    const due = ({ task, facts, lease }: StoredTask): number => {
      const { state } = task.status
      if (state === 'submitted' || state === 'working') return lease?.expiresAt ?? 0
      if (state !== 'input-required' && state !== 'auth-required') return Infinity
      return Math.min(
        Infinity,
        ...(facts.interrupts ?? [])
          .filter((one) => one.status === 'open' && one.expiresAt !== undefined)
          .map((one) => Date.parse(one.expiresAt as string)),
      )
    }
    return this.rows
      .map(({ stored }) => stored)
      .filter(({ key }) => key.tenant === scope.tenant && key.principalId === scope.principalId)
      .filter((stored) => due(stored) <= now)
      .toSorted((a, b) => due(a) - due(b) || compareText(a.key.taskId, b.key.taskId))
      .slice(0, limit)
      .map(({ key }) => copy(key))
  }

  read(key: TaskKey, fromSeq: number, limit = 1_000): StoredEvent[] | undefined {
    const events = this.find(key)?.events
    return (
      events &&
      copy(
        events
          .map((event, index) => ({ seq: index + 1, event }))
          .filter(({ seq }) => seq >= fromSeq)
          .slice(0, limit),
      )
    )
  }

  claim(key: TaskKey, { now, expiresAt }: { now: number; expiresAt: number }): Lease | undefined {
    const row = this.find(key)
    if (row === undefined || (row.stored.lease?.expiresAt ?? 0) > now) return undefined
    row.stored.lease = { token: ++row.lastToken, expiresAt }
    return { ...row.stored.lease }
  }

  renew(key: TaskKey, token: number, expiresAt: number): boolean {
    const stored = this.find(key)?.stored
    if (stored?.lease?.token !== token) return false
    stored.lease = { token, expiresAt }
    return true
  }

  release(key: TaskKey, token: number): void {
    const stored = this.find(key)?.stored
    if (stored?.lease?.token === token) delete stored.lease
  }
}

function copy<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T)
}
