import { type LanguageModel, PfError } from '@pf-agents/agent-core'
import { createModel } from '../model/create-model'
import type { ClientOptions } from '../model/model-options'
import { profileOf } from '../model/profile-of'
import { wireName } from '../tool/tool-names'
import { bearer, trimmed } from '../wire/address'
import { thinkingCall } from '../wire/thinking-call'
import type { Wire } from '../wire/wire'
import { type AzureOptions, azureAuthorization, azureEndpoint, type OpenAiOptions } from './openai-chat'
import { openAiModels, pictures } from './openai-models'
import { ResponsesDecoder } from './responses-decoder'
import { files } from './responses-input'
import { responsesBody } from './responses-request'

/** What the Responses interface takes beyond the neutral call. The fields go into the request as they are. */
export interface OpenAiResponsesOptions {
  prompt_cache_key?: string
  prompt_cache_options?: { mode?: 'implicit' | 'explicit'; ttl?: '30m' | '12h' }
  service_tier?: 'auto' | 'default' | 'flex' | 'scale' | 'priority'
  metadata?: Record<string, string>
  truncation?: 'auto' | 'disabled'
  safety_identifier?: string
  /** Anything else. */
  [field: string]: unknown
}

/**
 * A model of OpenAI over the Responses interface, the one for models that reason: their thoughts come back encrypted
 * and go along with the history. Nothing is stored at OpenAI. Models that do not reason refuse to be asked for
 * thoughts: they are asked for where the profile says `reasoning: true`, as it does by itself for `o…`, `codex…` and
 * `gpt-5` and above but their chat models, or where the call has `reasoning`.
 *
 * @example
 * ```ts
 * const model = createOpenAiResponses({ model: 'gpt-5', apiKey: secret('OPENAI_API_KEY') })
 * ```
 */
export function createOpenAiResponses(options: OpenAiOptions<OpenAiResponsesOptions>): LanguageModel {
  const { model, cacheMarks = false } = options
  const url = `${trimmed(options.baseUrl ?? 'https://api.openai.com/v1')}/responses`
  const takesMade = options.baseUrl === undefined ? pictures : []
  return responsesModel(options, { url, model, provider: 'openai', cacheMarks, takesMade, authorization: bearer })
}

/**
 * A model of OpenAI that Azure serves, over the Responses interface, which only Azure's v1 has. Give `profile: {
 * reasoning: true }` where `model` is a name of your own for a model that reasons: else its thoughts are not asked for,
 * and do not go along with the history.
 *
 * @throws PfError PF_CONFIG_INVALID where the endpoint is no address, or a version of the classic interface is given
 */
export function createAzureResponses(options: AzureOptions<OpenAiResponsesOptions>): LanguageModel {
  const endpoint = azureEndpoint(options)
  if (options.apiVersion !== undefined) {
    throw new PfError('PF_CONFIG_INVALID', 'Responses are part of the v1 interface of Azure: leave apiVersion out.')
  }
  const { deployment = options.model } = options
  return responsesModel(
    // Filters hold text back and let it go in bursts.
    { ...options, timeouts: { idleMs: 120_000, ...options.timeouts } },
    {
      url: `${endpoint}/openai/v1/responses`,
      model: deployment,
      provider: 'azure',
      cacheMarks: false,
      takesMade: pictures,
      authorization: azureAuthorization(options),
    },
  )
}

/** Names of OpenAI's models that reason, those to come with them: all but the families that are known not to. */
const thinking = /^(ft:|[\w-]+\/)?(o\d|codex|gpt-(?!3|4|\d+-chat)\d)/

function responsesModel(
  options: ClientOptions,
  about: { url: string; model: string; cacheMarks: boolean } & Pick<Wire, 'provider' | 'takesMade' | 'authorization'>,
): LanguageModel {
  const { url, provider, takesMade, authorization } = about
  const profile = {
    ...(thinking.test(options.model) && { reasoning: true }),
    ...profileOf(openAiModels, options.model, options.profile),
  }
  const [place = ''] = /^[^/]+\/\/[^/]+/.exec(url.toLowerCase()) ?? []
  const wire: Wire = {
    provider,
    modelId: options.model,
    // What is encrypted can be read where it was made alone: by one resource of Azure, by one server.
    ...(place !== 'https://api.openai.com' && { owner: `${options.model} ${place}` }),
    profile,
    requestIdHeader: provider === 'azure' ? 'apim-request-id' : 'x-request-id',
    takes: files,
    takesMade,
    ownFile: 'item',
    request(call) {
      const warnings: string[] = []
      const body = responsesBody(thinkingCall(call, wire, warnings), { ...about, profile }, warnings)
      return { url, headers: {}, body, warnings }
    },
    authorization,
    decoder: (context) => new ResponsesDecoder(context, provider),
    toolName: (name) => wireName(name),
  }
  return createModel(wire, options, url)
}
