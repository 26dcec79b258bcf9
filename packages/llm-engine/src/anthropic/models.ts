import type { ModelPrices, ModelProfile } from '@pf-agents/agent-core'

const priced = (input: number, output: number): ModelPrices => ({
  input,
  output,
  cacheRead: input / 10,
  cacheWrite: input * 1.25,
  cacheWriteLong: input * 2,
})

const claude = (maxOutputTokens: number, prices: ModelPrices): ModelProfile => ({
  contextWindow: 200_000,
  maxOutputTokens,
  tools: true,
  reasoning: true,
  structuredOutput: true,
  inputMedia: ['image/*', 'application/pdf', 'text/plain'],
  prices,
})

const unthinking: ModelProfile = { reasoning: false }

/**
 * What is known of Anthropic's models, by the beginning of their names. Prices are list prices and change: give your own
 * by the `profile` option.
 */
export const anthropicModels: Readonly<Record<string, ModelProfile>> = {
  'claude-2': unthinking,
  'claude-3': unthinking,
  'claude-3-7': { reasoning: true },
  'claude-instant': unthinking,
  'claude-opus-4-1': claude(32_000, priced(15, 75)),
  'claude-opus-4-5': claude(64_000, priced(5, 25)),
  'claude-sonnet-4': claude(64_000, priced(3, 15)),
  'claude-haiku-4-5': claude(64_000, priced(1, 5)),
}
