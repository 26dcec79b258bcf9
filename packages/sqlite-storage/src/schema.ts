import type { DatabaseSync } from 'node:sqlite'
import { PfError } from '@pf-agents/agent-core'
import { outboxBytesStep, outboxTurnsStep } from './outbox-steps'

/**
 * When the first open question in a row of pf_fact is over. Part of a published step, as that: never changed.
 * Its milliseconds are those of a julian day, exact to less than one.
 */
function firstExpiry(row: string): string {
  const until = `CASE WHEN one.type = 'object' AND json_extract(one.value, '$.status') = 'open' THEN julianday(json_extract(one.value, '$.expiresAt')) END`
  return `(SELECT CAST(round((min(${until}) - 2440587.5) * 86400000.0) AS INTEGER)
      FROM json_each(CASE ${row}.name WHEN '' THEN json_extract(${row}.body, '$.interrupts') ELSE ${row}.body END) AS one)`
}

/** Each step takes the schema from one version to the next. A published step is never changed. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE pf_task (
    id INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    principal TEXT NOT NULL,
    task_id TEXT NOT NULL,
    context_id TEXT NOT NULL,
    state TEXT NOT NULL,
    status_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    -- Number of the last event that is folded into the snapshot.
    snapshot_seq INTEGER NOT NULL,
    -- Events up to this number were trimmed.
    trimmed_seq INTEGER NOT NULL,
    last_token INTEGER NOT NULL,
    lease_token INTEGER,
    lease_until INTEGER,
    ended_at INTEGER,
    UNIQUE (tenant, principal, task_id)
  );
  CREATE INDEX pf_task_order ON pf_task (tenant, principal, status_at, task_id, state);
  CREATE INDEX pf_task_context ON pf_task (tenant, principal, context_id, status_at, task_id, state);
  CREATE INDEX pf_task_events ON pf_task (ended_at) WHERE ended_at IS NOT NULL AND trimmed_seq < last_seq;
  CREATE INDEX pf_task_ended ON pf_task (ended_at) WHERE ended_at IS NOT NULL AND trimmed_seq >= last_seq;

  -- Apart from pf_task, so that a commit does not rewrite them: each may be large.
  CREATE TABLE pf_snapshot (task INTEGER PRIMARY KEY, body TEXT NOT NULL);
  -- The facts as they were when the task was made under the empty name, those replaced since by name; NULL where removed.
  CREATE TABLE pf_fact (task INTEGER NOT NULL, name TEXT NOT NULL, body TEXT, PRIMARY KEY (task, name)) WITHOUT ROWID;

  -- One row per commit: its events as a JSON array, of which the last has the number last_seq.
  CREATE TABLE pf_events (task INTEGER NOT NULL, last_seq INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (task, last_seq)) WITHOUT ROWID;

  CREATE TABLE pf_message (
    id INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    principal TEXT NOT NULL,
    context_id TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    body TEXT NOT NULL
  );
  CREATE INDEX pf_message_context ON pf_message (tenant, principal, context_id);

  CREATE TABLE pf_value (key TEXT PRIMARY KEY, revision TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE pf_outbox (
    arrival INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    topic TEXT NOT NULL,
    group_id TEXT NOT NULL,
    body TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL
  );
  CREATE INDEX pf_outbox_group ON pf_outbox (topic, group_id);
  `,
  // Owners of outbox entries, who take turns: whose turn it is, what of theirs is due and how much is owed are looked up,
  // however much is owed. Kept by triggers, for a process of the version before may go on writing to the same file.
  `
  ALTER TABLE pf_outbox ADD COLUMN owner TEXT NOT NULL DEFAULT '';
  -- Whether it is the first of its group: those behind it wait.
  ALTER TABLE pf_outbox ADD COLUMN is_head INTEGER NOT NULL DEFAULT 0;
  UPDATE pf_outbox SET is_head = 1 WHERE arrival IN (SELECT min(arrival) FROM pf_outbox GROUP BY topic, group_id);
  CREATE INDEX pf_outbox_due ON pf_outbox (topic, owner, due_at) WHERE is_head = 1;

  CREATE TABLE pf_outbox_topic (topic TEXT PRIMARY KEY, owed INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO pf_outbox_topic SELECT topic, count(*) FROM pf_outbox GROUP BY topic;
  CREATE TABLE pf_outbox_owner (
    topic TEXT NOT NULL,
    owner TEXT NOT NULL,
    owed INTEGER NOT NULL,
    -- When the first of its heads is due; NULL where all of its entries stand behind those of others.
    due_at INTEGER,
    PRIMARY KEY (topic, owner)
  ) WITHOUT ROWID;
  INSERT INTO pf_outbox_owner SELECT topic, owner, count(*), min(due_at) FILTER (WHERE is_head = 1) FROM pf_outbox GROUP BY topic, owner;
  CREATE INDEX pf_outbox_turn ON pf_outbox_owner (topic, due_at);

  CREATE TRIGGER pf_outbox_added AFTER INSERT ON pf_outbox BEGIN
    INSERT INTO pf_outbox_topic (topic, owed) VALUES (NEW.topic, 1) ON CONFLICT (topic) DO UPDATE SET owed = owed + 1;
    INSERT INTO pf_outbox_owner (topic, owner, owed) VALUES (NEW.topic, NEW.owner, 1) ON CONFLICT (topic, owner) DO UPDATE SET owed = owed + 1;
    UPDATE pf_outbox SET is_head = 1 WHERE arrival = NEW.arrival
      AND NOT EXISTS (SELECT 1 FROM pf_outbox WHERE topic = NEW.topic AND group_id = NEW.group_id AND arrival < NEW.arrival);
  END;
  CREATE TRIGGER pf_outbox_changed AFTER UPDATE OF due_at, is_head ON pf_outbox WHEN NEW.is_head = 1 BEGIN
    UPDATE pf_outbox_owner SET due_at = (SELECT min(due_at) FROM pf_outbox WHERE topic = NEW.topic AND owner = NEW.owner AND is_head = 1)
      WHERE topic = NEW.topic AND owner = NEW.owner;
  END;
  CREATE TRIGGER pf_outbox_removed AFTER DELETE ON pf_outbox BEGIN
    UPDATE pf_outbox_topic SET owed = owed - 1 WHERE topic = OLD.topic;
    UPDATE pf_outbox_owner SET owed = owed - 1,
      due_at = (SELECT min(due_at) FROM pf_outbox WHERE topic = OLD.topic AND owner = OLD.owner AND is_head = 1)
      WHERE topic = OLD.topic AND owner = OLD.owner;
    DELETE FROM pf_outbox_owner WHERE topic = OLD.topic AND owner = OLD.owner AND owed = 0;
    UPDATE pf_outbox SET is_head = 1 WHERE OLD.is_head = 1
      AND arrival = (SELECT min(arrival) FROM pf_outbox WHERE topic = OLD.topic AND group_id = OLD.group_id);
  END;
  `,
  // When each task is overdue, so that what a crash left behind is found without looking at every task. Leases are read
  // off the row and questions by triggers, for a process of a version before may go on writing to the same file.
  `
  -- When the first of its open questions is over, in milliseconds since 1970.
  ALTER TABLE pf_task ADD COLUMN ask_until INTEGER;
  ALTER TABLE pf_task ADD COLUMN due_at INTEGER GENERATED ALWAYS AS (
    CASE WHEN state IN ('submitted', 'working') THEN coalesce(lease_until, 0)
      WHEN state IN ('input-required', 'auth-required') THEN ask_until END
  ) VIRTUAL;
  ${[
    { event: 'INSERT', name: 'added' },
    { event: 'UPDATE OF body', name: 'changed' },
  ]
    .map(
      ({ event, name }) => `
  CREATE TRIGGER pf_fact_${name} AFTER ${event} ON pf_fact WHEN NEW.name = 'interrupts' OR NEW.name = '' AND json_type(NEW.body, '$.interrupts') IS NOT NULL BEGIN
    UPDATE pf_task SET ask_until = ${firstExpiry('NEW')} WHERE id = NEW.task;
  END;`,
    )
    .join('')}
  UPDATE pf_task SET ask_until = coalesce(
    (SELECT ${firstExpiry('fact')} FROM pf_fact AS fact WHERE task = pf_task.id AND name = 'interrupts'),
    (SELECT ${firstExpiry('fact')} FROM pf_fact AS fact WHERE task = pf_task.id AND name = ''
      AND NOT EXISTS (SELECT 1 FROM pf_fact WHERE task = pf_task.id AND name = 'interrupts'))
  ) WHERE state IN ('input-required', 'auth-required');
  CREATE INDEX pf_task_due ON pf_task (tenant, principal, due_at, task_id) WHERE due_at IS NOT NULL;
  CREATE INDEX pf_task_due_all ON pf_task (due_at) WHERE due_at IS NOT NULL;
  `,
  outboxTurnsStep,
  outboxBytesStep,
  // What is overdue is asked for tenant by tenant: of those that nobody serves any more, it stays where it is and is not to
  // be read over. A process of a version before finds the same without an index.
  `
  DROP INDEX pf_task_due_all;
  CREATE INDEX pf_task_due_tenant ON pf_task (tenant, due_at) WHERE due_at IS NOT NULL;
  `,
]

/**
 * Brings the schema up to date, in one transaction, so that of several processes that open a new file one does it.
 * @throws PfError PF_STORE_SCHEMA where the file was written by a newer version.
 */
export function migrate(database: DatabaseSync, steps: readonly string[] = migrations): void {
  if (readVersion(database) === steps.length) return
  database.exec('BEGIN IMMEDIATE')
  try {
    const version = readVersion(database)
    if (version > steps.length) {
      const message = `The database has schema ${version}, and this version knows up to ${steps.length}. Use the version that wrote it or newer, or another file.`
      throw new PfError('PF_STORE_SCHEMA', message, { details: { found: version, known: steps.length } })
    }
    for (const step of steps.slice(version)) database.exec(step)
    database.exec('CREATE TABLE IF NOT EXISTS pf_schema (version INTEGER NOT NULL)')
    database.exec('DELETE FROM pf_schema')
    database.prepare('INSERT INTO pf_schema (version) VALUES (?)').run(steps.length)
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function readVersion(database: DatabaseSync): number {
  const table = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'pf_schema'`).get()
  if (table === undefined) return 0
  return (database.prepare('SELECT version FROM pf_schema').get() as { version: number } | undefined)?.version ?? 0
}
