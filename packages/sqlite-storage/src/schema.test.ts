import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Database } from './database'
import { Messages } from './messages'
import { Retention } from './retention'
import { migrate, migrations } from './schema'
import { createSqliteRunStore } from './sqlite-run-store'
import { createSqliteStores, type SqliteStores } from './sqlite-stores'
import { WaitingEntries } from './waiting-entries'

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

describe('what is overdue in a file of schema 1', () => {
  const asks = (...expiresAt: (string | undefined)[]): string =>
    JSON.stringify(
      expiresAt.map((at, n) => ({ id: `q-${n}`, kind: 'input', prompt: '?', status: 'open', expiresAt: at })),
    )
  const made = { principal: { id: 'alice' }, runId: 'r' }
  const at = (text: string): number => Date.parse(text)

  /** A process of the version before, at work on a new file of it: `run` makes a task, `ask` its questions, `move` its next commit. */
  function oldProcess() {
    const old = new DatabaseSync(file, { timeout: 1_000 })
    old.exec('PRAGMA journal_mode = WAL')
    old.exec(readFileSync(join(import.meta.dirname, '../test/fixtures/schema-1.sql'), 'utf8'))
    const insert = old.prepare(
      `INSERT INTO pf_task (tenant, principal, task_id, context_id, state, status_at, version, last_seq, snapshot_seq, trimmed_seq, last_token, lease_token, lease_until, ended_at)
       VALUES ('acme', 'alice', ?, 'c', ?, '2026-01-01T00:00:00.000Z', 1, 0, 0, 0, 1, ?, ?, NULL)`,
    )
    const snapshot = old.prepare('INSERT INTO pf_snapshot (task, body) VALUES (?, ?)')
    const fact = old.prepare(
      'INSERT INTO pf_fact (task, name, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
    )
    const update = old.prepare(
      'UPDATE pf_task SET version = version + 1, lease_token = ?, lease_until = ?, state = ?, status_at = status_at WHERE id = ?',
    )
    return {
      run(id: string, state: string, until: number | null, facts: object = made): number {
        const task = Number(insert.run(id, state, until === null ? null : 1, until).lastInsertRowid)
        const status = { state, timestamp: '2026-01-01T00:00:00.000Z' }
        snapshot.run(task, JSON.stringify({ id, contextId: 'c', status, artifacts: [], history: [] }))
        fact.run(task, '', JSON.stringify(facts))
        return task
      },
      ask: (task: number, body: string | null) => fact.run(task, 'interrupts', body),
      move: (task: number, state: string, until: number | null) =>
        update.run(until === null ? null : 1, until, state, task),
      close: () => old.close(),
    }
  }
  const overdue = async (stores: SqliteStores, now: number) =>
    (await stores.runStore.overdue({ tenant: 'acme', now, limit: 9 })).tasks.map(({ taskId }) => taskId)

  test('is found: leases, and questions of tasks that wait', async () => {
    const old = oldProcess()
    old.run('leased', 'working', 500)
    old.run('held by nobody', 'submitted', null)
    old.run('done', 'completed', null)
    old.ask(
      old.run('asks', 'input-required', null),
      asks('2026-02-01T00:00:00.000Z', '2026-01-31T23:59:59.999Z', undefined),
    )
    old.run('asked when made', 'auth-required', null, { ...made, interrupts: JSON.parse(asks('2026-01-31T00:00:00Z')) })
    const closed = { ...made, interrupts: JSON.parse(asks('2026-01-30T00:00:00Z')) }
    old.ask(old.run('asks no more', 'input-required', null, closed), null)
    old.close()
    const stores = createSqliteStores({ file })
    expect(await overdue(stores, 499)).toEqual(['held by nobody'])
    expect(await overdue(stores, 500)).toEqual(['held by nobody', 'leased'])
    // The task of the file itself is leased until the 1st of January.
    const known = ['held by nobody', 'leased', 'task-1', 'asked when made']
    expect(await overdue(stores, at('2026-01-31T23:59:59.998Z'))).toEqual(known)
    expect(await overdue(stores, at('2026-01-31T23:59:59.999Z'))).toEqual([...known, 'asks'])
    stores.close()
  })

  test('is found of a process of that version that goes on writing, too', async () => {
    const old = oldProcess()
    const asking = old.run('asks', 'working', 900)
    const stores = createSqliteStores({ file })
    const { runStore } = stores
    const leased = old.run('leased', 'working', 500)
    old.ask(asking, asks('2026-01-01T00:00:00.500Z'))
    expect(await overdue(stores, 899)).toEqual(['leased'])
    old.move(leased, 'working', 950)
    old.move(asking, 'input-required', null)
    expect(await overdue(stores, 949)).toEqual([])
    old.move(leased, 'completed', null)
    expect(await overdue(stores, at('2026-01-01T00:00:00.499Z'))).toEqual([])
    expect(await overdue(stores, at('2026-01-01T00:00:00.500Z'))).toEqual(['asks'])
    const scope = { tenant: 'acme', principalId: 'alice' }
    const query = { scope, pageSize: 1, overdue: { now: at('2026-01-01T00:00:00.500Z'), limit: 9 } }
    expect((await runStore.list(query)).overdue).toEqual([{ ...scope, taskId: 'asks' }])
    old.ask(asking, asks(undefined))
    expect((await runStore.list(query)).overdue).toBeUndefined()
    stores.close()
    old.close()
  })

  test('is looked up by index alone', () => {
    oldProcess().close()
    const database = new Database({ file })
    const prepare = database.statement.bind(database)
    const statements: string[] = []
    database.statement = (sql) => {
      if (sql.includes('due_at')) statements.push(sql)
      return prepare(sql)
    }
    const overdue = { now: 1, limit: 1 }
    const store = createSqliteRunStore({
      database,
      messages: new Messages(database, 9),
      retention: new Retention(database, { keepEventsMs: 1 }),
      waiting: new WaitingEntries(),
      now: () => 0,
    })
    void store.list({ scope: { tenant: '', principalId: 'a' }, pageSize: 1, overdue })
    void store.overdue({ ...overdue, tenant: '' })
    const plans = statements.map((sql) =>
      prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail),
    )
    expect(plans).toEqual([
      ['SEARCH pf_task USING INDEX pf_task_due (tenant=? AND principal=? AND due_at<?)'],
      ['SEARCH pf_task USING INDEX pf_task_due_tenant (tenant=? AND due_at>? AND due_at<?)'],
    ])
    database.close()
  })
})

