// @node24-only: computes alone, which is the same on every Node
import {
  applyEvent,
  type Message,
  PfError,
  type RunCommit,
  type RunEvent,
  type Scope,
  type Task,
  type TaskKey,
  type TaskState,
} from '@pf-agents/agent-core'
import { describe, expect, test } from 'vitest'
import { type BucketStores, createBucketStores } from '../src/stores'
import { FakeHost } from './fake-host'

const full = process.env['PF_TEST_FULL'] === '1'

const scope: Scope = { tenant: '', principalId: 'alice' }
const states: readonly TaskState[] = ['working', 'working', 'input-required', 'completed']

function randomOf(seed: number): (limit: number) => number {
  let state = seed * 2_654_435_761
  return (limit) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) >>> 0
    return state % limit
  }
}

interface Made {
  version: number
  events: readonly RunEvent[]
  messages: readonly Message[]
}

/** Three instances that work between each other's calls to the host, and what they were told. */
class Crowd {
  readonly host = new FakeHost()
  readonly made = new Map<string, Made[]>()
  readonly tokens = new Map<string, number[]>()
  readonly refused: string[] = []
  interruptions = 0
  private readonly random: (limit: number) => number
  private readonly instances: BucketStores[]
  private depth = 0
  private count = 0

  constructor(seed: number, hidesLostSwaps: boolean) {
    this.random = randomOf(seed)
    this.host.hidesLostSwaps = hidesLostSwaps
    this.host.handles = 1_000_000
    this.instances = ['a', 'b', 'c'].map((owner) => {
      const bucket = this.host.instance(owner, { before: () => this.interrupt() })
      return createBucketStores(() => bucket, { keepMessages: 1_000, clock: { now: () => 1_000_000 + this.count } })
    })
  }

  private interrupt(): void {
    if (this.depth >= 3 || this.random(6) !== 0) return
    this.interruptions++
    this.act()
  }

  /** One call of one instance, whose own calls to the host may be interrupted in turn. */
  act(): void {
    this.depth++
    const { runStore, keyValue } = this.instances[this.random(3)] as BucketStores
    const key: TaskKey = { ...scope, taskId: `task-${this.random(3)}` }
    try {
      switch (this.random(8)) {
        case 0:
          void runStore.list({ scope, pageSize: 2 })
          break
        case 1: {
          const lease = runStore.claim(key, { now: this.count, expiresAt: this.count + this.random(5) }) as
            | { token: number }
            | undefined
          if (lease !== undefined) this.tokens.set(key.taskId, [...(this.tokens.get(key.taskId) ?? []), lease.token])
          break
        }
        case 2:
          this.increment(keyValue)
          break
        default:
          this.commit(runStore, key)
      }
    } finally {
      this.depth--
    }
  }

  private commit(runStore: BucketStores['runStore'], key: TaskKey): void {
    const head = runStore.head(key) as { version: number; lease?: { token: number } } | undefined
    const n = this.count++
    const messages: Message[] =
      this.random(3) === 0 ? [] : [{ messageId: `m-${n}`, role: 'user', parts: [{ text: key.taskId }] }]
    const timestamp = new Date(n).toISOString()
    const events: RunEvent[] = [{ type: 'text-delta', messageId: 'a', delta: `${n} ` }]
    if (this.random(2) === 0)
      events.push({ type: 'status', status: { state: states[this.random(4)] as TaskState, timestamp } })
    const commit: RunCommit = {
      key,
      expectedVersion: head?.version ?? 0,
      events,
      conversation: messages,
      ...(head === undefined && {
        create: {
          id: key.taskId,
          contextId: 'c',
          status: { state: 'submitted', timestamp },
          artifacts: [],
          history: [],
        },
        facts: { principal: { id: 'alice' }, runId: `run-${n}` },
      }),
      ...(head?.lease && { leaseToken: head.lease.token }),
      ...(this.random(4) === 0 && { lease: this.random(2) === 0 ? ('release' as const) : { expiresAt: n + 3 } }),
    }
    try {
      const { version, leaseToken } = runStore.commit(commit) as { version: number; leaseToken?: number }
      this.made.set(key.taskId, [...(this.made.get(key.taskId) ?? []), { version, events, messages }])
      if (leaseToken !== undefined && leaseToken !== head?.lease?.token)
        this.tokens.set(key.taskId, [...(this.tokens.get(key.taskId) ?? []), leaseToken])
    } catch (error) {
      if (!PfError.is(error)) throw error
      this.refused.push(error.code)
      expect(['PF_STORE_CONFLICT', 'PF_LEASE_LOST']).toContain(error.code)
    }
  }

