import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunCommit } from '@pf-agents/agent-core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Database } from './database'
import { createSqliteStores } from './sqlite-stores'

const key = { tenant: '', principalId: 'alice', taskId: 'task-1' }
const at = '2026-01-01T00:00:00.000Z'
const creation: RunCommit = {
  key,
  expectedVersion: 0,
  create: { id: 'task-1', contextId: 'c', status: { state: 'working', timestamp: at }, artifacts: [], history: [] },
  facts: { principal: { id: 'alice' }, runId: 'run-1' },
  events: [],
}
const next: RunCommit = {
  key,
  expectedVersion: 1,
  events: [{ type: 'text-delta', messageId: 'a', delta: 'x' }],
  conversation: [{ messageId: 'm', role: 'user', parts: [{ text: 'x' }] }],
}

let directory = ''
let file = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pf-sqlite-'))
  file = join(directory, 'agent.db')
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(directory, { recursive: true })
})

/** Does something just before the next statement that begins so is prepared. */
function before(sql: string, act: () => void): void {
  const real = Database.prototype.statement
  const spy = vi.spyOn(Database.prototype, 'statement').mockImplementation(function (this: Database, wanted: string) {
    if (wanted.startsWith(sql)) {
      spy.mockRestore()
      act()
    }
    return real.call(this, wanted)
  })
}

describe('transactions', () => {
  test('a write holds the lock from its beginning: nobody writes between what it reads and what it writes', async () => {
    const first = createSqliteStores({ file })
    const second = createSqliteStores({ file, busyTimeoutMs: 0 })
    await first.runStore.commit(creation)
    let other: unknown
    before('UPDATE pf_task', () => {
      try {
        void second.keyValue.set('a', 1)
      } catch (error) {
        other = error
      }
    })
    expect(await first.runStore.commit(next)).toEqual({ version: 2, lastSeq: 1 })
    expect(other).toMatchObject({ code: 'PF_STORE_UNAVAILABLE', retryable: true })
    await second.keyValue.set('a', 2)
    second.close()
    first.close()
  })

  test('a failure in the middle of a commit leaves nothing of it, fails no other of its group, and the store goes on', async () => {
    const stores = createSqliteStores({ file })
    await stores.runStore.commit(creation)
    const other: RunCommit = {
      ...creation,
      key: { ...key, taskId: 'task-2' },
      create: { ...creation.create, id: 'task-2' } as NonNullable<RunCommit['create']>,
    }
    before('INSERT INTO pf_message', () => {
      throw Object.assign(new Error('disk I/O error'), { errcode: 10 })
    })
    // The group is tried again one by one, and then succeeds: the failure was there once.
    const both = await Promise.all([stores.runStore.commit(other), stores.runStore.commit(next)])
    expect(both).toEqual([
      { version: 1, lastSeq: 0 },
      { version: 2, lastSeq: 1 },
    ])
    before('INSERT INTO pf_message', () => {
      throw Object.assign(new Error('disk I/O error'), { errcode: 10 })
    })
    await expect(Promise.resolve(stores.runStore.commit({ ...next, expectedVersion: 2 }))).rejects.toMatchObject({
      code: 'PF_STORE_UNAVAILABLE',
    })
    expect((await stores.runStore.load(key))?.version).toBe(2)
    expect((await stores.runStore.read(key, 1))?.length).toBe(1)
    expect(await stores.runStore.commit({ ...next, expectedVersion: 2 })).toEqual({ version: 3, lastSeq: 2 })
    expect((await stores.conversation.read({ tenant: '', principalId: 'alice' }, 'c')).length).toBe(2)
    stores.close()
  })

  test('a read sees one state, although somebody writes in between', async () => {
    const first = createSqliteStores({ file })
    await first.runStore.commit(creation)
    await first.runStore.commit(next)
    const writer = new Database({ file })
    const real = Database.prototype.statement
    let isWritten = false
    vi.spyOn(Database.prototype, 'statement').mockImplementation(function (this: Database, sql: string) {
      if (this !== writer && !isWritten && sql.startsWith('SELECT body FROM pf_events')) {
        isWritten = true
        writer.write(() => {
          real.call(writer, 'DELETE FROM pf_events').run()
          real.call(writer, 'UPDATE pf_task SET version = 9').run()
        })
      }
      return real.call(this, sql)
    })
    const loaded = await first.runStore.load(key)
    expect(isWritten).toBe(true)
    expect([loaded?.version, loaded?.task.artifacts[0]?.parts]).toEqual([2, [{ text: 'x' }]])
    writer.close()
    first.close()
  })

  test('what was committed with full flushing is there as well', async () => {
    const stores = createSqliteStores({ file, synchronous: 'full' })
    await stores.runStore.commit(creation)
    stores.close()
    const again = createSqliteStores({ file })
    expect((await again.runStore.load(key))?.version).toBe(1)
    again.close()
  })
})
