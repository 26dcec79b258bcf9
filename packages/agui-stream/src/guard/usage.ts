import type { WireUsage } from '../wire/event'

const counts = [
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'reasoningTokens',
  'cachedInputTokens',
  'cacheWriteInputTokens',
] as const

/** Usage with whole, finite, non-negative counts only: one fraction would cost the client the whole run. */
export function cleanUsage(usage: unknown): { usage: WireUsage[] | undefined; isChanged: boolean } {
  if (usage === undefined) return { usage: undefined, isChanged: false }
  let isChanged = !Array.isArray(usage)
  const clean = (Array.isArray(usage) ? usage : []).flatMap((entry: unknown): WireUsage[] => {
    if (typeof entry !== 'object' || entry === null) {
      isChanged = true
      return []
    }
    const given = entry as Record<string, unknown>
    const result: WireUsage = {}
    for (const name of ['provider', 'model'] as const) {
      if (typeof given[name] === 'string') result[name] = given[name]
      else if (given[name] !== undefined) isChanged = true
    }
    for (const name of counts) {
      const value = given[name]
      if (value === undefined) continue
      const number = typeof value === 'string' && value !== '' ? Number(value) : value
      const isCount = typeof number === 'number' && Number.isFinite(number) && number >= 0
      if (isCount) result[name] = Math.min(Math.round(number), Number.MAX_SAFE_INTEGER)
      if (!isCount || result[name] !== value) isChanged = true
    }
    return Object.keys(result).length > 0 ? [result] : []
  })
  return { usage: clean.length > 0 ? clean : undefined, isChanged }
}
