import type { Message } from '@pf-agents/agent-core'
import type { Database } from './database'

/** Messages between two looks at whether a context has too many. */
const trimEvery = 64

/** A context as columns. */
export interface ContextColumns {
  tenant: string
  principal: string
  contextId: string
}

/** The messages of all contexts. Its methods run inside of a transaction. */
export class Messages {
  private readonly database: Database
  private readonly maxMessages: number

  constructor(database: Database, maxMessages: number) {
    this.database = database
    this.maxMessages = maxMessages
  }

  /** Adds messages, as JSON text, behind those of the context. */
  append(context: ContextColumns, messages: readonly string[], now: number): void {
    const { tenant, principal, contextId } = context
    const statement = this.database.statement(
      'INSERT INTO pf_message (tenant, principal, context_id, added_at, body) VALUES (?, ?, ?, ?, ?)',
    )
    for (const body of messages) {
      const { lastInsertRowid } = statement.run(tenant, principal, contextId, now, body)
      if (Number(lastInsertRowid) % trimEvery === 0) this.trim(context)
    }
  }

  /** The newest messages of a context, oldest first. */
  read({ tenant, principal, contextId }: ContextColumns, limit: number): Message[] {
    const rows = this.database
      .statement(
        'SELECT body FROM pf_message WHERE tenant = ? AND principal = ? AND context_id = ? ORDER BY id DESC LIMIT ?',
      )
      .all(tenant, principal, contextId, Math.min(limit, this.maxMessages)) as unknown as { body: string }[]
    return rows.map(({ body }) => JSON.parse(body) as Message).toReversed()
  }

  private trim({ tenant, principal, contextId }: ContextColumns): void {
    this.database
      .statement(
        `DELETE FROM pf_message WHERE tenant = ?1 AND principal = ?2 AND context_id = ?3 AND id <= (
           SELECT id FROM pf_message WHERE tenant = ?1 AND principal = ?2 AND context_id = ?3 ORDER BY id DESC LIMIT 1 OFFSET ?4)`,
      )
      .run(tenant, principal, contextId, this.maxMessages)
  }
}
