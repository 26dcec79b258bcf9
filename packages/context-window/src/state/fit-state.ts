import type { JsonValue } from '@pf-agents/agent-core'
import type { Cut } from './cut'

/** Version of {@link FitState}: one of another version is not read. */
const version = 1

/** How much of a long result is shown. */
export interface Shortened {
  /** Characters of its beginning and of its end. */
  readonly head: number
  readonly tail: number
  /** Where the whole is kept; absent where it is not. */
  readonly id?: string
}

/** What is remembered from one call of the model to the next. Plain JSON: it outlives a restart. */
export interface FitState {
  /** The model that `ratio` and `sent` are about. */
  model?: string
  /** Tokens the provider counts for each that is estimated. */
  ratio?: number
  /** Tokens of the prompt handed out last, as estimated. */
  sent?: number
  cut?: Cut
  /** Results that are shown in part, by their hash. */
  short?: Record<string, Shortened>
}

/** The state as it goes into a checkpoint. */
export function writeState(strategy: string, state: FitState): JsonValue {
  return JSON.parse(JSON.stringify({ version, strategy, ...state })) as JsonValue
}

/** The state of a checkpoint; empty where it is of another strategy or version, or no state at all. */
export function readState(strategy: string, value: JsonValue | undefined): FitState {
  if (!isObject(value) || value.version !== version || value.strategy !== strategy) return {}
  const { model, ratio, sent, cut, short } = value as unknown as FitState
  return {
    ...(typeof model === 'string' && { model }),
    ...(typeof ratio === 'number' && ratio > 0 && { ratio }),
    ...(typeof sent === 'number' && { sent }),
    ...(isCut(cut) && { cut }),
    ...(isObject(short as unknown as JsonValue) && { short: short as Record<string, Shortened> }),
  }
}

/** Whether a value that was stored is a cut. */
export function isCut(value: unknown): value is Cut {
  if (typeof value !== 'object' || value === null) return false
  const { count, revision, tail, kept } = value as Partial<Cut>
  return typeof count === 'number' && typeof revision === 'string' && Array.isArray(tail) && Array.isArray(kept)
}

function isObject(value: JsonValue | undefined): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
