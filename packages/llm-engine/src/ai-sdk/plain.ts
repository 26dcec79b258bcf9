import type { JsonObject } from '@pf-agents/agent-core'

/**
 * A value as it would be after a checkpoint; a number that JSON has no room for is its digits.
 *
 * @throws TypeError where the value has itself in it
 */
export function plain(value: object): JsonObject {
  const text = JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one))
  return JSON.parse(text) as JsonObject
}
