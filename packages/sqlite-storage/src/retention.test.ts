import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { RunCommit, RunEvent } from '@pf-agents/agent-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSqliteStores, type SqliteStores } from './sqlite-stores'
import type { SqliteOptions } from './options'

const scope = { tenant: '', principalId: 'alice' }
const key = (id: string): RunCommit['key'] => ({ ...scope, taskId: id })
const at = '2026-01-01T00:00:00.000Z'
const ended: RunEvent = { type: 'status', status: { state: 'completed', timestamp: at } }

function creation(id: string, events: RunEvent[], more: Partial<RunCommit> = {}): RunCommit {
  const create = {
    id,
    contextId: 'c',
    status: { state: 'working' as const, timestamp: at },
    artifacts: [],
    history: [],
  }
  return { key: key(id), expectedVersion: 0, create, facts: { principal: { id: 'alice' }, runId: id }, events, ...more }
}

/** A store whose time the test sets. */
function at0(options: Partial<SqliteOptions> = {}): { stores: SqliteStores; clock: { time: number } } {
  const clock = { time: 0 }
  return { stores: createSqliteStores({ file: ':memory:', clock: { now: () => clock.time }, ...options }), clock }
}

/** Runs a check over a file that no store has open. */
function inspect(file: string, check: (count: (sql: string) => number) => void): void {
  const database = new DatabaseSync(file)
  check((sql) => (database.prepare(`SELECT ${sql} AS value`).get() as { value: number }).value)
  database.close()
}

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'pf-sqlite-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

let passes = 0

/** Sweeps come along with commits: makes enough of them. */
async function pass(stores: SqliteStores): Promise<void> {
  const id = `pass-${passes++}`
  await stores.runStore.commit(creation(id, []))
  for (let version = 1; version < 300; version++)
    await stores.runStore.commit({ key: key(id), expectedVersion: version, events: [] })
}

