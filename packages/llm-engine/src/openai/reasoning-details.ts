import type { JsonObject, JsonValue } from '@pf-agents/agent-core'
import { objectOf, stringOf } from '../wire/json'

/** The field that comes in pieces, by the type of the entry. What is encrypted comes whole. */
const pieces: Readonly<Record<string, string>> = { 'reasoning.text': 'text', 'reasoning.summary': 'summary' }

/**
 * Adds what OpenRouter streams of its structured thoughts. One thought comes as many entries of one index, its signature
 * in the last of them; it must go back as one entry, for the signature is that of all of its text.
 */
export function addReasoningDetails(into: JsonValue[], details: readonly JsonValue[]): void {
  for (const detail of details) {
    const piece = objectOf(detail)
    const field = pieces[stringOf(piece['type']) ?? '']
    const at = field === undefined ? -1 : placeOf(into, piece)
    if (at < 0) into.push(detail)
    else into[at] = joined(into[at] as JsonObject, piece, field as string)
  }
}

/** The entry that a piece goes on with. Without an index that is the one before it, if that is not signed yet. */
function placeOf(into: readonly JsonValue[], { type, index }: JsonObject): number {
  const at = into.map(objectOf).findLastIndex((one) => one['type'] === type && one['index'] === index)
  if (typeof index === 'number') return at
  return at === into.length - 1 && !objectOf(into[at])['signature'] ? at : -1
}

function joined(before: JsonObject, piece: JsonObject, field: string): JsonObject {
  const out = { ...before }
  for (const [key, value] of Object.entries(piece)) if (value !== null) out[key] = value
  out[field] = (stringOf(before[field]) ?? '') + (stringOf(piece[field]) ?? '')
  return out
}
