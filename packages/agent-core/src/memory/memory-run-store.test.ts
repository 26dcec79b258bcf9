import { describe, expect, test } from 'vitest'
import { PfError } from '../error/pf-error'
import type { RunEvent } from '../event/run-event'
import type { RunCommit } from '../port/run-store'
import { createMemoryRunStore, type MemoryRunStore } from './memory-run-store'

const scope = { tenant: '', principalId: 'alice' }
const time = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n).toISOString()
const key = (id: string): RunCommit['key'] => ({ ...scope, taskId: id })
const ended = (n: number): RunEvent => ({ type: 'status', status: { state: 'completed', timestamp: time(n) } })
const text = (delta: string): RunEvent => ({ type: 'text-delta', messageId: 'a', delta })

function creation(id: string, n: number, events: RunEvent[] = [], more: Partial<RunCommit> = {}): RunCommit {
  return {
    key: key(id),
    expectedVersion: 0,
    create: {
      id,
      contextId: `context-${id}`,
      status: { state: 'working', timestamp: time(n) },
      artifacts: [],
      history: [],
    },
    facts: { principal: { id: 'alice' }, runId: id },
    events,
    ...more,
  }
}

function thrown(call: () => unknown): PfError {
  try {
    call()
  } catch (error) {
    if (PfError.is(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const listed = (store: MemoryRunStore): string[] =>
  store.list({ scope, pageSize: 1_000 }).tasks.map(({ task }) => task.id)

describe('bounds of the memory run store', () => {
  test('evicts tasks that are over, in the order in which they ended, and never a live one', () => {
    const store = createMemoryRunStore({ maxTasks: 4 })
    store.commit(creation('live', 0))
    store.commit(creation('late', 1))
    store.commit(creation('a', 2, [ended(2)]))
    store.commit({ key: key('late'), expectedVersion: 1, events: [ended(3)] })
    store.commit(creation('b', 4, [ended(4)]))
    store.commit(creation('c', 5, [ended(5)]))
    expect(listed(store)).toEqual(['c', 'b', 'late', 'live'])
    store.commit(creation('d', 6, [ended(6)]))
    expect(listed(store)).toEqual(['d', 'c', 'b', 'live'])
    expect(store.load(key('late'))).toBeUndefined()
    expect(store.read(key('late'), 1)).toBeUndefined()
  })

  test('full of live tasks, refuses a new one, says when to try again, and takes it once there is room', () => {
    const store = createMemoryRunStore({ maxTasks: 2, retryAfterMs: 250 })
    store.commit(creation('a', 1))
    store.commit(creation('b', 2))
    const full = thrown(() => store.commit(creation('c', 3)))
    expect([full.code, full.retryable, full.retryAfterMs]).toEqual(['PF_STORE_FULL', true, 250])
    expect(store.load(key('c'))).toBeUndefined()
    expect(store.conversation.read(scope, 'context-c')).toEqual([])
    store.commit({ key: key('a'), expectedVersion: 1, events: [text('still taken')] })
    store.commit({ key: key('a'), expectedVersion: 2, events: [ended(4)] })
    store.commit(creation('c', 5))
    expect(listed(store)).toEqual(['c', 'b'])
  })

  test('is bounded by bytes: large tasks that are over go, live ones stop growing, but may end', () => {
    const store = createMemoryRunStore({ maxBytes: 100_000 })
    for (let n = 0; n < 50; n++) store.commit(creation(`t-${n}`, n, [text('x'.repeat(10_000)), ended(n)]))
    const kept = listed(store)
    expect(kept.length).toBeGreaterThanOrEqual(3)
    expect(kept.length).toBeLessThanOrEqual(10)
    expect(kept[0]).toBe('t-49')

    const live = createMemoryRunStore({ maxBytes: 100_000 })
    live.commit(creation('a', 0))
    let version = 1
    const grow = (): void => {
      for (; version < 100; version++)
        live.commit({ key: key('a'), expectedVersion: version, events: [text('x'.repeat(10_000))] })
    }
    expect(thrown(grow).code).toBe('PF_STORE_FULL')
    expect(version).toBeLessThan(12)
    expect(thrown(() => live.commit(creation('b', 1))).code).toBe('PF_STORE_FULL')
    live.commit({ key: key('a'), expectedVersion: version, events: [ended(2)] })
    live.commit(creation('b', 3))
    expect(listed(live)).toEqual(['b'])
  })

  test('facts that are replaced over and over weigh once', () => {
    const store = createMemoryRunStore({ maxBytes: 100_000, maxEvents: 10 })
    store.commit(creation('a', 0))
    for (let version = 1; version < 200; version++) {
      const checkpoint = { engine: 'e', schemaVersion: 1, data: 'x'.repeat(10_000) }
      store.commit({
        key: key('a'),
        expectedVersion: version,
        events: [{ type: 'usage', usage: { turns: 1 } }],
        facts: { checkpoint },
      })
    }
    expect(store.load(key('a'))?.version).toBe(200)
  })

  test('keeps the newest events of a task; older ones can not be read, and say so', () => {
    const store = createMemoryRunStore({ maxEvents: 100 })
    store.commit(creation('a', 0))
    for (let version = 1; version <= 50; version++) {
      store.commit({
        key: key('a'),
        expectedVersion: version,
        events: Array.from({ length: 10 }, (_, index) => text(`${version}.${index} `)),
      })
    }
    expect(store.read(key('a'), 1)).toBeUndefined()
    expect(store.read(key('a'), 300)).toBeUndefined()
    const newest = store.read(key('a'), 401, 1_000)
    expect(newest?.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, index) => 401 + index))
    expect(newest?.[0]?.event).toEqual(text('41.0 '))
    expect(store.load(key('a'))?.task.artifacts[0]?.parts[0]?.text?.startsWith('1.0 1.1 ')).toBe(true)
  })

  test('drops the events of tasks that ended some time ago, and keeps the tasks', () => {
    const store = createMemoryRunStore({ keepLogs: 3 })
    for (let n = 0; n < 6; n++) store.commit(creation(`t-${n}`, n, [text('x'), ended(n)]))
    expect([0, 1, 2, 3, 4, 5].map((n) => store.read(key(`t-${n}`), 1)?.length)).toEqual([
      undefined,
      undefined,
      undefined,
      2,
      2,
      2,
    ])
    expect(store.read(key('t-0'), 3)).toEqual([])
    expect(listed(store).length).toBe(6)
    // A commit after the end, such as one that adds metadata, changes nothing about that.
    store.commit({ key: key('t-0'), expectedVersion: 1, events: [{ type: 'metadata', metadata: { late: true } }] })
    expect(store.load(key('t-0'))?.task.metadata).toEqual({ late: true })
    expect(store.read(key('t-0'), 1)).toBeUndefined()
    expect(store.read(key('t-0'), 4)).toEqual([])
  })

  test('keeps its books when tasks that were over are opened again', () => {
    const store = createMemoryRunStore({ maxTasks: 6, keepLogs: 2 })
    for (let n = 0; n < 6; n++) store.commit(creation(`t-${n}`, n, [ended(n)]))
    for (const n of [0, 4, 2]) {
      store.commit({
        key: key(`t-${n}`),
        expectedVersion: 1,
        events: [{ type: 'status', status: { state: 'working', timestamp: time(10 + n) } }],
      })
    }
    for (let n = 6; n < 20; n++) store.commit(creation(`t-${n}`, n, [ended(n)]))
    expect(listed(store).toSorted()).toEqual(['t-0', 't-17', 't-18', 't-19', 't-2', 't-4'])
    expect(store.read(key('t-19'), 1)?.length).toBe(1)
    expect(store.read(key('t-17'), 1)).toBeUndefined()
    for (const n of [0, 4, 2]) store.commit({ key: key(`t-${n}`), expectedVersion: 2, events: [ended(30 + n)] })
    for (let n = 40; n < 43; n++) store.commit(creation(`t-${n}`, n, [ended(n)]))
    expect(listed(store)).toEqual(['t-42', 't-41', 't-40', 't-4', 't-2', 't-0'])
  })

  test('an outbox that is full refuses the whole commit', () => {
    const store = createMemoryRunStore()
    const owed = (id: number): NonNullable<RunCommit['outbox']>[number] => ({
      id: String(id),
      topic: 't',
      group: 'g',
      body: {},
      dueAt: 0,
      attempts: 0,
    })
    store.commit(creation('a', 0, [], { outbox: Array.from({ length: 10_000 }, (_, index) => owed(index)) }))
    expect(thrown(() => store.commit(creation('b', 1, [], { outbox: [owed(10_000)] }))).code).toBe('PF_STORE_FULL')
    expect(store.load(key('b'))).toBeUndefined()
    store.outbox.settle('0')
    store.commit(creation('b', 1, [], { outbox: [owed(10_000)] }))
  })

  test('what JSON can not carry is refused before anything is changed', () => {
    const store = createMemoryRunStore()
    store.commit(creation('a', 0))
    const bad = 1n as unknown as string
    expect(() =>
      store.commit({
        key: key('a'),
        expectedVersion: 1,
        events: [text('x'), { type: 'custom', name: 'c', value: bad }],
      }),
    ).toThrow(TypeError)
    expect(() =>
      store.commit({
        key: key('a'),
        expectedVersion: 1,
        events: [text('x')],
        conversation: [{ messageId: bad, role: 'user', parts: [] }],
      }),
    ).toThrow(TypeError)
    expect(() => store.commit(creation('b', 0, [], { facts: { principal: { id: 'a' }, runId: bad } }))).toThrow(
      TypeError,
    )
    expect([store.load(key('a'))?.version, store.load(key('a'))?.task.artifacts, listed(store)]).toEqual([1, [], ['a']])
  })

  test('what a task that is over gives is one and the same, frozen', () => {
    const store = createMemoryRunStore()
    store.commit(creation('a', 0, [text('x'), ended(1)]))
    expect(store.load(key('a'))?.task).toBe(store.load(key('a'))?.task)
    expect(Object.isFrozen(store.load(key('a'))?.task.artifacts[0]?.parts[0])).toBe(true)
  })
})

test('50,000 tasks pass through with 500 live ones in between: none of those is lost, and no more than the bound is kept', () => {
  const store = createMemoryRunStore({ maxTasks: 2_000 })
  for (let n = 0; n < 500; n++)
    store.commit(
      creation(`live-${n}`, n, [{ type: 'status', status: { state: 'input-required', timestamp: time(n) } }]),
    )
  for (let n = 0; n < 50_000; n++) store.commit(creation(`t-${n}`, n, [text('x'), ended(n)]))
  expect(store.list({ scope, pageSize: 1 }).total).toBe(2_000)
  for (let n = 0; n < 500; n++) {
    expect(store.head(key(`live-${n}`))?.state).toBe('input-required')
    store.commit({ key: key(`live-${n}`), expectedVersion: 1, events: [ended(300_000 + n)] })
  }
  const page = store.list({ scope, pageSize: 600 })
  expect(page.tasks.slice(0, 500).map(({ task }) => task.id)).toEqual(
    Array.from({ length: 500 }, (_, index) => `live-${499 - index}`),
  )
})