describe('deliveries of owners in a file of schema 2', () => {
  const topic = 'a2a.push'
  /** A process of that version, at work. */
  function oldProcess() {
    const old = new DatabaseSync(file, { timeout: 1_000 })
    old.exec('PRAGMA journal_mode = WAL')
    migrate(old, migrations.slice(0, 2))
    const add = old.prepare(
      'INSERT INTO pf_outbox (id, topic, group_id, owner, body, due_at, attempts) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    const owners = old.prepare(
      'SELECT owner FROM pf_outbox_owner WHERE topic = ? AND due_at <= ? ORDER BY due_at LIMIT 9',
    )
    const next = old.prepare('SELECT * FROM pf_outbox WHERE topic = ? AND owner = ? AND is_head = 1 AND due_at <= ?')
    const hide = old.prepare('UPDATE pf_outbox SET due_at = ? WHERE arrival = ?')
    const settle = old.prepare('DELETE FROM pf_outbox WHERE id = ?')
    return {
      add: (owner: string, ...ids: string[]) => {
        for (const id of ids) add.run(id, topic, id, owner, '{"n":1}', 0, 0)
      },
      takeAll: (now: number) =>
        owners.all(topic, now).flatMap(({ owner }) =>
          next.all(topic, owner as string, now).map(({ id, arrival, body }) => {
            hide.run(now + 100, arrival as number)
            return [id, body]
          }),
        ),
      settle: (id: string) => settle.run(id),
      close: () => old.close(),
    }
  }

  test('are all there, in turns, and a process of that version goes on beside', async () => {
    const old = oldProcess()
    old.add('alice', 'a-1', 'a-2')
    old.add('bob', 'b-1')
    const { outbox, close } = createSqliteStores({ file })
    const take = async (now: number, limit: number) =>
      (await outbox.take({ topic, now, hideUntil: now + 100, limit })).map(({ id }) => id)
    expect(await take(0, 1)).toEqual(['a-1'])
    expect(await outbox.pendingBytes({ topic })).toBe(3 * '{"n":1}'.length)
    old.add('carol', 'c-1')
    expect(await take(0, 3)).toEqual(['b-1', 'c-1', 'a-2'])
    // Their turns are over, and remembered: all have gone but Carol.
    for (const id of ['a-1', 'a-2', 'b-1']) await outbox.settle(id)
    old.settle('c-1')
    old.add('dave', 'd-1')
    await outbox.add([{ id: 'c-2', topic, group: 'c-2', owner: 'carol', body: { n: 2 }, dueAt: 0, attempts: 0 }])
    expect(old.takeAll(200)).toEqual([
      ['c-2', '{"n":2}'],
      ['d-1', '{"n":1}'],
    ])
    expect(await take(200, 9)).toEqual([])
    expect(await outbox.pendingBytes({ topic, owner: 'dave' })).toBe('{"n":1}'.length)
    for (const id of ['c-2', 'd-1']) old.settle(id)
    expect(await take(400, 9)).toEqual([])
    expect([await outbox.pending({ topic, limit: 9 }), await outbox.pendingBytes({ topic })]).toEqual([0, 0])
    // What nobody needs any more is not kept.
    const look = new DatabaseSync(file)
    expect(look.prepare('SELECT * FROM pf_outbox_owner').all()).toEqual([])
    look.close()
    close()
    old.close()
  })
})

