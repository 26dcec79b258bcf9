import type { Needs } from '../agent/needs'
import type { ModelCall } from '../language-model/model-call'
import type { ModelProfile } from '../language-model/model-usage'
import type { ModelStreamPart } from '../language-model/stream-part'

/**
 * A language model. llm-engine brings clients of the usual providers; anything that streams these parts is one.
 *
 * The contract: nothing happens until the stream is read. `response-start` comes before any output; every block that
 * starts also ends, unless the stream throws; `finish` comes once, last. Attempts are repeated only while no output has
 * been handed out. Leaving the iteration early cancels the request. Where it fails, the iteration throws a `PfError`
 * with a `PF_MODEL_…` code, or the reason of the call's own signal.
 */
export interface LanguageModel {
  /** Who serves it, such as `openai`. Also the key of its provider data and options. */
  readonly provider: string
  /** The provider's name of it. */
  readonly modelId: string
  /** What it is and can, where known. */
  readonly profile?: ModelProfile
  /** What calling it needs of the host; joins the agent's own needs. */
  readonly needs?: Needs
  /** Calls the model. */
  stream(call: ModelCall): AsyncIterable<ModelStreamPart>
}
