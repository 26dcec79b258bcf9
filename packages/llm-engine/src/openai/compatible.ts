import type { LanguageModel } from '@pf-agents/agent-core'
import type { ModelOptions } from '../model/model-options'
import type { ChatProfile } from './chat-profile'
import { bearer, trimmed } from '../wire/address'
import { createChatModel } from './chat-wire'
import { compatibleDialect } from './compatible-dialect'
import { googleDialect, isGoogle } from './google-dialect'

/** Options of {@link createCompatibleModel}. */
export interface CompatibleOptions extends ModelOptions {
  /** The server: one that comes with the package, or your own. */
  server: ChatProfile
  /** Fields of every request that the provider alone has. The `providerOptions` of a call go over them. */
  providerOptions?: Readonly<Record<string, unknown>>
}

/**
 * A model behind a server that speaks like OpenAI's Chat Completions.
 *
 * @example
 * ```ts
 * const local = createCompatibleModel({ server: ollama, model: 'qwen3' })
 * const hosted = createCompatibleModel({ server: openRouter, model: 'z-ai/glm-4.6', apiKey: secret('OPENROUTER_API_KEY') })
 * const own = createCompatibleModel({ server: { ...vllm, baseUrl: 'https://gpu.example.com/v1' }, model: 'm' })
 * ```
 */
export function createCompatibleModel(options: CompatibleOptions): LanguageModel {
  const { server, baseUrl = server.baseUrl, model } = options
  const address = { url: `${trimmed(baseUrl)}/chat/completions`, model, authorization: bearer }
  return createChatModel(options, server, address, isGoogle(address.url, model) ? googleDialect : compatibleDialect)
}
