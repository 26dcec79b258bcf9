import type { JsonObject, ModelUsage } from '@pf-agents/agent-core'
import { countOf, defined, objectOf } from '../wire/json'

/** The usage of a chunk, wherever the server puts it; `undefined` where it has none. */
export function chatUsage(chunk: JsonObject, reasoningApart: boolean): ModelUsage | undefined {
  // Groq streams it inside a field of its own.
  const raw = chunk['usage'] ?? objectOf(chunk['x_groq'])['usage']
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return undefined
  const input = objectOf(raw['prompt_tokens_details'])
  const output = objectOf(raw['completion_tokens_details'])
  const reasoningTokens = countOf(output['reasoning_tokens'])
  const completion = countOf(raw['completion_tokens'])
  return defined({
    inputTokens: countOf(raw['prompt_tokens']),
    // DeepSeek counts hits at the top.
    cacheReadTokens: countOf(input['cached_tokens']) ?? countOf(raw['prompt_cache_hit_tokens']),
    cacheWriteTokens: countOf(input['cache_write_tokens']),
    outputTokens: completion !== undefined && reasoningApart ? completion + (reasoningTokens ?? 0) : completion,
    reasoningTokens,
    costUsd: countOf(raw['cost']),
    raw,
  })
}
