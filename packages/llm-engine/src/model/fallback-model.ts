import {
  type LanguageModel,
  mergeNeeds,
  type ModelCall,
  type ModelProfile,
  type ModelStreamPart,
  PfError,
} from '@pf-agents/agent-core'

/** Options of {@link createFallbackModel}. */
export interface FallbackOptions {
  /** Whether to ask the next model after this error. Default: after all but a bad request, a filter and an answer cut off. */
  when?: (error: PfError) => boolean
  /**
   * Goes over the profile of the first model, which is the profile of the whole. Give `contextWindow` where prompts should
   * fit a model behind it that has a shorter window.
   */
  profile?: ModelProfile
}

const final = new Set(['PF_MODEL_INTERRUPTED', 'PF_MODEL_REQUEST_INVALID', 'PF_MODEL_CONTENT_FILTER'])

/**
 * A model that asks the first of a list, and the next where one can not answer. Each has its own attempts first. Once
 * output has come there is no way back: then the error stands. What belongs to one model (signatures) or provider
 * (options) is read by that one alone, so a history may go from one to the other, in the middle of a turn, too.
 *
 * @throws PfError PF_CONFIG_INVALID where the list is empty
 * @example
 * ```ts
 * const model = createFallbackModel([createAnthropic({ model: 'claude-sonnet-4-5' }), createGemini({ model: 'gemini-2.5-pro' })])
 * ```
 */
export function createFallbackModel(models: readonly LanguageModel[], options: FallbackOptions = {}): LanguageModel {
  const [first] = models
  if (first === undefined) throw new PfError('PF_CONFIG_INVALID', 'A fallback model needs at least one model.')
  const when = options.when ?? ((error) => error.code.startsWith('PF_MODEL_') && !final.has(error.code))
  return {
    provider: first.provider,
    modelId: first.modelId,
    ...((first.profile ?? options.profile) && { profile: { ...first.profile, ...options.profile } }),
    needs: mergeNeeds(models.map(({ needs }) => needs)),
    stream: (call) => attempts(models, call, when),
  }
}

async function* attempts(
  models: readonly LanguageModel[],
  call: ModelCall,
  when: (error: PfError) => boolean,
): AsyncGenerator<ModelStreamPart, void, undefined> {
  for (const [index, model] of models.entries()) {
    const next = models[index + 1]
    let committed = false
    try {
      for await (const part of model.stream(index === 0 ? call : bounded(call, model))) {
        if (part.type !== 'retry' && part.type !== 'fallback') committed = true
        yield part
      }
      return
    } catch (error) {
      if (committed || next === undefined || call.signal?.aborted || !PfError.is(error) || !when(error)) throw error
      const { profile } = next
      yield { type: 'fallback', code: error.code, from: nameOf(model), to: nameOf(next), ...(profile && { profile }) }
    }
  }
  return undefined
}

/** What the first model is asked for may be more than another can give: providers refuse that. */
function bounded(call: ModelCall, { profile }: LanguageModel): ModelCall {
  const { maxOutputTokens: asked = 0 } = call
  const most = profile?.maxOutputTokens ?? asked
  return asked > most ? { ...call, maxOutputTokens: most } : call
}

function nameOf({ provider, modelId }: LanguageModel): { provider: string; modelId: string } {
  return { provider, modelId }
}