  increments = 0
  private increment(keyValue: BucketStores['keyValue']): void {
    const found = keyValue.get('counter') as { value: number; revision: string } | undefined
    if (keyValue.compareAndSet('counter', found?.revision, (found?.value ?? 0) + 1)) this.increments++
  }
}

/** Fails unless everything stored is what the instances were told. */
function verify(crowd: Crowd): void {
  const { host, made } = crowd
  const { runStore, conversation, keyValue } = createBucketStores(() => host.instance('observer'), {
    keepMessages: 1_000,
  })
  const said: string[] = []
  for (const [taskId, commits] of made) {
    const inOrder = commits.toSorted((a, b) => a.version - b.version)
    expect(inOrder.map(({ version }) => version)).toEqual(inOrder.map((_, index) => index + 1))
    const stored = runStore.load({ ...scope, taskId }) as { task: Task; version: number; lastSeq: number }
    const folded: Task = { ...stored.task, status: stored.task.status, artifacts: [], history: [] }
    for (const { events } of inOrder) for (const event of events) applyEvent(folded, event)
    expect(stored.task).toEqual(folded)
    expect([stored.version, stored.lastSeq]).toEqual([inOrder.length, inOrder.flatMap(({ events }) => events).length])
    said.push(...inOrder.flatMap(({ messages }) => messages.map(({ messageId }) => messageId)))
    const tokens = crowd.tokens.get(taskId) ?? []
    expect(new Set(tokens).size).toBe(tokens.length)
  }
  const read = conversation.read(scope, 'c', { limit: 10_000 }) as Message[]
  expect(read.map(({ messageId }) => messageId).toSorted()).toEqual(said.toSorted())
  for (const [taskId, commits] of made) {
    const own = read.filter(({ parts }) => parts[0]?.text === taskId).map(({ messageId }) => messageId)
    const inOrder = commits
      .toSorted((a, b) => a.version - b.version)
      .flatMap(({ messages }) => messages.map(({ messageId }) => messageId))
    expect(own).toEqual(inOrder)
  }
  const page = runStore.list({ scope, pageSize: 10 }) as { tasks: { task: Task }[]; total: number }
  expect([page.total, page.tasks.length]).toEqual([made.size, made.size])
  for (const state of new Set(page.tasks.map(({ task }) => task.status.state))) {
    const filtered = runStore.list({ scope, pageSize: 10, state }) as { total: number }
    expect(filtered.total).toBe(page.tasks.filter(({ task }) => task.status.state === state).length)
  }
  expect((keyValue.get('counter') as { value: number } | undefined)?.value ?? 0).toBe(crowd.increments)
  // Nothing is left over: no sign of life that no record names, and no message of a commit that was not made.
  const named = host.keys('task/').flatMap((key) => /"nonce":"(\w+)"/.exec(host.text(key))?.[1] ?? [])
  expect(
    host
      .keys('lease/')
      .map((key) => key.split('/').at(-1) ?? '')
      .toSorted(),
  ).toEqual(named.toSorted())
  const marks = host
    .keys('context/')
    .flatMap((key) => [...host.text(key).matchAll(/^\?(\w+) /gm)].map(([, nonce]) => nonce))
  const spoken = host.keys('task/').flatMap((key) => /"spoken":"(\w+)"/.exec(host.text(key))?.[1] ?? [])
  for (const mark of marks) expect(spoken).toContain(mark)
}

describe.each([false, true])(
  'instances that work between each other’s calls (host hides lost swaps: %s)',
  (hidesLostSwaps) => {
    test('lose nothing, keep nothing that was refused, and agree', { timeout: 120_000 }, () => {
      let interruptions = 0
      let refused = 0
      for (let seed = 1; seed <= (full ? 2_000 : 120); seed++) {
        const crowd = new Crowd(seed, hidesLostSwaps)
        for (let step = 0; step < 25; step++) crowd.act()
        verify(crowd)
        interruptions += crowd.interruptions
        refused += crowd.refused.length
      }
      // The test is one of interleaving: a good part of all calls was interrupted, and races were lost.
      expect(interruptions).toBeGreaterThan(2_000)
      expect(refused).toBeGreaterThan(200)
    })
  },
)
