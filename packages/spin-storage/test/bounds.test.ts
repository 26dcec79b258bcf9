import type { Message, RunCommit, StoredTask, TaskPage, TaskState } from '@pf-agents/agent-core'
import { describe, expect, test } from 'vitest'
import { type BucketStores, type BucketStoresOptions, createBucketStores } from '../src/stores'
import { FakeHost } from './fake-host'

const scope = { tenant: '', principalId: 'alice' }
const key = (taskId: string): RunCommit['key'] => ({ ...scope, taskId })
const time = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n).toISOString()

function creation(id: string, state: TaskState, at: number, more: Partial<RunCommit> = {}): RunCommit {
  return {
    key: key(id),
    expectedVersion: 0,
    create: { id, contextId: `context-${id}`, status: { state, timestamp: time(at) }, artifacts: [], history: [] },
    facts: { principal: { id: 'alice' }, runId: 'run-1' },
    events: [],
    ...more,
  }
}

function open(options: BucketStoresOptions = {}): { host: FakeHost; stores: BucketStores; clock: { time: number } } {
  const host = new FakeHost()
  host.handles = 1_000_000
  const clock = { time: 0 }
  const stores = createBucketStores(() => host.instance('one'), { clock: { now: () => clock.time }, ...options })
  return { host, stores, clock }
}

const list = ({ runStore }: BucketStores, pageSize = 1_000): TaskPage => runStore.list({ scope, pageSize }) as TaskPage

