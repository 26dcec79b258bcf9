import type { LanguageModel } from '@pf-agents/agent-core'
import { createModel } from '../model/create-model'
import { profileOf } from '../model/profile-of'
import { bearer, trimmed } from '../wire/address'
import { wireName } from '../tool/tool-names'
import { thinkingCall } from '../wire/thinking-call'
import type { Wire } from '../wire/wire'
import { AnthropicDecoder } from './decoder'
import { files } from './messages'
import { anthropicModels } from './models'
import { type AnthropicOptions, currentVersion } from './options'
import { anthropicBody } from './request'

/**
 * A model of Anthropic, over its Messages interface.
 *
 * @example
 * ```ts
 * const model = createAnthropic({ model: 'claude-sonnet-4-5', apiKey: secret('ANTHROPIC_API_KEY') })
 * ```
 */
export function createAnthropic(options: AnthropicOptions): LanguageModel {
  const { model, version = currentVersion, betas = [], auth } = options
  const baseUrl = trimmed(options.baseUrl ?? 'https://api.anthropic.com')
  const url = `${baseUrl}/v1/messages`
  const profile = profileOf(anthropicModels, model, options.profile)
  const headers = {
    'anthropic-version': version,
    ...(betas.length > 0 && { 'anthropic-beta': betas.join(',') }),
  }
  const wire: Wire = {
    provider: 'anthropic',
    modelId: model,
    profile,
    requestIdHeader: 'request-id',
    takes: files,
    takesMade: ['*'],
    request(call) {
      const warnings: string[] = []
      const body = anthropicBody(thinkingCall(call, wire, warnings), { model, profile, version }, warnings)
      return { url, headers, body, warnings }
    },
    authorization: auth === 'bearer' ? bearer : (key) => ({ 'x-api-key': key }),
    decoder: (context) => new AnthropicDecoder(context),
    toolName: (name) => wireName(name),
  }
  return createModel(wire, options, url)
}
