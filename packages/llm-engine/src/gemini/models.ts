import type { ModelPrices, ModelProfile } from '@pf-agents/agent-core'

const gemini = (prices: ModelPrices): ModelProfile => ({
  contextWindow: 1_048_576,
  maxOutputTokens: 65_536,
  tools: true,
  reasoning: true,
  structuredOutput: true,
  inputMedia: ['image/*', 'audio/*', 'video/*', 'application/pdf', 'text/*'],
  prices,
})

const unthinking: ModelProfile = { reasoning: false }

/**
 * What is known of Gemini's models, by the beginning of their names. Prices are list prices and change: give your own by
 * the `profile` option.
 */
export const geminiModels: Readonly<Record<string, ModelProfile>> = {
  'gemini-1.': unthinking,
  'gemini-2.0': unthinking,
  'gemini-2.5-pro': {
    ...gemini({ input: 1.25, cacheRead: 0.125, output: 10 }),
    longPrices: [{ above: 200_000, prices: { input: 2.5, cacheRead: 0.25, output: 15 } }],
  },
  'gemini-2.5-flash': gemini({ input: 0.3, cacheRead: 0.03, output: 2.5 }),
  'gemini-2.5-flash-lite': gemini({ input: 0.1, cacheRead: 0.01, output: 0.4 }),
}
