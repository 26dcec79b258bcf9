import { createMemoryOutbox, type OutboxEntry } from '@pf-agents/agent-core'
import { createSeededRandom } from '@pf-agents/agent-core/testing'
import { describe, expect, test } from 'vitest'
import { Database } from './database'
import { createSqliteOutbox } from './sqlite-outbox'
import { WaitingEntries } from './waiting-entries'

const topic = 'push'

describe('the outbox of SQLite', () => {
  test('answers as the one in memory does through 3,000 random calls, and its counts are those of its rows', async () => {
    const database = new Database({ file: ':memory:' })
    const sqlite = createSqliteOutbox(database, new WaitingEntries())
    const memory = createMemoryOutbox()
    const { below } = createSeededRandom(7)
    let now = 0
    let ids = 0
    // No two are due at once: which of two owners goes first then is open.
    const dueTimes = new Set<number>()
    const someTime = (): number => {
      for (;;) {
        const at = now * 1_000 + below(200_000) - 80_000
        if (!dueTimes.has(at) && dueTimes.add(at)) return at
      }
    }
    let taken = 0
    for (let call = 0; call < 3_000; call++) {
      now += below(5)
      const kind = below(10)
      if (kind < 4) {
        const entries = Array.from({ length: 1 + below(4) }, (): OutboxEntry => {
          const group = `g-${below(30)}`
          // Mostly a group is somebody's own.
          const owner = below(10) === 0 ? `o-${below(6)}` : `o-${Number(group.slice(2)) % 6}`
          const id = below(8) === 0 ? `e-${below(ids + 1)}` : `e-${ids++}`
          return { id, topic, group, owner, body: { id }, dueAt: someTime(), attempts: 0 }
        })
        memory.add(entries)
        await sqlite.add(entries)
      } else if (kind < 7) {
        const limit = 1 + below(12)
        const except = Array.from({ length: below(4) }, () => `o-${below(7)}`)
        const terms = { topic, now: now * 1_000, hideUntil: (now + 50) * 1_000, limit, except }
        const expected = memory.take(terms)
        expect(await sqlite.take(terms)).toEqual(expected)
        taken += expected.length
        for (const { id } of expected) {
          const dueAt = someTime()
          const what = below(3)
          if (what === 0) {
            memory.settle(id)
            await sqlite.settle(id)
          } else if (what === 1) {
            memory.defer(id, dueAt)
            await sqlite.defer(id, dueAt)
          } else {
            memory.postpone(id, dueAt)
            await sqlite.postpone(id, dueAt)
          }
        }
      } else {
        const id = `e-${below(ids + 1)}`
        memory.settle(id)
        await sqlite.settle(id)
      }
      const owner = `o-${below(7)}`
      const group = `g-${below(30)}`
      for (const terms of [{ topic }, { topic, owner }, { topic, group }])
        expect(await sqlite.pending({ ...terms, limit: 500 })).toBe(memory.pending({ ...terms, limit: 500 }))
    }
    expect(taken).toBeGreaterThan(1_000)
    expect(kept(database)).toEqual(counted(database))
    database.close()
  })

  test('finds what is due by index alone, however much is owed', async () => {
    const database = new Database({ file: ':memory:' })
    const outbox = createSqliteOutbox(database, new WaitingEntries())
    const statements = new Set<string>()
    const prepare = database.statement.bind(database)
    database.statement = (sql) => {
      statements.add(sql)
      return prepare(sql)
    }
    await outbox.add([{ id: 'e', topic, group: 'g', owner: 'o', body: {}, dueAt: 0, attempts: 0 }])
    await outbox.pending({ topic, limit: 5 })
    await outbox.pending({ topic, owner: 'o', limit: 5 })
    await outbox.pending({ topic, group: 'g', limit: 5 })
    await outbox.pendingBytes({ topic })
    await outbox.pendingBytes({ topic, owner: 'o' })
    await outbox.take({ topic, now: 0, hideUntil: 1, limit: 5, except: ['x'] })
    await outbox.postpone('e', 5)
    await outbox.defer('e', 5)
    await outbox.settle('e')
    const plain = [...statements].filter((sql) => /^(SELECT|UPDATE|DELETE)/.test(sql))
    expect(plain).toHaveLength(16)
    // The plan of a statement does not show those of its triggers.
    const triggers = prepare(
      `SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'pf_outbox'`,
    ).all() as { sql: string }[]
    const within = triggers.flatMap(({ sql }) =>
      sql
        .slice(sql.indexOf('BEGIN') + 5, sql.lastIndexOf('END'))
        .split(';')
        .map((part) => part.trim().replaceAll(/\b(?:NEW|OLD)\.\w+/g, '?'))
        .filter((part) => part !== ''),
    )
    expect(within).toHaveLength(8)
    for (const sql of [...plain, ...within]) {
      const plan = (prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map(({ detail }) => detail)
      expect(plan.filter((step) => /SCAN (?!json_each|\(subquery)|TEMP B-TREE/.test(step))).toEqual([])
    }
    database.close()
  })
})

const kept = (database: Database) => ({
  owners: database
    .statement('SELECT topic, owner, owed, bytes, due_at FROM pf_outbox_owner WHERE owed > 0 ORDER BY topic, owner')
    .all(),
  topics: database.statement('SELECT topic, owed, bytes FROM pf_outbox_topic WHERE owed > 0 ORDER BY topic').all(),
  heads: database.statement('SELECT arrival FROM pf_outbox WHERE is_head = 1 ORDER BY arrival').all(),
})

/** What {@link kept} must be, counted anew. */
const counted = (database: Database) => ({
  owners: database
    .statement(
      `SELECT topic, owner, count(*) AS owed, sum(length(CAST(body AS BLOB))) AS bytes, min(due_at) FILTER (WHERE arrival = head) AS due_at FROM
       (SELECT *, min(arrival) OVER (PARTITION BY topic, group_id) AS head FROM pf_outbox) GROUP BY topic, owner ORDER BY topic, owner`,
    )
    .all(),
  topics: database
    .statement(
      'SELECT topic, count(*) AS owed, sum(length(CAST(body AS BLOB))) AS bytes FROM pf_outbox GROUP BY topic ORDER BY topic',
    )
    .all(),
  heads: database
    .statement('SELECT min(arrival) AS arrival FROM pf_outbox GROUP BY topic, group_id ORDER BY min(arrival)')
    .all(),
})
