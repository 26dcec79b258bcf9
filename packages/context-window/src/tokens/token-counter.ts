/**
 * Says how many tokens a text is.
 *
 * @example
 * ```ts
 * const thirds: TokenCounter = { name: 'thirds', count: (text) => Math.ceil(text.length / 3) }
 * ```
 */
export interface TokenCounter {
  /** Names it in logs. */
  readonly name: string
  /** Whether it is the model's own count, so that less room has to be kept free for its error. Default false. */
  readonly exact?: boolean
  /** Tokens of a text. Called with every text of a prompt, before every call of the model: it must be fast. */
  count(text: string): number
}
