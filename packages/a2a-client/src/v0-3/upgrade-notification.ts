import { upgradeV03Event } from '@pf-agents/a2a-protocol'
import type { JsonValue } from '@pf-agents/agent-core'

/**
 * Makes of a push notification of A2A 0.3, which is a bare task or event, one of 1.0; one of 1.0 is handed back. For
 * receivers that registered with agents of both versions.
 *
 * @example
 * ```ts
 * const receiver = createPushReceiver({ token, isOwnTask, onNotification, upgrade: upgradeV03Notification })
 * ```
 */
export function upgradeV03Notification(body: JsonValue): unknown {
  const isOld = typeof body === 'object' && body !== null && !Array.isArray(body) && typeof body.kind === 'string'
  return isOld ? upgradeV03Event(body) : body
}
