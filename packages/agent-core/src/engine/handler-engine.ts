import { PfError } from '../error/pf-error'
import type { HandlerResult } from '../agent/skill'
import type { AgentEngine, EngineRun } from './agent-engine'

/** Version of the handler engine's checkpoint: `{ input }`, the skill's checked input. */
export const handlerCheckpointVersion = 1

/**
 * The core's own engine: calls the skill's handler or the agent's `onMessage`. After an answer the handler runs again
 * from its start with the same input and finds the answers in `context.slots`, so it needs no state of its own.
 */
export const handlerEngine: AgentEngine = {
  name: 'handler',
  start: call,
  resume(run, checkpoint) {
    if (checkpoint.schemaVersion !== handlerCheckpointVersion) {
      throw new PfError('PF_CHECKPOINT_SCHEMA', `A handler checkpoint of version ${checkpoint.schemaVersion} can not be read.`)
    }
    const data = checkpoint.data as { input?: unknown }
    return call('input' in data ? { ...run, input: data.input } : run)
  },
}

function call({ agent, skill, input, context }: EngineRun): HandlerResult {
  if (skill?.handler !== undefined) return skill.handler(input as never, context)
  if (agent.onMessage !== undefined) return agent.onMessage(context.message, context)
  throw new PfError('PF_ENGINE_MISSING', `Nothing can answer for ${skill ? `skill "${skill.id}"` : 'the agent'}.`)
}
