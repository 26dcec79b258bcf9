import {
  applyEvent,
  type Lease,
  type Message,
  type RunCommit,
  type RunEvent,
  type StoredTask,
  type Task,
  type TaskPage,
  type TaskState,
} from '@pf-agents/agent-core'
import { describe, expect, test } from 'vitest'
import { type BucketStores, createBucketStores } from '../src/stores'
import { FakeHost } from './fake-host'

const scope = { tenant: '', principalId: 'alice' }
const key = { ...scope, taskId: 'task-1' }
const time = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n).toISOString()
const said = (n: number): Message => ({ messageId: `m-${n}`, role: 'agent', parts: [{ text: `said ${n}` }] })

/** The states that the commits of a run lead to: an interrupt in the middle, an end. */
const course: readonly TaskState[] = ['working', 'working', 'input-required', 'working', 'completed']

function scripted(n: number, version: number): RunCommit {
  const state = course[n] as TaskState
  const events: RunEvent[] = [
    { type: 'status', status: { state, timestamp: time(n) } },
    { type: 'message', message: said(n) },
  ]
  const rests = state !== 'working'
  const common = { key, expectedVersion: version, events, conversation: [said(n)] }
  if (n > 0)
    return {
      ...common,
      ...(n !== 3 && { leaseToken: n < 3 ? 1 : 2 }),
      ...(rests ? { lease: 'release' as const } : { lease: { expiresAt: 9_000 } }),
    }
  const create: Task = {
    id: 'task-1',
    contextId: 'c',
    status: { state: 'submitted', timestamp: time(0) },
    artifacts: [],
    history: [],
  }
  return { ...common, create, facts: { principal: { id: 'alice' }, runId: 'run-1' }, lease: { expiresAt: 9_000 } }
}

function expected(version: number): Task {
  const task = scripted(0, 0).create as Task
  for (let n = 0; n < version; n++) for (const event of scripted(n, n).events) applyEvent(task, event)
  return structuredClone(task)
}

/** Runs the script on an instance that dies at one of its calls to the host. Returns how many commits were answered. */
function runUntilDeath(host: FakeHost, dieAt: number): { stored: number; isDead: boolean } {
  const bucket = host.instance('mortal', {
    before: (call) => {
      if (call === dieAt) throw new Error('killed')
    },
  })
  const { runStore } = createBucketStores(() => bucket)
  let stored = 0
  try {
    for (; stored < course.length; stored++) void runStore.commit(scripted(stored, stored))
    return { stored, isDead: false }
  } catch (error) {
    expect((error as Error).message).toMatch(/killed|dead instance/)
    return { stored, isDead: true }
  }
}

/** Fails unless all of what is left fits together. Returns the version. */
function inspect({ runStore, conversation }: BucketStores, stored: number): number {
  const found = runStore.load(key) as StoredTask | undefined
  const version = found?.version ?? 0
  expect([stored, stored + 1]).toContain(version)
  const messages = conversation.read(scope, 'c') as Message[]
  expect(messages).toEqual(Array.from({ length: version }, (_, n) => said(n)))
  const page = runStore.list({ scope, pageSize: 5 }) as TaskPage
  if (found === undefined) {
    expect(page).toEqual({ tasks: [], total: 0 })
    return 0
  }
  expect(found.task).toEqual(expected(version))
  expect([page.total, page.tasks.map(({ task }) => task.status)]).toEqual([1, [found.task.status]])
  for (const state of ['working', 'input-required', 'completed'] as const) {
    expect((runStore.list({ scope, pageSize: 5, state }) as TaskPage).total).toBe(
      found.task.status.state === state ? 1 : 0,
    )
  }
  return version
}

describe.each([true, false])('an instance that dies at any of its calls (host ends its leases: %s)', (endsLeases) => {
  test('leaves a commit whole or none of it, and others go on', () => {
    const versions = new Set<number>()
    let dieAt = 1
    for (; dieAt < 500; dieAt++) {
      const host = new FakeHost()
      const { stored, isDead } = runUntilDeath(host, dieAt)
      if (!isDead) break
      if (endsLeases) host.bury('mortal')
      const stores = createBucketStores(() => host.instance('survivor'), { clock: { now: () => 50_000_000 } })
      const version = inspect(stores, stored)
      versions.add(version)
      goOn(stores, version, endsLeases)
      // Later tasks find room although the dead one left entries behind, and the conversation stays as it was.
      const before = stores.conversation.read(scope, 'c') as Message[]
      for (let n = 0; n < 3; n++) {
        const later = scripted(0, 0)
        void stores.runStore.commit({
          ...later,
          key: { ...key, taskId: `later-${n}` },
          create: { ...(later.create as Task), id: `later-${n}`, contextId: 'd' },
        })
      }
      expect(stores.conversation.read(scope, 'c')).toEqual(before)
      expect((stores.runStore.list({ scope, pageSize: 9, contextId: 'd' }) as TaskPage).total).toBe(3)
    }
    expect(dieAt).toBeGreaterThan(60)
    expect([...versions].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5])
  })
})

/** A task whose run died is claimed and ended: at once where the host ended its lease, else when the lease is over. */
function goOn({ runStore, conversation }: BucketStores, version: number, endsLeases: boolean): void {
  const found = runStore.load(key) as StoredTask | undefined
  if (found?.task.status.state !== 'working') return
  if (endsLeases) expect(found.lease).toBeUndefined()
  else {
    expect(found.lease?.expiresAt).toBe(9_000)
    expect(runStore.claim(key, { now: 8_999, expiresAt: 20_000 })).toBeUndefined()
  }
  const lease = runStore.claim(key, { now: 9_000, expiresAt: 20_000 }) as Lease
  expect(lease.token).toBeGreaterThan(version < 4 ? 1 : 2)
  const failed: RunEvent = { type: 'status', status: { state: 'failed', timestamp: time(90) } }
  void runStore.commit({
    key,
    expectedVersion: version,
    leaseToken: lease.token,
    lease: 'release',
    events: [failed],
    conversation: [said(99)],
  })
  expect((runStore.load(key) as StoredTask).task.status.state).toBe('failed')
  const messages = conversation.read(scope, 'c') as Message[]
  expect(messages.map(({ messageId }) => messageId)).toEqual([
    ...Array.from({ length: version }, (_, n) => `m-${n}`),
    'm-99',
  ])
}
