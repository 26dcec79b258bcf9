/**
 * An exact counter for models of OpenAI, over the optional peer `gpt-tokenizer`. An entry of its own, since its tables
 * weigh more than everything else together. Node only.
 *
 * @module
 */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import type { TokenCounter } from './tokens/token-counter'

/**
 * Makes a counter of o200k, the tokenizer of OpenAI's models since GPT-4o. About a megabyte of tables, which take a tenth
 * of a second to load. It is an estimate, too, for the models of anybody else.
 *
 * @example
 * ```ts
 * const app = createApp(agent, [llmEngine(), contextWindow({ counter: gptTokenizer() })])
 * ```
 */
export function gptTokenizer(): TokenCounter {
  return {
    name: 'o200k',
    exact: true,
    // What looks like a special token in a prompt is text.
    count: (text) => countTokens(text, { disallowedSpecial: new Set() }),
  }
}
