import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { migrate } from './schema'
import { createSqliteStores, type SqliteStores } from './sqlite-stores'

let directory = ''
let file = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pf-sqlite-'))
  file = join(directory, 'agent.db')
})
afterEach(() => rmSync(directory, { recursive: true }))

describe('migrations', () => {
  const one = 'CREATE TABLE one (a)'
  const two = 'ALTER TABLE one ADD COLUMN b; INSERT INTO one VALUES (1, 2)'
  const columns = (database: DatabaseSync): unknown => database.prepare('SELECT * FROM one').all()

  test('run once each, in order, and not again', () => {
    const database = new DatabaseSync(file)
    migrate(database, [one])
    migrate(database, [one])
    migrate(database, [one, two])
    migrate(database, [one, two])
    expect(columns(database)).toEqual([{ a: 1, b: 2 }])
    database.close()
  })

  test('leave the file as it was where one fails', () => {
    const database = new DatabaseSync(file)
    migrate(database, [one])
    expect(() => migrate(database, [one, `${two}; SELECT * FROM missing`])).toThrow('no such table')
    expect(database.isTransaction).toBe(false)
    expect(columns(database)).toEqual([])
    migrate(database, [one, two])
    expect(columns(database)).toEqual([{ a: 1, b: 2 }])
    database.close()
  })

  test('refuse a file that is ahead of them', () => {
    const database = new DatabaseSync(file)
    migrate(database, [one, two])
    expect(() => migrate(database, [one])).toThrow(
      expect.objectContaining({ code: 'PF_STORE_SCHEMA', details: { found: 2, known: 1 } }),
    )
    expect(columns(database)).toEqual([{ a: 1, b: 2 }])
    database.close()
  })
})

test('a file of schema 1 is read, and goes on', async () => {
  const database = new DatabaseSync(file)
  database.exec(readFileSync(join(import.meta.dirname, '../test/fixtures/schema-1.sql'), 'utf8'))
  database.close()
  const stores = createSqliteStores({ file })
  const key = { tenant: 'acme', principalId: 'alice', taskId: 'task-1' }
  const stored = await stores.runStore.load(key)
  expect(stored).toEqual({
    key,
    task: {
      id: 'task-1',
      contextId: 'context-1',
      status: { state: 'working', timestamp: '2026-01-01T00:00:00.000Z' },
      artifacts: [{ artifactId: 'a', parts: [{ text: 'one two' }] }],
      history: [],
    },
    facts: { principal: { id: 'alice', scopes: ['read'] }, runId: 'run-1', state: { a: 1 } },
    version: 2,
    lastSeq: 3,
    lease: { token: 1, expiresAt: 1_767_225_700_000 },
  })
  expect((await stores.runStore.read(key, 1))?.map(({ seq, event }) => [seq, event.type])).toEqual([
    [1, 'status'],
    [2, 'text-delta'],
    [3, 'text-delta'],
  ])
  const odd = await stores.runStore.load({ ...key, taskId: 'odd \ud800' })
  expect(odd?.task.history[0]?.parts).toEqual([{ text: 'Grüße 😀' }])
  expect((await stores.conversation.read(key, 'context-1')).map(({ messageId }) => messageId)).toEqual(['m-1', 'm-2'])
  expect((await stores.keyValue.get('state/a'))?.value).toEqual({ b: [1] })
  expect((await stores.outbox.take({ topic: 'push', now: 5, hideUntil: 9, limit: 1 }))[0]?.body).toEqual({ n: 1 })
  expect((await stores.runStore.list({ scope: key, pageSize: 5 })).total).toBe(2)
  expect(await stores.runStore.commit({ key, expectedVersion: 2, leaseToken: 1, events: [] })).toEqual({
    version: 3,
    lastSeq: 3,
  })
  stores.close()
})

