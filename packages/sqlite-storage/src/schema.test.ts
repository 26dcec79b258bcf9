import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { migrate } from './schema'
import { createSqliteStores } from './sqlite-stores'

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