describe('bounds', () => {
  test('the oldest tasks that are over go with all that belongs to them; live ones never', () => {
    const { host, stores } = open({ keepTasks: 64 })
    const live = Array.from({ length: 20 }, (_, n) => `live-${n}`)
    for (const [n, id] of live.entries()) void stores.runStore.commit(creation(id, 'input-required', n))
    for (let n = 0; n < 1_000; n++)
      void stores.runStore.commit(creation(`over-${n}`, 'completed', 100 + n, { lease: { expiresAt: 1 } }))
    const { tasks, total } = list(stores)
    expect(total).toBe(tasks.length)
    expect(total).toBeLessThanOrEqual(64)
    expect(total).toBeGreaterThan(40)
    expect(tasks[0]?.task.id).toBe('over-999')
    expect(tasks.filter(({ task }) => task.id.startsWith('live-')).length).toBe(20)
    expect(host.keys('task/').length).toBe(total)
    expect(host.keys('lease/').length).toBe(total - 20)
    expect(stores.runStore.load(key('over-3'))).toBeUndefined()
    for (const id of live) {
      const ended = { type: 'status' as const, status: { state: 'completed' as const, timestamp: time(5_000) } }
      expect(stores.runStore.commit({ key: key(id), expectedVersion: 1, events: [ended] })).toEqual({
        version: 2,
        lastSeq: 1,
      })
    }
    expect(
      list(stores, 20)
        .tasks.map(({ task }) => task.id)
        .toSorted(),
    ).toEqual(live.toSorted())
  })

  test('what was said in a task stays in its conversation when the task is gone', () => {
    const { stores } = open({ keepTasks: 16 })
    const said = (n: number): Message => ({ messageId: `m-${n}`, role: 'user', parts: [{ text: 'x' }] })
    const create = {
      ...(creation('first', 'working', 0).create as NonNullable<RunCommit['create']>),
      contextId: 'shared',
    }
    void stores.runStore.commit(creation('first', 'working', 0, { create, conversation: [said(1)] }))
    const ended = { type: 'status' as const, status: { state: 'completed' as const, timestamp: time(1) } }
    void stores.runStore.commit({ key: key('first'), expectedVersion: 1, events: [ended], conversation: [said(2)] })
    for (let n = 0; n < 200; n++) void stores.runStore.commit(creation(`over-${n}`, 'completed', 10 + n))
    expect(stores.runStore.load(key('first'))).toBeUndefined()
    expect(stores.conversation.read(scope, 'shared')).toEqual([said(1), said(2)])
  })

  test('full of live tasks, refuses more, leaves nothing of what it refused, and takes them once others are over', () => {
    const { host, stores } = open({ keepTasks: 16 })
    let refused = 0
    const made: string[] = []
    for (let n = 0; n < 200; n++) {
      const said: Message = { messageId: 'm', role: 'user', parts: [{ text: 'x' }] }
      try {
        void stores.runStore.commit(creation(`t-${n}`, 'working', n, { conversation: [said], lease: { expiresAt: 1 } }))
        made.push(`t-${n}`)
      } catch (error) {
        expect(error).toMatchObject({ code: 'PF_STORE_FULL', retryAfterMs: 1_000 })
        expect(stores.conversation.read(scope, `context-t-${n}`)).toEqual([])
        refused++
      }
    }
    expect(made.length).toBe(32)
    expect(refused).toBe(168)
    expect(list(stores).total).toBe(32)
    expect(host.keys('lease/').length).toBe(32)
    const ended = { type: 'status' as const, status: { state: 'completed' as const, timestamp: time(900) } }
    for (const id of made)
      void stores.runStore.commit({ key: key(id), expectedVersion: 1, events: [ended], force: true, lease: 'release' })
    for (let n = 0; n < 40; n++) void stores.runStore.commit(creation(`late-${n}`, 'completed', 1_000 + n))
    expect(list(stores).total).toBeLessThanOrEqual(16)
  })

  test('tasks that died on the way take no room for ever', () => {
    const { host, stores, clock } = open({ keepTasks: 16 })
    // Instances that die before their record, and such that die before they say that it rests.
    for (let n = 0; n < 400; n++) {
      const dieBefore = n % 2 === 0 ? 'task/' : 'index/'
      let hasRecord = false
      const inner = host.instance(`mortal-${n}`)
      const bucket = {
        ...inner,
        cas(path: string) {
          if (path.startsWith(dieBefore) && (dieBefore === 'task/' || hasRecord)) throw new Error('killed')
          const cas = inner.cas(path)
          return {
            ...cas,
            swap: (value: Uint8Array) => (path.startsWith('task/') && (hasRecord = true), cas.swap(value)),
          }
        },
      }
      const { runStore } = createBucketStores(() => bucket, { keepTasks: 16, clock: { now: () => clock.time } })
      try {
        void runStore.commit(creation(`dead-${n}`, 'completed', n))
      } catch (error) {
        expect((error as Error).message).toMatch(/killed|no room/)
      }
      clock.time += 120_000
    }
    clock.time += 3_600_001
    for (let n = 0; n < 64; n++) void stores.runStore.commit(creation(`t-${n}`, 'completed', 1_000 + n))
    expect(list(stores, 1).tasks[0]?.task.id).toBe('t-63')
    expect(list(stores).total).toBeLessThanOrEqual(32)
    expect(host.keys('task/').length).toBeLessThanOrEqual(40)
  })

  test('a conversation keeps its newest messages, and the contexts used longest ago go', () => {
    const { host, stores, clock } = open({ keepMessages: 100, keepContexts: 64 })
    const message = (n: number): Message => ({ messageId: `m-${n}`, role: 'user', parts: [{ text: 'x' }] })
    for (let n = 0; n < 250; n++) void stores.conversation.append(scope, 'long', [message(n)])
    const long = stores.conversation.read(scope, 'long', { limit: 1_000 }) as Message[]
    expect([long.length, long[0]?.messageId, long.at(-1)?.messageId]).toEqual([100, 'm-150', 'm-249'])
    for (let n = 0; n < 1_000; n++) {
      clock.time += 60_000
      void stores.conversation.append(scope, `context-${n}`, [message(n)])
      // One that is used all the time stays.
      if (n % 10 === 0) void stores.conversation.append(scope, 'long', [message(n)])
    }
    expect(host.keys('context/').length).toBeLessThanOrEqual(64)
    expect(host.keys('context/').length).toBeGreaterThan(40)
    expect((stores.conversation.read(scope, 'long') as Message[]).length).toBe(100)
    expect((stores.conversation.read(scope, 'context-999') as Message[]).length).toBe(1)
    expect(stores.conversation.read(scope, 'context-0')).toEqual([])
  })

  test('a request may make as many commits as Spin has handles for', () => {
    const host = new FakeHost()
    const { runStore } = createBucketStores(() => host.instance('one'))
    void runStore.commit(creation('a', 'working', 0, { lease: { expiresAt: 9 } }))
    let version = 1
    expect(() => {
      for (; version < 1_000; version++)
        void runStore.commit({ key: key('a'), expectedVersion: version, leaseToken: 1, events: [] })
    }).toThrow('too many compare_and_swaps opened')
    expect(version).toBeGreaterThan(100)
    // Calls that change nothing need none.
    const reader = createBucketStores(() => host.instance('reader'))
    for (let n = 0; n < 1_000; n++) {
      void reader.runStore.load(key('a'))
      expect(reader.runStore.claim(key('a'), { now: 0, expiresAt: 5 })).toBeUndefined()
      expect(reader.runStore.renew(key('a'), 7, 5)).toBe(false)
      void reader.runStore.release(key('a'), 7)
      expect(reader.keyValue.compareAndSet('a', 'stale', n)).toBe(false)
      void reader.keyValue.set('b', n)
    }
  })
})

