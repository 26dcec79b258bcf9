import {
  type Checkpoint,
  type JsonValue,
  type ModelMessage,
  type ModelUsage,
  type Part,
  PfError,
} from '@pf-agents/agent-core'
import type { WhatRuns } from '../approval/what-runs'
import { sumUsage } from '../usage/cost'
import { isState } from './is-state'

/** Version of {@link LoopState}. All older ones are read, too. */
export const stateVersion = 3

/** Stands in checkpoints. */
export const engineName = 'llm'

/** A call of the newest answer, and how far it has come. */
export interface CallState {
  /** Unique within the task. */
  toolCallId: string
  /** Its id in the prompt, where that is another one: a loop has the ids that the provider gave. */
  promptId?: string
  name: string
  /** JSON text; as hooks left it. What was approved is what runs. */
  arguments: string
  /** It was looked at: hooks and budget know of it, approval was asked where it is needed. */
  admitted?: true
  approved?: true
  /** What was shown to whoever approves it, and exactly that runs. Absent where none was asked, and in older states. */
  runs?: WhatRuns
  /** What it waits for, and the ids of the questions. */
  waits?: { for: 'approval' | 'client' | 'tool'; questions: string[] }
  /** What the handler behind it calls the answers to its questions, by their ids. */
  slots?: Record<string, string>
  /** It could not be carried out as the model wrote it. */
  bad?: true
  /** It is over. */
  result?: { parts: Part[]; isError?: true }
}

/** Where a loop stands: plain JSON, all that is needed to go on, after a restart too. */
export interface LoopState {
  /** Where in the prompt this task begins, and the message it begins with. Absent in loops within others, and in version 1. */
  own?: { from: number; messageId: string }
  /** The prompt behind the standing orders, and all that was said since. */
  messages: ModelMessage[]
  /** Model calls made. */
  turns: number
  /** Turns in a row with calls or answers that could not be used. */
  repairs: number
  /** Summed over all calls of the model. */
  usage: ModelUsage
  /** What the newest call used. */
  lastUsage?: ModelUsage
  /** The calls of the newest answer, until all of them are over. */
  calls?: CallState[]
  /** What the user said while the loop waited: it comes behind the results of those calls. */
  remarks?: ModelMessage[]
  /** The context strategy's own. */
  strategy?: JsonValue
}

/** A loop that is yet to begin. */
export function newState(messages: readonly ModelMessage[], own?: LoopState['own']): LoopState {
  return { messages: [...messages], ...(own && { own }), turns: 0, repairs: 0, usage: {} }
}

/** Counts what a call of the model used. */
export function addModelUsage(state: LoopState, { raw: _, ...usage }: ModelUsage): void {
  if (usage.inputTokens !== undefined) state.lastUsage = usage
  state.usage = sumUsage(state.usage, usage)
}

/** The state as a checkpoint. */
export function checkpointOf(state: LoopState): Checkpoint {
  return { engine: engineName, schemaVersion: stateVersion, data: state as unknown as JsonValue }
}

/**
 * The state out of a checkpoint, its own copy.
 * @throws PfError PF_CHECKPOINT_SCHEMA where its version is not known, or it is no state
 */
export function readState({ schemaVersion, data }: Pick<Checkpoint, 'schemaVersion' | 'data'>): LoopState {
  if (![1, 2, stateVersion].includes(schemaVersion)) {
    throw new PfError(
      'PF_CHECKPOINT_SCHEMA',
      `The checkpoint of this task has version ${JSON.stringify(schemaVersion)}; this llm-engine reads versions up to ${stateVersion}. Answer it with the version of @pf-agents/llm-engine that asked, or newer.`,
      // The questions of a loop within another are open again then: whoever is newer can go on.
      { retryable: schemaVersion > stateVersion },
    )
  }
  if (!isState(data))
    throw new PfError('PF_CHECKPOINT_SCHEMA', 'The checkpoint of this task is damaged: it is no state of a model loop.')
  const state = data as unknown as LoopState
  return structuredClone({ ...state, usage: state.usage ?? {} })
}
