import type { JsonObject, ModelUsage } from '@pf-agents/agent-core'
import { countOf, defined, objectOf } from '../wire/json'

/** What the usage of Chat Completions says. */
export function chatUsage(raw: JsonObject, reasoningApart: boolean): ModelUsage {
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
