import type { JsonObject, ModelUsage } from '@pf-agents/agent-core'
import { arrayOf, countOf, defined, objectOf, sumOf } from '../wire/json'

/** Adds what a later event says; where that is nothing, or `null` for "not known", the earlier value stays. */
export function mergeUsage(earlier: JsonObject, later: JsonObject): JsonObject {
  const merged = { ...earlier }
  for (const [key, value] of Object.entries(later)) if (value || !merged[key]) merged[key] = value
  return merged
}

/** The neutral usage. Anthropic's `input_tokens` leaves out what the cache took part in; ours is all of the prompt. */
export function anthropicUsage(raw: JsonObject): ModelUsage {
  const passes = arrayOf(raw['iterations']).map(objectOf)
  const counted = passes.some(({ type }) => type === 'fallback_message')
    ? []
    : passes.filter(({ type }) => type === 'message' || type === 'compaction')
  // With compaction the totals leave out its passes.
  const sums = counted.length > 0 ? counted : [raw]
  const total = (key: string) => sumOf(sums.map((one) => one[key]))
  const fresh = total('input_tokens')
  const read = total('cache_read_input_tokens')
  const written = total('cache_creation_input_tokens')
  return defined({
    inputTokens: fresh === undefined ? undefined : fresh + (read ?? 0) + (written ?? 0),
    cacheReadTokens: read,
    cacheWriteTokens: written,
    cacheWriteLongTokens: countOf(objectOf(raw['cache_creation'])['ephemeral_1h_input_tokens']),
    outputTokens: total('output_tokens'),
    reasoningTokens: countOf(objectOf(raw['output_tokens_details'])['thinking_tokens']),
    raw,
  })
}
