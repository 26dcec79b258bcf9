import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { PfError, type Task } from '@pf-agents/agent-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSqliteStores } from '../src/sqlite-stores'
import { migrations } from '../src/schema'
import { Workshop } from './processes'
import { key, scope, scriptedCommit } from './script'

let workshop: Workshop
beforeAll(() => {
  workshop = new Workshop()
})
afterAll(() => workshop.close())

function openingError(file: string): PfError {
  try {
    createSqliteStores({ file }).close()
  } catch (error) {
    if (PfError.is(error)) return error
    throw error
  }
  throw new Error('the file was opened')
}

async function storeWithTask(file: string): Promise<void> {
  const stores = createSqliteStores({ file })
  await stores.runStore.commit(scriptedCommit(0, false))
  stores.close()
}

describe('a file that can not be used says why, and what to do', () => {
  test('no directory', () => {
    const error = openingError(workshop.path('missing/agent.db'))
    expect(error.code).toBe('PF_STORE_UNAVAILABLE')
    expect(error.message).toContain('agent.db')
    expect(error.message).toContain('directory exists')
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('a directory in its place', () => {
    mkdirSync(workshop.path('directory.db'))
    expect(openingError(workshop.path('directory.db'))).toMatchObject({ code: 'PF_STORE_UNAVAILABLE' })
  })

  test('no SQLite database', () => {
    const file = workshop.path('text.db')
    writeFileSync(file, 'this is a text file, longer than the header of a database is '.repeat(20))
    const error = openingError(file)
    expect(error).toMatchObject({ code: 'PF_STORE_UNAVAILABLE', details: { sqliteCode: 26 } })
    expect(error.message).toContain('no SQLite database')
    expect(readFileSync(file, 'utf8').startsWith('this is a text file')).toBe(true)
  })

  test('damaged pages: what is asked for fails, and the process goes on', async () => {
    const file = workshop.path('damaged.db')
    await storeWithTask(file)
    const database = new DatabaseSync(file)
    // The schema and its version stay: the file opens, and the damage is met later.
    const pages = database
      .prepare(`SELECT rootpage AS page FROM sqlite_schema WHERE rootpage > 0 AND tbl_name <> 'pf_schema'`)
      .all() as { page: number }[]
    database.close()
    const handle = openSync(file, 'r+')
    for (const { page } of pages) writeSync(handle, new Uint8Array(4_096).fill(0xa5), 0, 4_096, (page - 1) * 4_096)
    closeSync(handle)
    const stores = createSqliteStores({ file })
    await expect((async () => await stores.runStore.load(key))()).rejects.toMatchObject({
      code: 'PF_STORE_UNAVAILABLE',
    })
    await expect((async () => await stores.runStore.commit(scriptedCommit(1, false)))()).rejects.toMatchObject({
      code: 'PF_STORE_UNAVAILABLE',
    })
    await expect((async () => await stores.runStore.list({ scope, pageSize: 1 }))()).rejects.toThrow('damaged')
    stores.close()
  })

  test('a newer schema', async () => {
    const file = workshop.path('newer.db')
    await storeWithTask(file)
    const database = new DatabaseSync(file)
    database.exec('UPDATE pf_schema SET version = 99')
    database.close()
    const error = openingError(file)
    expect(error).toMatchObject({ code: 'PF_STORE_SCHEMA', details: { found: 99, known: migrations.length } })
    expect(error.message).toContain('newer')
    const after = new DatabaseSync(file)
    expect(after.prepare('SELECT count(*) AS tasks FROM pf_task').get()).toEqual({ tasks: 1 })
    after.close()
  })

  test('read-only', { timeout: 30_000 }, async () => {
    const directory = workshop.path('locked')
    mkdirSync(directory)
    const file = `${directory}/agent.db`
    await storeWithTask(file)
    chmodSync(file, 0o444)
    chmodSync(directory, 0o555)
    chmodSync(workshop.directory, 0o755)
    // The superuser may write everything: the child runs as nobody.
    const isRoot = process.getuid?.() === 0
    const end = await workshop.start({ file, do: 'fill' }, isRoot ? { uid: 65_534 } : {})
    chmodSync(directory, 0o755)
    expect(end.errors).toBe('')
    const said = JSON.parse(end.lines[0] ?? '{}') as { code: string; message: string }
    expect(said.code).toBe('PF_STORE_UNAVAILABLE')
    expect(said.message).toMatch(/read-only|can not be opened/)
  })

  test(
    'no room left: the commit fails, what was stored stays readable, and the file is sound',
    { timeout: 60_000 },
    async () => {
      const file = workshop.path('full.db')
      // No file of the process may grow past 2 MB; the write fails as on a full disk.
      const end = await workshop.start({ file, do: 'fill' }, { shell: 'ulimit -f 4096; trap "" XFSZ' })
      expect(end).toMatchObject({ code: 0, signal: null, errors: '' })
      const [failed, readable] = end.lines
        .slice(0, 2)
        .map((line) => JSON.parse(line) as { stored: number; code: string; message: string; readable: string })
      expect(failed?.code).toBe('PF_STORE_UNAVAILABLE')
      expect(failed?.message).toMatch(/no room left|Look at the disk/)
      expect(failed?.stored).toBeGreaterThan(5)
      expect(readable?.readable).toBe(`task-${(failed?.stored ?? 0) - 1}`)
      const stores = createSqliteStores({ file })
      expect((await stores.runStore.list({ scope, pageSize: 1 })).total).toBe(failed?.stored)
      const after = scriptedCommit(0, false)
      await stores.runStore.commit({
        ...after,
        key: { ...key, taskId: 'after' },
        create: { ...(after.create as Task), id: 'after' },
      })
      stores.close()
      const database = new DatabaseSync(file)
      expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
      database.close()
    },
  )

  test('a write lock that another connection holds for too long', async () => {
    const file = workshop.path('busy.db')
    await storeWithTask(file)
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    const stores = createSqliteStores({ file, busyTimeoutMs: 50 })
    const error = await Promise.resolve(stores.runStore.commit({ ...scriptedCommit(1, false) })).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ code: 'PF_STORE_UNAVAILABLE', retryable: true, retryAfterMs: 1_000 })
    expect((error as Error).message).toContain('busyTimeoutMs')
    // Reading needs no lock.
    expect((await stores.runStore.load(key))?.version).toBe(1)
    other.exec('ROLLBACK')
    await stores.runStore.commit(scriptedCommit(1, false))
    stores.close()
    other.close()
  })

  test('a store that was closed', async () => {
    const stores = createSqliteStores({ file: ':memory:' })
    stores.close()
    stores.close()
    await expect((async () => await stores.runStore.load(key))()).rejects.toMatchObject({
      code: 'PF_STORE_UNAVAILABLE',
    })
    await expect((async () => await stores.runStore.commit(scriptedCommit(0, false)))()).rejects.toThrow('closed')
  })
})
