/** A language model, named. What it can do is the business of the engine that calls it. */
export interface LanguageModel {
  /** Who serves it, such as `openai`. */
  readonly provider: string
  /** The provider's name of it. */
  readonly modelId: string
}
