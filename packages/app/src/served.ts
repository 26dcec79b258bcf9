import { type Agent, type AgentRuntime, PfError, type ServedAgent } from '@pf-agents/agent-core'

/** One agent with its runtime, which is there once every feature has been set up. */
export class Served implements ServedAgent {
  readonly tenant: string
  readonly agent: Agent
  #runtime: AgentRuntime | undefined

  constructor(tenant: string, agent: Agent) {
    this.tenant = tenant
    this.agent = agent
  }

  get runtime(): AgentRuntime {
    if (this.#runtime === undefined)
      throw new PfError(
        'PF_CONFIG_INVALID',
        'A feature used a runtime in its set-up. Runtimes are there from "ready" on.',
      )
    return this.#runtime
  }

  begin(runtime: AgentRuntime): void {
    this.#runtime = runtime
  }
}
