import type { JsonObject, JsonValue, ModelCall, ReasoningEffort } from '@pf-agents/agent-core'
import { wireName } from '../tool/tool-names'
import { defined } from '../wire/json'
import { geminiPrompt } from './messages'
import { geminiSchema } from './schema'
import { unsigned, wantsSignatures } from './signatures'

const levels: Readonly<Record<Exclude<ReasoningEffort, 'none'>, string>> = {
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
}

/** The body of a request. The same call gives the same text, so that the provider's cache can hold it. */
export function geminiBody(call: ModelCall, model: string, warnings: string[]): JsonObject {
  const { system, contents } = geminiPrompt(call.messages)
  if (wantsSignatures.test(model)) contents.forEach(signed)
  const { tools = [], output } = call
  if (call.parallelToolCalls !== undefined) warnings.push('Gemini has no parallelToolCalls: it was left out.')
  const generationConfig = defined({
    maxOutputTokens: call.maxOutputTokens,
    temperature: call.temperature,
    topP: call.topP,
    topK: call.topK,
    presencePenalty: call.presencePenalty,
    frequencyPenalty: call.frequencyPenalty,
    stopSequences: call.stopSequences?.length ? [...call.stopSequences] : undefined,
    seed: call.seed,
    responseMimeType: output && 'application/json',
    responseJsonSchema: output && geminiSchema(output.schema),
    thinkingConfig: thinking(call, model, warnings),
  })
  return defined({
    systemInstruction: system.length > 0 ? { parts: system } : undefined,
    contents,
    tools: tools.length > 0 ? [{ functionDeclarations: tools.map(declaration) }] : undefined,
    toolConfig: tools.length > 0 ? toolConfig(call, warnings) : undefined,
    generationConfig: Object.keys(generationConfig).length > 0 ? generationConfig : undefined,
    ...(call.providerOptions?.['gemini'] as JsonObject | undefined),
  }) as JsonObject
}

/** The first call of an answer of another model gets what Google has for calls that it did not make itself. */
function signed({ parts }: { parts: JsonObject[] }): void {
  const first = parts.find(({ functionCall }) => functionCall)
  if (first) first['thoughtSignature'] ??= unsigned
}

function declaration({ name, description, parameters }: NonNullable<ModelCall['tools']>[number]): JsonObject {
  return {
    name: wireName(name),
    ...(description !== undefined && { description }),
    parametersJsonSchema: geminiSchema(parameters),
  }
}

function toolConfig({ toolChoice: choice }: ModelCall, warnings: string[]): JsonObject | undefined {
  if (choice === undefined) return undefined
  const mode = (name: string, allowed?: readonly string[]): JsonValue => ({
    functionCallingConfig: {
      mode: name,
      ...(allowed && { allowedFunctionNames: allowed.map((one) => wireName(one)) }),
    },
  })
  if (choice === 'auto') return mode('AUTO') as JsonObject
  if (choice === 'none') return mode('NONE') as JsonObject
  if (choice === 'required') return mode('ANY') as JsonObject
  if ('tool' in choice) return mode('ANY', [choice.tool]) as JsonObject
  if (choice.required === true) return mode('ANY', choice.allowed) as JsonObject
  warnings.push('Gemini narrows the tools only where one must be called: all may be called.')
  return mode('AUTO') as JsonObject
}

/** Models before Gemini 3 think on a budget, and refuse levels. */
const onBudget = /^gemini-2\./
/** Those that can not be kept from thinking. */
const alwaysThinks = /^gemini-[\d.]+-pro/
/** The least that such a one takes. */
const leastBudget = 128
const budgets: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 512,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 24_576,
  max: 24_576,
}

function thinking(
  { reasoning, maxOutputTokens: most = Number.POSITIVE_INFINITY }: ModelCall,
  model: string,
  warnings: string[],
): JsonObject | undefined {
  if (reasoning === undefined) return undefined
  const { effort, show = true } = reasoning
  const isOnBudget = onBudget.test(model)
  const isForced = alwaysThinks.test(model)
  if (effort === 'none') {
    if (!isForced) return { thinkingBudget: 0 }
    warnings.push(`${model} can not be kept from thinking: it is asked for as little as it takes.`)
    return isOnBudget ? { thinkingBudget: leastBudget } : { thinkingLevel: 'LOW' }
  }
  const { budgetTokens: asked = effort !== undefined && isOnBudget ? budgets[effort] : undefined } = reasoning
  if (asked === undefined) {
    // Together with a budget it is refused.
    const level = effort && (isForced && effort === 'minimal' ? 'LOW' : levels[effort])
    return { includeThoughts: show, ...(level && { thinkingLevel: level }) }
  }
  // The rest of the answer needs room, too.
  const told = reasoning.budgetTokens
  // -1 lets the model choose.
  if (told !== undefined && told < most) return { includeThoughts: show, thinkingBudget: told }
  const budget = Math.min(asked, Math.floor(most * 0.75))
  return { includeThoughts: show, thinkingBudget: isForced ? Math.max(budget, leastBudget) : budget }
}
