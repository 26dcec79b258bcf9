import type { ModelProfile } from '@pf-agents/agent-core'

/** What OpenAI's models see, but for those of which the table says something else. */
export const pictures: readonly string[] = ['image/*']
const seen = [...pictures, 'application/*', 'text/*']
const reasons: ModelProfile = {
  contextWindow: 200_000,
  maxOutputTokens: 100_000,
  tools: true,
  reasoning: true,
  structuredOutput: true,
  inputMedia: seen,
}
const reasonsBlindly: ModelProfile = { ...reasons, inputMedia: [] }
const gpt5 = (input: number): ModelProfile => ({
  ...reasons,
  contextWindow: 400_000,
  maxOutputTokens: 128_000,
  prices: { input, cacheRead: input / 10, output: input * 8 },
})
/** They do not think, and refuse to be told how. */
const plain: ModelProfile = { reasoning: false }
const blind: ModelProfile = { ...plain, inputMedia: [] }
const hears: ModelProfile = { ...plain, inputMedia: ['audio/*'] }
const gpt4 = (input: number, cached: number): ModelProfile => ({
  ...plain,
  inputMedia: seen,
  contextWindow: 128_000,
  maxOutputTokens: 16_384,
  tools: true,
  structuredOutput: true,
  prices: { input, cacheRead: input * cached, output: input * 4 },
})
const long = { contextWindow: 1_047_576, maxOutputTokens: 32_768 }

/**
 * What is known of OpenAI's models, by the beginning of their names. Prices are list prices and change: give your own
 * by the `profile` option.
 */
export const openAiModels: Readonly<Record<string, ModelProfile>> = {
  'gpt-3.5': blind,
  'gpt-4': blind,
  'gpt-4-turbo': plain,
  'gpt-4-turbo-preview': blind,
  'gpt-4.5': plain,
  'gpt-4o': gpt4(2.5, 0.5),
  'gpt-4o-mini': gpt4(0.15, 0.5),
  'gpt-4o-audio': hears,
  'gpt-4o-mini-audio': hears,
  'gpt-audio': hears,
  'gpt-4.1': { ...gpt4(2, 0.25), ...long },
  'gpt-4.1-mini': { ...gpt4(0.4, 0.25), ...long },
  'gpt-5': gpt5(1.25),
  'gpt-5-chat': { ...gpt5(1.25), contextWindow: 128_000, maxOutputTokens: 16_384, reasoning: false },
  'gpt-5-mini': gpt5(0.25),
  o1: reasons,
  'o1-mini': reasonsBlindly,
  'o1-preview': reasonsBlindly,
  o3: reasons,
  'o3-mini': reasonsBlindly,
  o4: reasons,
  'codex-mini': reasons,
}
