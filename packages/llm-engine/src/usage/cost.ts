import { addUsage, type ModelPrices, type ModelProfile, type ModelUsage } from '@pf-agents/agent-core'
import { countOf, defined } from '../wire/json'

/**
 * What a call cost in US dollars by the prices of a profile, or `undefined` where prices or tokens are not known.
 *
 * @example
 * ```ts
 * costOf({ inputTokens: 1_000_000, outputTokens: 0 }, { prices: { input: 2, output: 8 } }) // 2
 * ```
 */
export function costOf(usage: ModelUsage, profile: ModelProfile): number | undefined {
  const { inputTokens, outputTokens } = usage
  const prices = pricesFor(inputTokens ?? 0, profile)
  if (prices === undefined || inputTokens === undefined || outputTokens === undefined) return undefined
  const read = usage.cacheReadTokens ?? 0
  const written = usage.cacheWriteTokens ?? 0
  const long = Math.min(usage.cacheWriteLongTokens ?? 0, written)
  const write = prices.cacheWrite ?? prices.input
  const micro =
    Math.max(0, inputTokens - read - written) * prices.input +
    read * (prices.cacheRead ?? prices.input) +
    (written - long) * write +
    long * (prices.cacheWriteLong ?? write) +
    outputTokens * prices.output
  return micro / 1_000_000
}

function pricesFor(inputTokens: number, profile: ModelProfile): ModelPrices | undefined {
  let found = profile.prices
  let above = 0
  for (const step of profile.longPrices ?? []) {
    if (inputTokens > step.above && step.above >= above) {
      found = step.prices
      above = step.above
    }
  }
  return found
}

/** The usage with its cost, where that can be told. What the provider itself says stays. */
export function priced(usage: ModelUsage, profile: ModelProfile): ModelUsage {
  if (usage.costUsd !== undefined) return usage
  const costUsd = costOf(usage, profile)
  return costUsd === undefined ? usage : { ...usage, costUsd }
}

/** What a model says that it used, as far as it can be: a figure that is none is left out, as if it were not told. */
export function plausible(usage: ModelUsage): ModelUsage {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(usage)) {
    out[name] = name === 'raw' || name === 'estimated' ? value : countOf(value)
  }
  return defined(out)
}

/** Adds the usage of calls, field by field; what neither tells stays untold. */
export function sumUsage(a: ModelUsage, b: ModelUsage): ModelUsage {
  const sum = addUsage(addUsage({}, figuresOf(a)), figuresOf(b))
  return a.estimated || b.estimated ? { ...sum, estimated: true } : sum
}

function figuresOf({ raw: _, estimated: __, ...figures }: ModelUsage): ModelUsage {
  return figures
}