describe('deliveries in a file of schema 1', () => {
  const insert =
    'INSERT INTO pf_outbox (id, topic, group_id, body, due_at, attempts) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING'

  /** A file of the version before, with 40 deliveries of 8 groups; gives a process of that version, still at work. */
  function oldFile(): DatabaseSync {
    const old = new DatabaseSync(file, { timeout: 1_000 })
    old.exec('PRAGMA journal_mode = WAL')
    old.exec(readFileSync(join(import.meta.dirname, '../test/fixtures/schema-1.sql'), 'utf8'))
    const statement = old.prepare(insert)
    for (let n = 0; n < 40; n++)
      statement.run(`old-${n}`, 'a2a.push', `g-${n % 8}`, `{"n":${n}}`, n % 3 === 0 ? 50 : 0, n % 2)
    old.exec(`DELETE FROM pf_outbox WHERE id = 'old-1'`)
    return old
  }
  const ids = async (outbox: SqliteStores['outbox'], now: number, limit = 50, except: string[] = []) =>
    (await outbox.take({ topic: 'a2a.push', now, hideUntil: now + 100, limit, except })).map(({ id }) => id)

  test('are all there, in order, owned by nobody, and behind them come those of owners', async () => {
    oldFile().close()
    const stores = createSqliteStores({ file })
    const { outbox } = stores
    expect(await outbox.pending({ topic: 'a2a.push', limit: 99 })).toBe(39)
    expect(await outbox.pending({ topic: 'a2a.push', owner: '', limit: 99 })).toBe(39)
    expect(await outbox.pending({ topic: 'push', limit: 99 })).toBe(1)
    await outbox.add([
      { id: 'new-1', topic: 'a2a.push', group: 'g-0', owner: 'alice', body: {}, dueAt: 1, attempts: 0 },
      { id: 'new-2', topic: 'a2a.push', group: 'h', owner: 'alice', body: {}, dueAt: 1, attempts: 0 },
    ])
    // 0, 3 and 6 are not due; of group 1 the first is gone, and the next one is not due.
    expect(await ids(outbox, 1)).toEqual(['old-2', 'new-2', 'old-4', 'old-5', 'old-7'])
    expect(await ids(outbox, 50)).toEqual(['old-0', 'old-3', 'old-6', 'old-9'])
    for (const n of [0, 8, 16, 24, 32]) await outbox.settle(`old-${n}`)
    expect(await ids(outbox, 60)).toEqual(['new-1'])
    expect(await outbox.pending({ topic: 'a2a.push', owner: '', limit: 99 })).toBe(34)
    stores.close()
  })

  test('of a process of that version that goes on writing are counted and delivered, too', async () => {
    const old = oldFile()
    const [add, hide, settle] = [
      insert,
      'UPDATE pf_outbox SET due_at = ? WHERE arrival = ?',
      'DELETE FROM pf_outbox WHERE id = ?',
    ].map((sql) => old.prepare(sql)) as [StatementSync, StatementSync, StatementSync]
    const take = old.prepare(
      `SELECT * FROM pf_outbox AS entry WHERE topic = ? AND due_at <= ? AND NOT EXISTS (
         SELECT 1 FROM pf_outbox AS ahead WHERE ahead.topic = entry.topic AND ahead.group_id = entry.group_id AND ahead.arrival < entry.arrival)
       ORDER BY arrival LIMIT ?`,
    )
    expect(take.all('a2a.push', 0, 50)).toHaveLength(4)
    const stores = createSqliteStores({ file })
    const { outbox } = stores
    await outbox.add([{ id: 'new', topic: 'a2a.push', group: 'h', owner: 'alice', body: {}, dueAt: 0, attempts: 0 }])
    add.run('later', 'a2a.push', 'h', '{}', 0, 0)
    add.run('later', 'a2a.push', 'h', '{}', 0, 0)
    add.run('apart', 'a2a.push', 'i', '{}', 0, 0)
    expect(await outbox.pending({ topic: 'a2a.push', limit: 99 })).toBe(42)
    const seen = take.all('a2a.push', 0, 50) as { id: string; arrival: number }[]
    expect(seen.map(({ id }) => id)).toEqual(['old-2', 'old-4', 'old-5', 'old-7', 'new', 'apart'])
    for (const { id, arrival } of seen) if (id !== 'apart') hide.run(70, arrival)
    expect(await ids(outbox, 10)).toEqual(['apart'])
    settle.run('new')
    expect(await ids(outbox, 10)).toEqual(['later'])
    expect(await outbox.pending({ topic: 'a2a.push', owner: 'alice', limit: 9 })).toBe(0)
    stores.close()
    old.close()
  })
})
