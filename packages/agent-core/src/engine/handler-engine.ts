import { PfError } from '../error/pf-error'
import type { HandlerResult } from '../agent/skill'
import type { JsonValue } from '../model/json'
import type { AgentEngine, EngineRun } from './agent-engine'
import type { Checkpoint } from './checkpoint'

/** Version of {@link HandlerCheckpoint}. */
const schemaVersion = 1

/** Where the handler engine stands. */
export type HandlerCheckpoint = {
  /** Whether the skill was called; until then a question is one for its input. */
  isCalled: boolean
  /** What it was given, before its schema made something of it: so it is JSON, and is checked again. */
  input?: JsonValue
  /** What asked can be told that nobody answers. */
  takesCancelled?: true
}

/**
 * The core's own engine: calls the skill's handler or the agent's `onMessage`. After an answer the handler runs again
 * from its start and finds the answers in `context.slots`, so it needs no state of its own. A skill's handler is given
 * the same input again, `onMessage` the message with the answer.
 */
export const handlerEngine: AgentEngine = {
  name: 'handler',
  schemaVersion,
  start: call,
  resume: call,
}

/** The handler engine's checkpoint. */
export function handlerCheckpoint(data: HandlerCheckpoint): Checkpoint {
  return { engine: handlerEngine.name, schemaVersion, data: { ...data } }
}

function call({ agent, skill, input, context }: EngineRun): HandlerResult {
  if (skill?.handler !== undefined) return skill.handler(input as never, context)
  if (agent.onMessage !== undefined) return agent.onMessage(context.message, context)
  throw new PfError('PF_ENGINE_MISSING', `Nothing can answer for ${skill ? `skill "${skill.id}"` : 'the agent'}.`)
}
