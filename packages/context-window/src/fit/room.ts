import { type ContextRequest, PfError } from '@pf-agents/agent-core'
import type { FitState } from '../state/fit-state'
import type { Weigher } from '../tokens/weigher'
import type { ContextStrategyOptions } from './options'

/** A provider's count is believed within these bounds: some leave out what they had in a cache. */
const leastRatio = 0.8
const mostRatio = 3
/** How much the newest count weighs against those before. */
const newest = 0.7

/** What a prompt may weigh. */
export interface Room {
  /** Tokens of messages, as estimated. */
  readonly tokens: number
  /** Tokens that the tools take, as estimated. */
  readonly tools: number
  /** Tokens the provider counts for each that is estimated. */
  readonly ratio: number
  /** Tokens of prompt and answer together. */
  readonly window: number
}

/** The name of a model in what is remembered. */
export function modelName({ model }: ContextRequest): string {
  return `${model.provider}/${model.modelId}`
}

/**
 * The room for messages: the window without the answer, the margin and the tools, in estimated tokens.
 * @throws PfError PF_MODEL_CONTEXT_LENGTH where tools and answer alone fill the window
 */
export function roomFor(
  request: ContextRequest,
  options: ContextStrategyOptions,
  state: FitState,
  weigher: Weigher,
): Room {
  const { model } = request
  const { contextWindow = 32_000, counter, margin = counter?.exact === true ? 0.02 : 0.1 } = options
  const given = typeof contextWindow === 'function' ? contextWindow(model) : contextWindow
  const window = model.profile?.contextWindow ?? given ?? 32_000
  const reserve =
    request.maxOutputTokens ??
    Math.min(options.reserveTokens ?? model.profile?.maxOutputTokens ?? 4_096, Math.floor(window / 4))
  const ratio = ratioOf(request, state, window)
  const tools = weigher.tools(request.tools)
  const tokens = Math.floor((window * (1 - margin) - reserve) / ratio) - tools
  if (tokens > 0) return { tokens, tools, ratio, window }
  throw new PfError(
    'PF_MODEL_CONTEXT_LENGTH',
    `Nothing fits into ${modelName(request)}: of its window of ${window} tokens, ${reserve} are kept for the answer and about ${tools} go to tools. Offer fewer tools, or ask for a shorter answer.`,
    { details: { window, reserve, tools } },
  )
}

/** How the provider's count compares with ours, corrected by what it counted last. */
function ratioOf(request: ContextRequest, state: FitState, window: number): number {
  const known = state.model === modelName(request)
  const before = known ? state.ratio : undefined
  if (!known || state.sent === undefined || state.sent <= 0) return before ?? 1
  // It was too long though it seemed to fit: it weighs at least what the window holds.
  if (request.overflowed === true) return clamp(Math.max((before ?? 1) * 1.25, window / state.sent))
  const { inputTokens, estimated } = request.lastUsage ?? {}
  if (inputTokens === undefined || inputTokens <= 0 || estimated === true) return before ?? 1
  const seen = clamp(inputTokens / state.sent)
  return before === undefined ? seen : clamp(before * (1 - newest) + seen * newest)
}

function clamp(ratio: number): number {
  return Math.min(mostRatio, Math.max(leastRatio, ratio))
}
