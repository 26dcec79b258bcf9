import type { JsonObject, JsonValue, ModelCall, ModelProfile, ReasoningEffort } from '@pf-agents/agent-core'
import { isStrictSchema, plainSchema } from '../openai/strict-schema'
import { wireName } from '../tool/tool-names'
import { arrayOf, defined, objectOf, stringOf } from '../wire/json'
import { closedSchema } from './closed-schema'
import { anthropicPrompt, cacheControl, isUnthought } from './messages'
import { chooses, onBudget } from './on-budget'
import { currentVersion } from './options'

/** Anthropic wants to be told how much may come. */
const fallbackMaxTokens = 4096
const maxCacheMarks = 4

/** The body of a request. The same call gives the same text, so that the provider's cache can hold it. */
export function anthropicBody(
  call: ModelCall,
  about: { model: string; profile: ModelProfile; version: string },
  warnings: string[],
): JsonObject {
  const { system, messages } = anthropicPrompt(call.messages)
  const tools = (call.tools ?? []).map((tool): JsonObject => ({
    name: wireName(tool.name),
    ...(tool.description !== undefined && { description: tool.description }),
    input_schema: plainSchema(tool.parameters),
    ...(tool.strict === true && isStrictSchema(tool.parameters) && { strict: true }),
    ...cacheControl(tool.cache),
  }))
  boundMarks([...tools, ...system, ...messages.flatMap(({ content }) => content)], warnings)
  const most = call.maxOutputTokens ?? about.profile.maxOutputTokens ?? unknownMost(call)
  const { thinking: told = thinkingOf(call, about.model, most, warnings), ...own } = objectOf(
    call.providerOptions?.['anthropic'] as JsonObject | undefined,
  )
  let thinking: JsonValue | undefined = told
  if (typeOf(told) === 'enabled' && isUnthought(messages)) {
    warnings.push(`${about.model} can not think on a budget in a turn that began without: it goes on so.`)
    thinking = undefined
  }
  const isFree = typeOf(thinking) === 'enabled' || chooses.test(about.model)
  const choice = tools.length > 0 ? toolChoice(call, isFree, warnings) : undefined
  if (typeOf(thinking) === 'adaptive' && ['any', 'tool'].includes(typeOf(choice))) {
    warnings.push('Anthropic takes no forced tool together with thinking: thinking was left out.')
    thinking = undefined
  }
  if ((told ?? call.reasoning) && ['', 'disabled'].includes(typeOf(thinking))) own['context_management'] &&= edits(own)
  const outputConfig = defined({
    effort: effortOf(call, about.model),
    format: call.output && { type: 'json_schema', schema: closedSchema(call.output.schema) },
  })
  return defined({
    model: about.model,
    max_tokens: most,
    system: system.length > 0 ? system : undefined,
    messages,
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: choice,
    thinking,
    output_config: Object.keys(outputConfig).length > 0 ? outputConfig : undefined,
    stop_sequences: call.stopSequences?.length ? [...call.stopSequences] : undefined,
    ...sampling(call, about.version, warnings),
    stream: true,
    ...own,
  }) as JsonObject
}

function typeOf(value: JsonValue | undefined): string {
  return stringOf(objectOf(value)['type']) ?? ''
}

/** What is to be edited of the context but for thoughts: that is refused where there are none. */
function edits({ context_management: told }: JsonObject): JsonObject {
  const all = objectOf(told)
  return { ...all, edits: arrayOf(all['edits']).filter((edit) => !typeOf(edit).startsWith('clear_thinking')) }
}

function unknownMost({ reasoning: { budgetTokens = 0 } = {} }: ModelCall): number {
  return fallbackMaxTokens + (budgetTokens < fallbackMaxTokens ? 0 : budgetTokens)
}

function thinkingOf({ reasoning }: ModelCall, model: string, most: number, warnings: string[]): JsonObject | undefined {
  if (reasoning === undefined) return undefined
  if (reasoning.effort === 'none') return { type: 'disabled' }
  const display = reasoning.show === undefined ? {} : { display: reasoning.show ? 'summarized' : 'omitted' }
  const { effort = 'medium', budgetTokens: told } = reasoning
  const asked = told ?? (onBudget.test(model) ? budgets[effort] : undefined)
  if (asked === undefined) return { type: 'adaptive', ...display }
  // The rest of the answer needs room, too.
  const budgetTokens = asked === told && told < most ? told : Math.min(asked, Math.floor(most * 0.75))
  if (budgetTokens >= leastBudget) return { type: 'enabled', budget_tokens: budgetTokens, ...display }
  warnings.push(`${model} thinks with ${leastBudget} tokens at least: of ${most} for the answer there are too few.`)
  return undefined
}

const leastBudget = 1024
const budgets: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 24_576,
  max: 24_576,
}

function effortOf({ reasoning }: ModelCall, model: string): string | undefined {
  const effort = reasoning?.effort
  const isFirst = model.startsWith('claude-opus-4-5')
  if (effort === 'none' || (onBudget.test(model) && !isFirst)) return undefined
  if (effort === 'minimal') return 'low'
  // The first model that knew the word knew no more than this.
  return isFirst && (effort === 'xhigh' || effort === 'max') ? 'high' : effort
}

function toolChoice(call: ModelCall, isFree: boolean, warnings: string[]): JsonObject | undefined {
  const serial = call.parallelToolCalls === false ? { disable_parallel_tool_use: true } : {}
  const { toolChoice: choice = 'auto' } = call
  if (choice === 'none') return { type: 'none' }
  let forced: JsonObject | undefined
  if (choice === 'required') forced = { type: 'any' }
  else if (choice !== 'auto' && 'tool' in choice) forced = { type: 'tool', name: wireName(choice.tool) }
  else if (choice !== 'auto') {
    const [only] = choice.allowed
    if (choice.required === true && choice.allowed.length === 1 && only !== undefined) {
      forced = { type: 'tool', name: wireName(only) }
    } else {
      warnings.push('Anthropic can not narrow the tools without another list: all may be called.')
      if (choice.required === true) forced = { type: 'any' }
    }
  }
  if (forced !== undefined && isFree) {
    warnings.push('Anthropic can not force a tool while this model thinks: the model chooses.')
    forced = undefined
  }
  if (forced !== undefined) return { ...forced, ...serial }
  return call.toolChoice === undefined && call.parallelToolCalls !== false ? undefined : { type: 'auto', ...serial }
}

function sampling(call: ModelCall, version: string, warnings: string[]): JsonObject {
  const { temperature, topP, topK, presencePenalty, frequencyPenalty, seed } = call
  if (seed !== undefined || presencePenalty !== undefined || frequencyPenalty !== undefined) {
    warnings.push('Anthropic has no seed and no penalties: they were left out.')
  }
  if (temperature === undefined && topP === undefined && topK === undefined) return {}
  // Versions are dates, so that their order is that of their text.
  if (version >= currentVersion) {
    warnings.push(`Anthropic's version ${version} refuses temperature, topP and topK: they were left out.`)
    return {}
  }
  return defined({ temperature, top_p: topP, top_k: topK })
}

/** Anthropic takes four marks: the first stays (tools or orders, as a rule), and the last three. */
function boundMarks(blocks: JsonObject[], warnings: string[]): void {
  const marked = blocks.filter((block) => 'cache_control' in block)
  if (marked.length <= maxCacheMarks) return
  warnings.push(`Anthropic takes ${maxCacheMarks} cache marks: ${marked.length - maxCacheMarks} were left out.`)
  for (const block of marked.slice(1, marked.length - maxCacheMarks + 1)) delete block['cache_control']
}
