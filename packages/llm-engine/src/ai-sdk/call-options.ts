import type { ModelCall, ModelTool, ModelToolChoice } from '@pf-agents/agent-core'
import { chooses, onBudget } from '../anthropic/on-budget'
import { wireName } from '../tool/tool-names'
import { defined } from '../wire/json'
import type { AiSdkMetadata } from './ai-sdk-types'
import { aiSdkPrompt, type PromptTarget } from './prompt'

/** What `doStream` is called with, but for the signal; and what of the call was left out. */
export function aiSdkCall(
  call: ModelCall,
  target: PromptTarget,
  preset: AiSdkMetadata | undefined,
): { options: Record<string, unknown>; warnings: string[] } {
  const warnings: string[] = []
  const { toolChoice, output } = call
  const choice = typeof toolChoice === 'object' && 'allowed' in toolChoice ? toolChoice.allowed : undefined
  // The AI SDK has no way to narrow the choice and keep the list.
  const tools = choice === undefined ? call.tools : call.tools?.filter(({ name }) => choice.includes(name))
  if (call.topK !== undefined && target.version === 'v2') warnings.push('topK may not be known to this model.')
  if (call.parallelToolCalls !== undefined)
    warnings.push('parallelToolCalls is left out: the AI SDK has it among the options of each provider.')
  const effort = call.reasoning?.effort
  if (effort !== undefined && target.version !== 'v4')
    warnings.push('reasoning is left out: before version 4 the AI SDK has it among the options of each provider.')
  if (call.reasoning?.budgetTokens !== undefined)
    warnings.push('reasoning.budgetTokens is left out: the AI SDK has it among the options of each provider.')
  const own = call.providerOptions?.[target.provider] as AiSdkMetadata | undefined
  const prompt = aiSdkPrompt(call.messages, target)
  const providerOptions = preset || own ? mergeOptions(preset, own) : undefined
  const reasoning = target.version === 'v4' ? effort : undefined
  const isBudget = reasoning !== undefined && reasoning !== 'none' && onBudget.test(target.modelId)
  const { thinking, ...others } = providerOptions?.['anthropic'] ?? {}
  const { type } = (thinking ?? {}) as { type?: string }
  const choiceMade = tools && tools.length > 0 ? choiceOf(toolChoice) : undefined
  let isStopped = false
  if (/anthropic/.test(target.provider)) {
    const isForced = /^(required|tool)$/.test(String(choiceMade?.['type'])) && !chooses.test(target.modelId)
    if (isBudget || type === 'enabled') {
      isStopped = isUnthought(prompt)
      if (isStopped)
        warnings.push(`${target.modelId} can not think on a budget in a turn that began without: it goes on so.`)
    } else if (isForced && (type === 'adaptive' || (type === undefined && reasoning && reasoning !== 'none'))) {
      isStopped = true
      warnings.push('Anthropic takes no forced tool together with thinking: thinking was left out.')
    }
  }
  const options = defined({
    prompt,
    maxOutputTokens: call.maxOutputTokens,
    temperature: call.temperature,
    topP: call.topP,
    topK: call.topK,
    presencePenalty: call.presencePenalty,
    frequencyPenalty: call.frequencyPenalty,
    stopSequences: call.stopSequences && [...call.stopSequences],
    seed: call.seed,
    headers: call.headers && { ...call.headers },
    reasoning: isStopped && reasoning !== 'none' ? undefined : reasoning,
    providerOptions: isStopped && thinking ? { ...providerOptions, anthropic: others } : providerOptions,
    responseFormat: output && {
      type: 'json',
      schema: output.schema,
      name: output.name ?? 'output',
      ...(output.description !== undefined && { description: output.description }),
    },
    tools: tools && tools.length > 0 ? tools.map(toolOf) : undefined,
    toolChoice: choiceMade,
  })
  return { options, warnings }
}

/** Whether the turn under way does not begin with a thought: then Claude refuses to think on a budget. */
function isUnthought(prompt: readonly Record<string, unknown>[]): boolean {
  let first: unknown
  for (const { role, content } of prompt.toReversed()) {
    // What is custom says something of the answer and is no part of it.
    const parts = content as readonly { type: string }[]
    if (role === 'assistant') first = parts.find(({ type }) => type !== 'custom')?.type ?? first
    else if (role !== 'tool') break
  }
  return first !== undefined && first !== 'reasoning'
}

function toolOf({ name, description, parameters, strict }: ModelTool): Record<string, unknown> {
  return {
    type: 'function',
    name: wireName(name),
    ...(description !== undefined && { description }),
    inputSchema: parameters,
    ...(strict !== undefined && { strict }),
  }
}

function choiceOf(choice: ModelToolChoice | undefined): Record<string, unknown> | undefined {
  if (choice === undefined) return undefined
  if (typeof choice === 'string') return { type: choice }
  if ('tool' in choice) return { type: 'tool', toolName: wireName(choice.tool) }
  return { type: choice.required === true ? 'required' : 'auto' }
}

function mergeOptions(preset: AiSdkMetadata = {}, own: AiSdkMetadata = {}): AiSdkMetadata {
  const merged: AiSdkMetadata = { ...preset }
  for (const [provider, options] of Object.entries(own)) merged[provider] = { ...merged[provider], ...options }
  return merged
}
