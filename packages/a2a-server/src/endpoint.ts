import { A2AError } from '@pf-agents/a2a-protocol'
import type { Agent, AgentRuntime, ServedAgent, Skill } from '@pf-agents/agent-core'

/** One agent as the operations see it. */
export class Endpoint {
  readonly tenant: string
  readonly agent: Agent
  /** Media types that some skill of the agent takes. */
  readonly inputModes: readonly string[]
  readonly #served: ServedAgent
  readonly #skills: ReadonlyMap<string, Skill>

  constructor(served: ServedAgent) {
    const { agent, tenant } = served
    this.tenant = tenant
    this.agent = agent
    this.#served = served
    this.#skills = new Map(agent.skills.map((skill) => [skill.id, skill]))
    this.inputModes = [...new Set([...agent.inputModes, ...agent.skills.flatMap((skill) => skill.inputModes ?? [])])]
  }

  get runtime(): AgentRuntime {
    return this.#served.runtime
  }

  /** Media types that a message for this skill may have; without a skill, those that any takes. */
  inputModesFor(skillId: unknown): readonly string[] {
    const skill = typeof skillId === 'string' ? this.#skills.get(skillId) : undefined
    return skill === undefined ? this.inputModes : (skill.inputModes ?? this.agent.inputModes)
  }
}

/** The agents of an app by tenant. */
export class Endpoints {
  readonly all: readonly Endpoint[]
  readonly #byTenant: ReadonlyMap<string, Endpoint>

  constructor(agents: readonly ServedAgent[]) {
    this.all = agents.map((one) => new Endpoint(one))
    this.#byTenant = new Map(this.all.map((one) => [one.tenant, one]))
  }

  /**
   * The agent a request is for. A tenant routes, it authorises nothing (A2A 1.0, 4.4.6).
   * @throws A2AError TenantNotFoundError, InvalidParamsError where path and request name different ones
   */
  find(pathTenant: string, requestTenant: string | undefined): Endpoint {
    if (pathTenant !== '' && requestTenant !== undefined && requestTenant !== pathTenant) {
      throw new A2AError('InvalidParamsError', {
        violations: [{ field: 'tenant', description: 'is not the one of the path' }],
      })
    }
    const endpoint = this.#byTenant.get(pathTenant || (requestTenant ?? ''))
    if (endpoint === undefined) throw new A2AError('TenantNotFoundError')
    return endpoint
  }
}
