import {
  type AbortSource,
  type LanguageModel,
  type ModelCall,
  type ModelProfile,
  type ModelStreamPart,
  type Needs,
  PfError,
} from '@pf-agents/agent-core'
import { raceAbort } from '@pf-agents/http-kit'
import { type AttemptOptions, runAttempts } from '../model/attempts'
import { profileOf } from '../model/profile-of'
import { openAiModels, pictures } from '../openai/openai-models'
import { PartStream } from '../model/part-stream'
import { nameTable, wireName } from '../tool/tool-names'
import { isOneOf } from '../wire/file-types'
import { ownPrompt, type Target } from '../wire/own-prompt'
import { thinkingCall } from '../wire/thinking-call'
import { AiSdkExchange } from './ai-sdk-exchange'
import type { AiSdkLanguageModel, AiSdkMetadata } from './ai-sdk-types'
import { aiSdkCall } from './call-options'

/** Options of {@link fromAiSdk}. */
export interface FromAiSdkOptions extends AttemptOptions {
  /** Options of the AI SDK's provider for every call, such as `{ anthropic: { thinking: { … } } }`. */
  providerOptions?: AiSdkMetadata
  /** What the model is and can. The AI SDK does not tell; prices, for one, come from here. */
  profile?: ModelProfile
  /** What it needs of the host, such as its address. The AI SDK does not tell. */
  needs?: Needs
  /**
   * Most characters that the arguments of the calls of one answer have together; what goes back unchanged has four times
   * that. Default 4,194,304.
   */
  maxArgumentsLength?: number
}

/**
 * Any language model of Vercel's AI SDK (specification v4, v3 or v2) as a model of ours, with our attempts, timers and
 * errors. What its provider wants back (signatures, item ids, results of its own tools) goes back unchanged.
 *
 * It keeps its own `fetch` and its own key: the guarded `fetch` and the secrets of a run do not reach it.
 * `providerOptions` of a call are given under the `provider` of the model, and hold what the AI SDK calls by that name.
 *
 * @throws PfError PF_CONFIG_INVALID where it is no such model
 * @example
 * ```ts
 * import { createMistral } from '@ai-sdk/mistral'
 *
 * const model = fromAiSdk(createMistral({ apiKey })('mistral-large-latest'))
 * ```
 */
export function fromAiSdk(model: AiSdkLanguageModel, options: FromAiSdkOptions = {}): LanguageModel {
  const version: unknown = (model as Partial<AiSdkLanguageModel> | undefined)?.specificationVersion
  if (typeof model !== 'object' || (version !== 'v4' && version !== 'v3' && version !== 'v2')) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `fromAiSdk takes a language model of the AI SDK, specification v4, v3 or v2, not ${typeof model === 'object' ? `one of ${JSON.stringify(version)}` : JSON.stringify(model)}. Give it what a provider package makes, such as openai('gpt-5').`,
    )
  }
  const { provider, modelId } = model
  const { profile = {}, needs } = options
  const about = { provider, modelId, profile }
  return {
    provider,
    modelId,
    profile,
    ...(needs && { needs }),
    stream: (call) => new PartStream(call.signal, (signal) => batches(model, about, options, call, signal)),
  }
}

async function* batches(
  model: AiSdkLanguageModel,
  about: { provider: string; modelId: string; profile: ModelProfile },
  options: FromAiSdkOptions,
  call: ModelCall,
  signal: AbortSource,
): AsyncGenerator<ModelStreamPart[], undefined, undefined> {
  if (signal.aborted) throw signal.reason
  const { provider, profile } = about
  const { maxArgumentsLength = 4 * 1024 * 1024 } = options
  const urls = (await raceAbort(Promise.resolve(model.supportedUrls), signal)) ?? {}
  const loads = (mediaType: string, url: string): boolean =>
    Object.entries(urls).some(([type, patterns]) => isOneOf(mediaType, [type]) && patterns.some((one) => one.test(url)))
  const lost: string[] = []
  const messages = ownPrompt(call.messages, { ...about, ...filesOf(model, loads) }, lost)
  const target = { ...about, version: model.specificationVersion, loads }
  const asked = thinkingCall({ ...call, messages }, about, lost)
  const { options: callOptions, warnings } = aiSdkCall(asked, target, options.providerOptions)
  const toolName = nameTable(
    (call.tools ?? []).map(({ name }) => name),
    wireName,
  )
  const told = [...new Set([...lost, ...warnings])]
  const shared = { model, provider, profile, callOptions, warnings: told, toolName, maxArgumentsLength }
  yield* runAttempts(about, options, call, signal, (context) => new AiSdkExchange(shared, context))
  return undefined
}

/** Those whose models see, and where they are: an address of one's own may have any model behind it. */
const seeing = /^(openai|azure|anthropic|google|vertex)\b/
const theirs = /^https:\/\/(api\.(openai|anthropic)\.com|[\w.-]+\.(azure|googleapis)\.com)\//

/** Of files that other models made, what it is given: pictures, of whom it is known to see, and by no other address. */
function filesOf(model: AiSdkLanguageModel, loads: (mediaType: string, url: string) => boolean) {
  const { provider, modelId } = model
  const { inputMedia = pictures } = /^(openai|azure)\b/.test(provider) ? profileOf(openAiModels, modelId) : {}
  const address = addressOf(model)
  const sees = seeing.test(provider) && (address === undefined || theirs.test(address))
  const takes: Target['takes'] = {
    test(file, isMade) {
      const at = file.lastIndexOf(' ')
      const url = file.slice(at + 1)
      // An address that the user gave is refused, so that he learns of it.
      return !isMade || url === '' || loads(file.slice(0, at), url)
    },
  }
  return { takes, takesMade: sees ? pictures.filter((type) => inputMedia.includes(type)) : [], ownFile: 'model' }
}

/** Where it is, if it says so: no part of the specification does. */
function addressOf(model: AiSdkLanguageModel): string | undefined {
  const { config } = model as { config?: { baseURL?: unknown; url?: (of: object) => unknown } }
  try {
    const address = config?.baseURL ?? config?.url?.({ path: '/', modelId: model.modelId })
    return typeof address === 'string' ? `${address}/` : undefined
  } catch {
    // What is not set up throws the same where it is asked.
    return undefined
  }
}
