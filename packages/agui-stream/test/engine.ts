import {
  type AgentEngine,
  agentEnginePort,
  bind,
  defineFeature,
  type EngineRun,
  type HandlerResult,
  type Interrupt,
  type LanguageModel,
  type Reply,
} from '@pf-agents/agent-core'

/** Stands for an agent with a model: an engine of the test's own that goes on from its checkpoint. */
export function engineFeature(
  start: (run: EngineRun) => HandlerResult,
  resume: (run: EngineRun) => HandlerResult,
): ReturnType<typeof defineFeature> {
  const engine: AgentEngine = { name: 'scripted', start, resume }
  return defineFeature({
    name: 'scripted-engine',
    targets: ['node'],
    provides: [agentEnginePort],
    setup: () => ({ ports: [bind(agentEnginePort, engine)] }),
  }) as never
}

export const anyModel = { provider: 'none', model: 'none' } as unknown as LanguageModel

/** How such an engine waits. */
export function waits(interrupts: readonly Omit<Interrupt, 'id' | 'status'>[]): Reply {
  return {
    reply: 'suspended',
    state: 'input-required',
    interrupts: [...interrupts],
    checkpoint: { engine: 'scripted', schemaVersion: 1, data: null },
  }
}
