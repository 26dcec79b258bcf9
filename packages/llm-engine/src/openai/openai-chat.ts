import { type LanguageModel, PfError } from '@pf-agents/agent-core'
import type { ModelOptions } from '../model/model-options'
import type { ChatProfile, OpenAiChatOptions } from './chat-profile'
import { bearer, trimmed } from '../wire/address'
import { createChatModel } from './chat-wire'
import { openAiModels, pictures } from './openai-models'

const openAi: ChatProfile = {
  provider: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  maxTokensField: 'max_completion_tokens',
  systemRole: 'developer',
  strict: true,
  parallelToolCalls: true,
  models: openAiModels,
}

/** Options of {@link createOpenAiChat}, and of `createOpenAiResponses` with the fields of that interface. */
export interface OpenAiOptions<Call extends object = OpenAiChatOptions> extends ModelOptions {
  /** Fields of every request that the provider alone has. The `providerOptions` of a call go over them. */
  providerOptions?: Call
  /** Send cache marks as explicit breakpoints; models before gpt-5.6 refuse them. Default false. */
  cacheMarks?: boolean
}

/**
 * A model of OpenAI over Chat Completions. For models that reason, `createOpenAiResponses` keeps their thoughts from
 * turn to turn; this does not.
 *
 * @example
 * ```ts
 * const model = createOpenAiChat({ model: 'gpt-4.1-mini', apiKey: secret('OPENAI_API_KEY') })
 * ```
 */
export function createOpenAiChat(options: OpenAiOptions): LanguageModel {
  return createChatModel(
    options,
    { ...openAi, ...(options.cacheMarks === true && { cacheMarks: true }) },
    {
      url: `${trimmed(options.baseUrl ?? openAi.baseUrl)}/chat/completions`,
      model: options.model,
      takesMade: options.baseUrl === undefined ? pictures : [],
      authorization: bearer,
    },
  )
}

/** Where an Azure deployment is and how it is entered. */
export interface AzureOptions<Call extends object = OpenAiChatOptions> extends Omit<ModelOptions, 'baseUrl'> {
  /** Fields of every request that the provider alone has. The `providerOptions` of a call go over them. */
  providerOptions?: Call
  /** Such as `https://my-resource.openai.azure.com`. */
  endpoint: string
  /** Name of the deployment. Default: `model`. */
  deployment?: string
  /** Of the classic interface, such as `2024-10-21`. Without it the v1 interface is called. */
  apiVersion?: string
  /** What `apiKey` is: a key of the resource, or a token of Entra ID (give a function: tokens expire). Default `key`. */
  auth?: 'key' | 'bearer'
}

/** How requests to Azure carry the key. */
export function azureAuthorization({
  auth,
}: Pick<AzureOptions, 'auth'>): (key: string) => Readonly<Record<string, string>> {
  return auth === 'bearer' ? bearer : (key) => ({ 'api-key': key })
}

/** The address of a resource of Azure. @throws PfError PF_CONFIG_INVALID where it is none */
export function azureEndpoint(options: Pick<AzureOptions, 'endpoint'>): string {
  const endpoint = trimmed(options.endpoint)
  if (!/^https?:\/\//.test(endpoint)) throw new PfError('PF_CONFIG_INVALID', 'The endpoint of Azure must be a URL.')
  return endpoint
}

/**
 * A model of OpenAI that Azure serves, over Chat Completions, classic or v1.
 *
 * @throws PfError PF_CONFIG_INVALID where the endpoint is no address
 * @example
 * ```ts
 * const model = createAzureChat({ endpoint: 'https://me.openai.azure.com', model: 'gpt-4.1', apiKey: secret('AZURE_OPENAI_API_KEY') })
 * ```
 */
export function createAzureChat(options: AzureOptions): LanguageModel {
  const endpoint = azureEndpoint(options)
  const deployment = options.deployment ?? options.model
  const { apiVersion } = options
  const classic = `${endpoint}/openai/deployments/${encodeURIComponent(deployment)}/chat/completions`
  return createChatModel(
    options,
    // Filters hold text back and let it go in bursts.
    { ...openAi, provider: 'azure', idleMs: 120_000, requestIdHeader: 'apim-request-id' },
    {
      url:
        apiVersion === undefined
          ? `${endpoint}/openai/v1/chat/completions`
          : `${classic}?api-version=${encodeURIComponent(apiVersion)}`,
      model: apiVersion === undefined ? deployment : undefined,
      takesMade: pictures,
      authorization: azureAuthorization(options),
    },
  )
}
