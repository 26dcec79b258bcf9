import { agentEnginePort, bind, defineFeature, type Feature, llmPort } from '@pf-agents/agent-core'
import type { LoopOptions } from '../loop/options'
import { Engine } from './engine'

/** Options of {@link llmEngine}. */
export type LlmEngineOptions = LoopOptions

/**
 * The engine of agents with a `model`: calls it, carries out its tools, asks for approvals, until it has answered. Gives
 * handlers `ctx.llm`. Tools and their schemas are checked when the app is made.
 *
 * @throws PfError PF_CONFIG_INVALID when the app is made, where a tool can not be shown to a model
 * @example
 * ```ts
 * const app = createApp(agent, [llmEngine({ maxTurns: 10 }), a2aServer()])
 * ```
 */
export function llmEngine(options: LlmEngineOptions = {}): Feature<'llm-engine', 'node' | 'wasm'> {
  return defineFeature({
    name: 'llm-engine',
    targets: ['node', 'wasm'],
    provides: [agentEnginePort, llmPort],
    setup({ agents }) {
      const engine = new Engine(options)
      for (const { agent } of agents) engine.check(agent)
      return { ports: [bind(agentEnginePort, engine), bind(llmPort, engine)] }
    },
  })
}
