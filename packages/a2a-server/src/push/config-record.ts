import type { AuthenticationInfo, TaskPushNotificationConfig } from '@pf-agents/a2a-protocol'
import type { Scope, TaskKey } from '@pf-agents/agent-core'
import type { WireVersion } from '../push-port/push-service'

/** A config as it is stored. Plain JSON; it holds the caller's secrets. */
export interface StoredConfig {
  id: string
  url: string
  token?: string
  authentication?: AuthenticationInfo
  /** The wire it was registered in, and is written to in. */
  version: WireVersion
  /** Tells it from one of the same id that was deleted before. */
  nonce: string
  /** Its place among those of its task: greater than that of any before, for pages. Absent in records of before there were pages. */
  place?: number
}

/** All configs of one task. */
export interface ConfigRecord {
  key: TaskKey
  configs: StoredConfig[]
  /** When it was changed last: milliseconds since 1970. */
  at: number
  /** When it is to be forgotten, the task being over. */
  endsAt?: number
  /** The greatest place there was, that of one that is deleted included. */
  lastPlace?: number
}

/** Gives those that have none a place, in order, behind all that there were. @returns the last place */
export function givePlaces(configs: readonly StoredConfig[], lastPlace = 0): number {
  let last = lastPlace
  for (const config of configs) {
    config.place ??= last + 1
    last = Math.max(last, config.place)
  }
  return last
}

const prefix = 'a2a.push/'

/** Key that is written whenever the configs of a task that goes on have changed. */
export const epochKey = 'a2a.push-epoch'

/** What the keys of all records begin with; of a scope's where one is given. Lengths keep scopes apart, whatever is in their names. */
export function recordPrefix(scope?: Scope): string {
  if (scope === undefined) return prefix
  const { tenant, principalId } = scope
  return `${prefix}${tenant.length}:${tenant}/${principalId.length}:${principalId}/`
}

/** Whose a task is, told from everybody else's: what is owed to its webhooks is owned by it. */
export function ownerOf(scope: Scope): string {
  return recordPrefix(scope)
}

/** The key of a task's record. */
export function recordKey(key: TaskKey): string {
  return recordPrefix(key) + key.taskId
}

/** A config as its owner is told it. */
export function toWire({ id, url, token, authentication }: StoredConfig, taskId: string): TaskPushNotificationConfig {
  const wire: TaskPushNotificationConfig = { id, taskId, url }
  if (token !== undefined) wire.token = token
  if (authentication !== undefined) wire.authentication = authentication
  return wire
}
