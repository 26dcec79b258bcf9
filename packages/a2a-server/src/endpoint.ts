import { A2AError, mediaTypeOfPart } from '@pf-agents/a2a-protocol'
import type { Agent, AgentRuntime, Part, ServedAgent, Skill } from '@pf-agents/agent-core'

/** One agent as the operations see it. */
export class Endpoint {
  readonly tenant: string
  readonly agent: Agent
  /** Media types that some skill of the agent takes. */
  readonly inputModes: readonly string[]
  /** Media types that every skill takes, whole names only: what is in here needs no closer look. */
  readonly #everywhere: ReadonlySet<string>
  readonly #served: ServedAgent
  readonly #skills: ReadonlyMap<string, Skill>

  constructor(served: ServedAgent) {
    const { agent, tenant } = served
    this.tenant = tenant
    this.agent = agent
    this.#served = served
    this.#skills = new Map(agent.skills.map((skill) => [skill.id, skill]))
    this.inputModes = [...new Set([...agent.inputModes, ...agent.skills.flatMap((skill) => skill.inputModes ?? [])])]
    this.#everywhere = new Set(
      agent.inputModes.filter((mode) => agent.skills.every((skill) => skill.inputModes?.includes(mode) ?? true)),
    )
  }

  get runtime(): AgentRuntime {
    return this.#served.runtime
  }

  /** Whether every part is of a type that any skill takes: the usual case, found out without a list walk per part. */
  takesAnywhere(parts: readonly Part[]): boolean {
    for (const part of parts) {
      const type = mediaTypeOfPart(part)
      if (type !== undefined && !this.#everywhere.has(type)) return false
    }
    return true
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