describe('a shared store', () => {
  test('namespaces are kept apart', () => {
    const host = new FakeHost()
    const [one, two] = ['one', 'two'].map((namespace) =>
      createBucketStores(() => host.instance(namespace), { namespace }),
    ) as [BucketStores, BucketStores]
    void one.runStore.commit(
      creation('a', 'completed', 1, { conversation: [{ messageId: 'm', role: 'user', parts: [{ text: 'x' }] }] }),
    )
    void one.keyValue.set('k', 1)
    expect([two.runStore.load(key('a')), list(two).total, two.keyValue.get('k'), two.keyValue.keys('')]).toEqual([
      undefined,
      0,
      undefined,
      [],
    ])
    expect(two.conversation.read(scope, 'context-a')).toEqual([])
    expect([list(one).total, one.keyValue.keys('')]).toEqual([1, ['k']])
  })

  test('keys of others are left alone and not listed', () => {
    const { host, stores } = open()
    host.instance('other').set('value', new TextEncoder().encode('theirs'))
    host.instance('other').set('value/x/y', new TextEncoder().encode('theirs'))
    void stores.keyValue.set('k', 1)
    expect(stores.keyValue.keys('')).toEqual(['k'])
  })

  test('a task of a newer schema is not misread', () => {
    const { host, stores } = open()
    void stores.runStore.commit(creation('a', 'completed', 1))
    const [path = ''] = host.keys('task/')
    host.instance('newer').set(path, new TextEncoder().encode(host.text(path).replace('"schema":1', '"schema":2')))
    expect(() => stores.runStore.load(key('a'))).toThrow(
      expect.objectContaining({ code: 'PF_STORE_SCHEMA', details: { found: 2, known: 1 } }),
    )
    expect(() => void stores.runStore.commit({ key: key('a'), expectedVersion: 1, events: [] })).toThrow('newer')
  })

  test('a host that fails is passed on, and nothing is left of the commit', () => {
    const host = new FakeHost()
    let isBroken = false
    const bucket = host.instance('one', {
      before: () => {
        if (isBroken) throw new Error('connection reset')
      },
    })
    const { runStore } = createBucketStores(() => bucket)
    void runStore.commit(creation('a', 'completed', 1))
    isBroken = true
    expect(() => runStore.load(key('a'))).toThrow('connection reset')
    const other = createBucketStores(() => host.instance('two')).runStore
    expect((other.load(key('a')) as StoredTask).version).toBe(1)
  })

  test('a value that others change all the time is given up with a time to wait', () => {
    const host = new FakeHost()
    host.handles = 1_000_000
    const rival = host.instance('rival')
    let isRacing = false
    const inner = host.instance('one')
    const bucket = {
      ...inner,
      cas(path: string) {
        const cas = inner.cas(path)
        return {
          ...cas,
          swap(value: Uint8Array) {
            if (isRacing) rival.set(path, rival.get(path) ?? new Uint8Array())
            return cas.swap(value)
          },
        }
      },
    }
    const { runStore } = createBucketStores(() => bucket)
    void runStore.commit(creation('a', 'working', 1))
    isRacing = true
    expect(() => void runStore.commit({ key: key('a'), expectedVersion: 1, events: [] })).toThrow(
      expect.objectContaining({ code: 'PF_STORE_UNAVAILABLE', retryAfterMs: 1_000 }),
    )
  })
})

test('making the stores calls no host, and the bucket is opened once', () => {
  const host = new FakeHost()
  let opened = 0
  const stores = createBucketStores(() => {
    opened++
    return host.instance('one')
  })
  expect([opened, host.entries.size]).toEqual([0, 0])
  expect(stores.keyValue.get('a')).toBeUndefined()
  expect(opened).toBe(1)
})
