import type { LanguageModel } from '@pf-agents/agent-core'
import { createModel } from '../model/create-model'
import type { ModelOptions } from '../model/model-options'
import { profileOf } from '../model/profile-of'
import { wireName } from '../tool/tool-names'
import { trimmed } from '../wire/address'
import { thinkingCall } from '../wire/thinking-call'
import type { Wire } from '../wire/wire'
import { GeminiDecoder } from './decoder'
import { files } from './messages'
import { geminiModels } from './models'
import { geminiBody } from './request'

/** Options of {@link createGemini}. */
export interface GeminiOptions extends ModelOptions {
  /** Fields of every request that the provider alone has. The `providerOptions` of a call go over them. */
  providerOptions?: GeminiCallOptions
}

/** What Gemini takes beyond the neutral call. The fields go into the request as they are. */
export interface GeminiCallOptions {
  safetySettings?: readonly { category: string; threshold: string }[]
  /** Name of a cache made before, `cachedContents/…`. */
  cachedContent?: string
  /** Anything else. */
  [field: string]: unknown
}

/**
 * A model of Google's Gemini interface.
 *
 * @example
 * ```ts
 * const model = createGemini({ model: 'gemini-2.5-flash', apiKey: secret('GEMINI_API_KEY') })
 * ```
 */
export function createGemini(options: GeminiOptions): LanguageModel {
  const { model } = options
  const baseUrl = trimmed(options.baseUrl ?? 'https://generativelanguage.googleapis.com/v1beta')
  const url = `${baseUrl}/models/${encodeURIComponent(model)}:streamGenerateContent?alt=sse`
  const wire: Wire = {
    provider: 'gemini',
    modelId: model,
    profile: profileOf(geminiModels, model, options.profile),
    requestIdHeader: 'x-goog-request-id',
    takes: files,
    takesMade: ['*'],
    ownFile: 'model',
    request(call) {
      const warnings: string[] = []
      const body = geminiBody(thinkingCall(call, wire, warnings), model, warnings)
      return { url, headers: {}, body, warnings }
    },
    // Not in the address: addresses are logged.
    authorization: (key) => ({ 'x-goog-api-key': key }),
    decoder: (context) => new GeminiDecoder(context),
    toolName: (name) => wireName(name),
  }
  return createModel(wire, options, url)
}
