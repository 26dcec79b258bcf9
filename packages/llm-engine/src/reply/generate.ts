import type { LanguageModel, ModelCall } from '@pf-agents/agent-core'
import { ModelError } from '../error/model-error'
import { createReplyCollector, type ModelReply } from './reply'

/**
 * Calls a model and waits for the whole answer. It is streamed underneath all the same, so that a long answer does not
 * run into the timeouts of proxies.
 *
 * @throws ModelError with a `PF_MODEL_…` code; `partial` has what had come where the answer broke off
 * @example
 * ```ts
 * const { text, toolCalls } = await generate(model, {
 *   messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
 * })
 * ```
 */
export async function generate(model: LanguageModel, call: ModelCall): Promise<ModelReply> {
  const collector = createReplyCollector()
  try {
    for await (const part of model.stream(call)) collector.add(part)
  } catch (error) {
    if (error instanceof ModelError && error.code === 'PF_MODEL_INTERRUPTED') error.partial = collector.reply()
    throw error
  }
  return collector.reply()
}
