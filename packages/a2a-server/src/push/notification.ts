import type { WireStreamResponse } from '@pf-agents/a2a-protocol'
import type { JsonObject, OutboxEntry, TaskKey } from '@pf-agents/agent-core'
import { ownerOf, recordKey, type StoredConfig } from './config-record'

/** Topic of the notifications in the outbox. */
export const topic = 'a2a.push'

/** A notification that is owed. Whom it goes to, and with which credentials, stands in the config alone. */
export interface Notification {
  key: TaskKey
  /** Of the config: what was registered anew under the same id is another one. */
  nonce: string
  /** When it came to be owed: milliseconds since 1970. */
  at: number
  /** The task is over with it. */
  isLast: boolean
  event: WireStreamResponse
}

/** The group of a config's notifications: they are delivered one after the other. */
export function groupOf(key: TaskKey, { nonce }: Pick<StoredConfig, 'nonce'>): string {
  return `${recordKey(key)} ${nonce}`
}

/** An outbox entry for a config. The same event has the same id, however often it is noted. */
export function entryOf(config: StoredConfig, notification: Omit<Notification, 'nonce'>, number: string): OutboxEntry {
  const { key, at } = notification
  const { tenant, principalId, taskId } = key
  const group = groupOf(key, config)
  const body: Notification = { ...notification, key: { tenant, principalId, taskId }, nonce: config.nonce }
  return {
    id: `${group} ${number}`,
    topic,
    group,
    owner: ownerOf(key),
    body: body as unknown as JsonObject,
    dueAt: at,
    attempts: 0,
  }
}

/** The notification in an outbox entry. */
export function notificationOf(entry: OutboxEntry): Notification {
  return entry.body as unknown as Notification
}