describe('what is kept how long', () => {
  test('events go some time after the end of their task, and the task stays whole', async () => {
    const file = join(directory, 'events.db')
    const { stores, clock } = at0({ file, keepEventsMs: 1_000 })
    const text: RunEvent = { type: 'text-delta', messageId: 'a', delta: 'x' }
    await stores.runStore.commit(creation('over', [text, text]))
    await stores.runStore.commit({ key: key('over'), expectedVersion: 1, events: [ended] })
    // One more event behind the end, of which no snapshot was written.
    await stores.runStore.commit({
      key: key('over'),
      expectedVersion: 2,
      events: [{ type: 'metadata', metadata: { late: true } }],
    })
    await stores.runStore.commit(creation('live', [text]))
    clock.time = 999
    await pass(stores)
    expect((await stores.runStore.read(key('over'), 1))?.length).toBe(4)
    clock.time = 1_000
    await pass(stores)
    expect(await stores.runStore.read(key('over'), 1)).toBeUndefined()
    expect(await stores.runStore.read(key('over'), 4)).toBeUndefined()
    expect(await stores.runStore.read(key('over'), 5)).toEqual([])
    const task = (await stores.runStore.load(key('over')))?.task
    expect(task).toMatchObject({
      status: { state: 'completed' },
      metadata: { late: true },
      artifacts: [{ parts: [{ text: 'xx' }] }],
    })
    expect((await stores.runStore.read(key('live'), 1))?.length).toBe(1)
    stores.close()
    inspect(file, (count) =>
      expect(count(`(SELECT count(*) FROM pf_events JOIN pf_task ON id = task WHERE task_id = 'over')`)).toBe(0),
    )
  })

  test('a task that goes on behind its trimmed events numbers on, and can be read from there', async () => {
    const { stores, clock } = at0({ keepEventsMs: 0 })
    await stores.runStore.commit(creation('a', [ended]))
    clock.time = 10
    await pass(stores)
    expect(await stores.runStore.read(key('a'), 1)).toBeUndefined()
    const metadata: RunEvent = { type: 'metadata', metadata: { n: 1 } }
    await stores.runStore.commit({ key: key('a'), expectedVersion: 1, events: [metadata] })
    expect(await stores.runStore.read(key('a'), 2)).toEqual([{ seq: 2, event: metadata }])
    expect((await stores.runStore.load(key('a')))?.task.metadata).toEqual({ n: 1 })
    stores.close()
  })

  test('tasks go with all that belongs to them, live ones never', async () => {
    const file = join(directory, 'tasks.db')
    const { stores, clock } = at0({ file, keepEventsMs: 500, keepTasksMs: 1_000 })
    for (let n = 0; n < 600; n++) await stores.runStore.commit(creation(`over-${n}`, [ended]))
    await stores.runStore.commit(creation('live', []))
    clock.time = 999
    await pass(stores)
    expect((await stores.runStore.list({ scope, pageSize: 1, state: 'completed' })).total).toBe(600)
    clock.time = 1_000
    for (let round = 0; round < 3; round++) await pass(stores)
    expect((await stores.runStore.list({ scope, pageSize: 1, state: 'completed' })).total).toBe(0)
    expect(await stores.runStore.load(key('over-3'))).toBeUndefined()
    expect((await stores.runStore.load(key('live')))?.version).toBe(1)
    stores.close()
    inspect(file, (count) => {
      // What is left belongs to a task: the live one, and those that made the passes.
      expect(count('(SELECT count(*) FROM pf_task)')).toBe(1 + 4)
      for (const table of ['pf_snapshot', 'pf_fact', 'pf_events']) {
        expect([table, count(`(SELECT count(*) FROM ${table} WHERE task NOT IN (SELECT id FROM pf_task))`)]).toEqual([
          table,
          0,
        ])
      }
    })
  })

  test('without a limit, tasks and messages stay', async () => {
    const { stores, clock } = at0()
    await stores.runStore.commit(
      creation('over', [ended], { conversation: [{ messageId: 'm', role: 'user', parts: [{ text: 'x' }] }] }),
    )
    clock.time = 10 ** 12
    await pass(stores)
    expect((await stores.runStore.load(key('over')))?.version).toBe(1)
    expect((await stores.conversation.read(scope, 'c')).length).toBe(1)
    stores.close()
  })

  test('messages go by age and by number', async () => {
    const file = join(directory, 'messages.db')
    const { stores, clock } = at0({ file, keepMessagesMs: 1_000, maxMessages: 100 })
    const messages = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({
        messageId: `m-${from + index}`,
        role: 'user' as const,
        parts: [{ text: 'x' }],
      }))
    await stores.conversation.append(scope, 'old', messages(0, 5))
    clock.time = 600
    for (let n = 0; n < 30; n++) await stores.conversation.append(scope, 'long', messages(n * 10, 10))
    const long = await stores.conversation.read(scope, 'long', { limit: 1_000 })
    expect([long.length, long.at(-1)?.messageId, long[0]?.messageId]).toEqual([100, 'm-299', 'm-200'])
    inspect(file, (count) => expect(count('(SELECT count(*) FROM pf_message)')).toBeLessThan(5 + 100 + 64))
    clock.time = 1_000
    await pass(stores)
    expect(await stores.conversation.read(scope, 'old')).toEqual([])
    expect((await stores.conversation.read(scope, 'long')).length).toBe(100)
    clock.time = 1_600
    await pass(stores)
    await pass(stores)
    expect(await stores.conversation.read(scope, 'long')).toEqual([])
    stores.close()
  })

  test('a long run without snapshots is folded in by the store, so that a load stays short', async () => {
    const file = join(directory, 'long.db')
    const { stores } = at0({ file })
    const text: RunEvent = { type: 'text-delta', messageId: 'a', delta: 'x' }
    await stores.runStore.commit(creation('a', []))
    for (let version = 1; version <= 30; version++) {
      await stores.runStore.commit({
        key: key('a'),
        expectedVersion: version,
        events: Array.from({ length: 200 }, () => text),
      })
    }
    const loaded = await stores.runStore.load(key('a'))
    expect([loaded?.lastSeq, loaded?.task.artifacts[0]?.parts[0]?.text?.length]).toEqual([6_000, 6_000])
    expect((await stores.runStore.read(key('a'), 5_990))?.length).toBe(11)
    stores.close()
    inspect(file, (count) => expect(count('(SELECT last_seq - snapshot_seq FROM pf_task)')).toBeLessThanOrEqual(1_024))
  })
})

test('an answer that is still due when the store is closed is given, and stored', async () => {
  const stores = createSqliteStores({ file: ':memory:' })
  const answers = [stores.runStore.commit(creation('a', [])), stores.runStore.commit(creation('b', []))]
  stores.close()
  expect(await Promise.all(answers)).toEqual([
    { version: 1, lastSeq: 0 },
    { version: 1, lastSeq: 0 },
  ])
})
