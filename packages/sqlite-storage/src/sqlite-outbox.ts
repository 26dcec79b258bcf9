import { type JsonObject, type Outbox, type OutboxEntry, type OutboxTake, outboxTurns } from '@pf-agents/agent-core'
import type { Database } from './database'
import { type OutboxColumns, outboxColumns } from './prepared-commit'
import { fromColumn, toColumn } from './text-key'
import type { WaitingEntries } from './waiting-entries'

interface Row {
  arrival: number
  id: string
  topic: string
  group_id: string
  owner: string
  body: string
  due_at: number
  attempts: number
}

/** Adds an entry, unless its id is there already. Runs inside of a write transaction. */
export function insertEntry(database: Database, entry: OutboxColumns): void {
  const { id, topic, group, owner, body, dueAt, attempts } = entry
  database
    .statement(
      'INSERT INTO pf_outbox (id, topic, group_id, owner, body, due_at, attempts) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    .run(id, topic, group, owner, body, dueAt, attempts)
}

/** @param waiting - what commits owe that are not written yet */
export function createSqliteOutbox(database: Database, waiting: WaitingEntries): Outbox {
  return {
    take: (terms) =>
      database.write((): OutboxEntry[] => {
        const rows = findDue(database, terms)
        const hide = database.statement('UPDATE pf_outbox SET due_at = ? WHERE arrival = ?')
        for (const { arrival } of rows) hide.run(terms.hideUntil, arrival)
        return rows.map(entryOf)
      }),

    settle: (id) =>
      database.once(() => {
        database.statement('DELETE FROM pf_outbox WHERE id = ?').run(toColumn(id))
      }),

    postpone: (id, dueAt) =>
      database.once(() => {
        database
          .statement('UPDATE pf_outbox SET due_at = ?, attempts = attempts + 1 WHERE id = ?')
          .run(dueAt, toColumn(id))
      }),

    defer: (id, dueAt) =>
      database.once(() => {
        database.statement('UPDATE pf_outbox SET due_at = ? WHERE id = ?').run(dueAt, toColumn(id))
      }),

    drop: ({ topic, group }) =>
      database.once(() => {
        database
          .statement('DELETE FROM pf_outbox WHERE topic = ? AND group_id = ?')
          .run(toColumn(topic), toColumn(group))
      }),

    hasten: ({ topic, group, dueAfter, dueAt }) =>
      database.once(() => {
        database
          .statement('UPDATE pf_outbox SET due_at = ? WHERE topic = ? AND group_id = ? AND is_head = 1 AND due_at > ?')
          .run(dueAt, toColumn(topic), toColumn(group), dueAfter)
      }),

    add: (entries) => {
      const rows = entries.map(outboxColumns)
      database.write(() => {
        for (const row of rows) insertEntry(database, row)
      })
    },

    pending: (terms) =>
      database.once(() => {
        const topic = toColumn(terms.topic)
        const group = terms.group === undefined ? undefined : toColumn(terms.group)
        const owner = terms.owner === undefined ? undefined : toColumn(terms.owner)
        const most = Math.max(0, terms.limit)
        const row =
          group !== undefined
            ? database
                .statement(
                  'SELECT count(*) AS owed FROM (SELECT 1 FROM pf_outbox WHERE topic = ? AND group_id = ? LIMIT ?)',
                )
                .get(topic, group, most)
            : owner !== undefined
              ? database.statement('SELECT owed FROM pf_outbox_owner WHERE topic = ? AND owner = ?').get(topic, owner)
              : database.statement('SELECT owed FROM pf_outbox_topic WHERE topic = ?').get(topic)
        const written = (row as { owed: number } | undefined)?.owed ?? 0
        return Math.min(written + waiting.count(topic, group, owner), most)
      }),

    pendingBytes: (terms) =>
      database.once(() => {
        const topic = toColumn(terms.topic)
        const owner = terms.owner === undefined ? undefined : toColumn(terms.owner)
        const row =
          owner === undefined
            ? database.statement('SELECT bytes FROM pf_outbox_topic WHERE topic = ?').get(topic)
            : database.statement('SELECT bytes FROM pf_outbox_owner WHERE topic = ? AND owner = ?').get(topic, owner)
        return ((row as { bytes: number } | undefined)?.bytes ?? 0) + waiting.bytes(topic, owner)
      }),
  }
}

/** Forgets owners without entries whose turn was before that of everybody who waits: they would be the first anyway. */
function forgetTurns(database: Database, topic: string): void {
  const first = database
    .statement('SELECT turn FROM pf_outbox_owner WHERE topic = ? AND due_at IS NOT NULL ORDER BY turn LIMIT 1')
    .get(topic) as { turn: number } | undefined
  database
    .statement(
      `DELETE FROM pf_outbox_owner WHERE topic = ? AND owed = 0
       AND turn <= max(?, (SELECT turns FROM pf_outbox_topic WHERE topic = ?) - ${outboxTurns})`,
    )
    .run(topic, first === undefined ? Number.MAX_SAFE_INTEGER : first.turn - 1, topic)
}

/** Heads that are due, owners in turns. Little is read that is not taken, but for the owners that are left out. */
function findDue(database: Database, { topic: name, now, limit, except = [] }: OutboxTake): Row[] {
  const topic = toColumn(name)
  forgetTurns(database, topic)
  // In the order of turns, those of whom nothing is due are read over: where that is all of them, they are not.
  const isDue = database.statement('SELECT 1 FROM pf_outbox_owner WHERE topic = ? AND due_at <= ? LIMIT 1')
  if (isDue.get(topic, now) === undefined) return []
  const owners = database
    .statement(
      `SELECT owner FROM pf_outbox_owner INDEXED BY pf_outbox_served WHERE topic = ? AND due_at <= ?
       AND owner NOT IN (SELECT value FROM json_each(?)) ORDER BY turn, due_at LIMIT ?`,
    )
    .all(topic, now, JSON.stringify(except.map(toColumn)), Math.max(0, limit)) as unknown as { owner: string }[]
  const hadTurn = database.statement('UPDATE pf_outbox_owner SET turn = ? WHERE topic = ? AND owner = ?')
  const takeTurn = database.statement('UPDATE pf_outbox_topic SET turns = turns + 1 WHERE topic = ? RETURNING turns')
  for (const { owner } of owners) hadTurn.run((takeTurn.get(topic) as { turns: number }).turns, topic, owner)
  const next = database.statement(
    `SELECT * FROM pf_outbox WHERE topic = ? AND owner = ? AND is_head = 1 AND due_at <= ? AND (due_at, arrival) > (?, ?)
     ORDER BY due_at, arrival LIMIT ?`,
  )
  const queues: Row[][] = owners.map(() => [])
  let found = 0
  // As many of each as it takes if all have that many; where some have fewer, more of the others.
  for (let open = owners.map((_, index) => index); open.length > 0 && found < limit;) {
    const share = Math.ceil((limit - found) / open.length)
    open = open.filter((index) => {
      const queue = queues[index] as Row[]
      const { due_at: dueAt = Number.MIN_SAFE_INTEGER, arrival = 0 } = queue.at(-1) ?? {}
      const rows = next.all(topic, owners[index]?.owner ?? '', now, dueAt, arrival, share) as unknown as Row[]
      for (const row of rows) queue.push(row)
      found += rows.length
      return rows.length === share
    })
  }
  const taken: Row[] = []
  for (let turn = 0; taken.length < Math.min(limit, found); turn++) {
    for (const queue of queues) {
      const row = queue[turn]
      if (row !== undefined && taken.length < limit) taken.push(row)
    }
  }
  return taken
}

function entryOf(row: Row): OutboxEntry {
  return {
    id: fromColumn(row.id),
    topic: fromColumn(row.topic),
    group: fromColumn(row.group_id),
    ...(row.owner !== '' && { owner: fromColumn(row.owner) }),
    body: JSON.parse(row.body) as JsonObject,
    dueAt: row.due_at,
    attempts: row.attempts,
  }
}