describe('what is overdue in a file of schema 5', () => {
  test('is found tenant by tenant, of what a process of that version goes on writing, too', async () => {
    const old = new DatabaseSync(file, { timeout: 1_000 })
    old.exec('PRAGMA journal_mode = WAL')
    migrate(old, migrations.slice(0, 5))
    const insert = old.prepare(
      `INSERT INTO pf_task (tenant, principal, task_id, context_id, state, status_at, version, last_seq, snapshot_seq, trimmed_seq, last_token, lease_token, lease_until)
       VALUES (?, 'alice', ?, 'c', 'working', '2026-01-01T00:00:00.000Z', 1, 0, 0, 0, 1, 1, ?)`,
    )
    for (const tenant of ['served', 'gone']) for (const n of [1, 2]) insert.run(tenant, `t-${n}`, n * 10)
    // As that version looks, its statement prepared before the file goes on to the next.
    const asBefore = old.prepare('SELECT task_id FROM pf_task WHERE due_at <= ? ORDER BY due_at LIMIT ?')
    const { runStore, close } = createSqliteStores({ file })
    const overdue = async (tenant: string, now: number) =>
      (await runStore.overdue({ tenant, now, limit: 9 })).tasks.map(({ taskId }) => taskId)
    expect(await overdue('served', 20)).toEqual(['t-1', 't-2'])
    insert.run('served', 't-3', 5)
    expect(await overdue('served', 19)).toEqual(['t-3', 't-1'])
    expect(asBefore.all(10, 9).map((row) => row.task_id)).toEqual(['t-3', 't-1', 't-1'])
    old.exec(`UPDATE pf_task SET lease_until = 99 WHERE tenant = 'gone'`)
    expect(await overdue('gone', 98)).toEqual([])
    expect(await overdue('gone', 99)).toEqual(['t-1', 't-2'])
    close()
    old.close()
  })
})
