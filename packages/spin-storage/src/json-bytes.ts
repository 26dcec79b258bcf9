import type { JsonValue } from '@pf-agents/agent-core'

/** A JSON value as the host stores it. */
export function toBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

/** What {@link toBytes} wrote. */
export function fromBytes(bytes: Uint8Array): JsonValue {
  return JSON.parse(new TextDecoder().decode(bytes)) as JsonValue
}
