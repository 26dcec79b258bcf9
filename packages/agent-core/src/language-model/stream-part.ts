import type { ErrorCode } from '../error/codes'
import type { ModelProfile, ModelUsage } from './model-usage'
import type { ModelFilePart, ModelOpaquePart, ProviderData } from './prompt'

/**
 * Why the answer ended. `tool-calls`: there are calls to run, whatever word the provider used. `pause`: send the
 * answer back as it is and the model goes on. `interrupted`: it broke off; only in what an error carries.
 */
export type ModelFinishReason =
  | 'stop'
  | 'length'
  | 'tool-calls'
  | 'content-filter'
  | 'pause'
  | 'error'
  | 'interrupted'
  | 'other'

/** The end of an answer. */
export interface ModelFinish {
  reason: ModelFinishReason
  /** The provider's own word. */
  raw?: string
  /** Whether the provider's own mark of the end came. */
  complete: boolean
}

/** The provider took the request. Comes first, once, together with the first output. */
export interface ModelResponseStart {
  type: 'response-start'
  provider: string
  /** The model that answers, as the provider calls it. */
  modelId: string
  responseId?: string
  /** The provider's id of the HTTP request, for its support. */
  requestId?: string
  /** What of the call was left out or changed. */
  warnings: readonly string[]
}

/** Another attempt is to be made: nothing of the answer had come yet. */
export interface ModelRetry {
  type: 'retry'
  /** Number of the attempt that failed, from 1. */
  attempt: number
  code: ErrorCode
  /** Milliseconds until the next. */
  delayMs: number
  provider: string
  modelId: string
}

/** The model could not answer; the next of the list is asked. */
export interface ModelFallback {
  type: 'fallback'
  code: ErrorCode
  from: { provider: string; modelId: string }
  to: { provider: string; modelId: string }
  /** What is known of the next model: its prices count from here on. */
  profile?: ModelProfile
}

/** Text of the answer. Blocks may interleave; `id` tells them apart. */
export type ModelTextStream =
  | { type: 'text-start'; id: string }
  | { type: 'text-delta'; id: string; delta: string }
  | { type: 'text-end'; id: string; providerData?: ProviderData }

/** What the model thinks aloud. May have no delta at all and yet data to keep. */
export type ModelReasoningStream =
  | { type: 'reasoning-start'; id: string }
  | { type: 'reasoning-delta'; id: string; delta: string }
  | { type: 'reasoning-end'; id: string; providerData?: ProviderData }

/** A call as it is written. Calls may interleave. `tool-call-end` has all of it and is the only one to act upon. */
export type ModelToolCallStream =
  | { type: 'tool-call-start'; toolCallId: string; name: string }
  | { type: 'tool-call-delta'; toolCallId: string; delta: string }
  | {
      type: 'tool-call-end'
      toolCallId: string
      name: string
      arguments: string
      /** False: the answer ended before the arguments did. Never run it. */
      complete: boolean
      providerData?: ProviderData
    }

/** What a model streams, in order. Names say the noun first, then what happened. */
export type ModelStreamPart =
  | ModelResponseStart
  | ModelRetry
  | ModelFallback
  | ModelTextStream
  | ModelReasoningStream
  | ModelToolCallStream
  /** A file, whole. Exactly one of `raw` and `url` is present. */
  | Pick<ModelFilePart, 'type' | 'mediaType' | 'raw' | 'url' | 'filename' | 'providerData'>
  | ModelOpaquePart
  /** What is used so far; replaces what came before. For budgets that are checked while the answer comes. */
  | { type: 'usage'; usage: ModelUsage }
  /** The last, once. */
  | { type: 'finish'; finish: ModelFinish; usage: ModelUsage }
