import type { ModelProfile } from '@pf-agents/agent-core'

/** What OpenAI's models see, but for those of which the table says something else. */
export const pictures: readonly string[] = ['image/*']
const seen = [...pictures, 'application/*', 'text/*']
const heard = ['audio/*']
const reasons: ModelProfile = {
  contextWindow: 200_000,
  maxOutputTokens: 100_000,
  tools: true,
  reasoning: true,
  structuredOutput: true,
  inputMedia: seen,
}
const reasonsBlindly: ModelProfile = { ...reasons, inputMedia: [] }

/**
 * What is known of OpenAI's models, by the beginning of their names. Prices are list prices and change: give your own
 * by the `profile` option.
 */
export const openAiModels: Readonly<Record<string, ModelProfile>> = {
  'gpt-4o': {
    contextWindow: 128_000,
    maxOutputTokens: 16_384,
    tools: true,
    structuredOutput: true,
    inputMedia: seen,
    prices: { input: 2.5, cacheRead: 1.25, output: 10 },
  },
  'gpt-4o-mini': {
    contextWindow: 128_000,
    maxOutputTokens: 16_384,
    tools: true,
    structuredOutput: true,
    inputMedia: seen,
    prices: { input: 0.15, cacheRead: 0.075, output: 0.6 },
  },
  'gpt-4o-audio': { inputMedia: heard },
  'gpt-4o-mini-audio': { inputMedia: heard },
  'gpt-audio': { inputMedia: heard },
  'gpt-3.5': { inputMedia: [] },
  'gpt-4.1': {
    contextWindow: 1_047_576,
    maxOutputTokens: 32_768,
    tools: true,
    structuredOutput: true,
    inputMedia: seen,
    prices: { input: 2, cacheRead: 0.5, output: 8 },
  },
  'gpt-4.1-mini': {
    contextWindow: 1_047_576,
    maxOutputTokens: 32_768,
    tools: true,
    structuredOutput: true,
    inputMedia: seen,
    prices: { input: 0.4, cacheRead: 0.1, output: 1.6 },
  },
  'gpt-5': {
    contextWindow: 400_000,
    maxOutputTokens: 128_000,
    tools: true,
    reasoning: true,
    structuredOutput: true,
    inputMedia: seen,
    prices: { input: 1.25, cacheRead: 0.125, output: 10 },
  },
  'gpt-5-chat': {
    contextWindow: 128_000,
    maxOutputTokens: 16_384,
    tools: true,
    reasoning: false,
    structuredOutput: true,
    inputMedia: seen,
    prices: { input: 1.25, cacheRead: 0.125, output: 10 },
  },
  'gpt-5-mini': {
    contextWindow: 400_000,
    maxOutputTokens: 128_000,
    tools: true,
    reasoning: true,
    structuredOutput: true,
    inputMedia: seen,
    prices: { input: 0.25, cacheRead: 0.025, output: 2 },
  },
  o1: reasons,
  'o1-mini': reasonsBlindly,
  o3: reasons,
  'o3-mini': reasonsBlindly,
  o4: reasons,
  'codex-mini': reasons,
}
