import {
  type Agent,
  type AnyFeature,
  compileSchema,
  type HostInfo,
  type JsonObject,
  type ResolvedNeeds,
  type Schema,
  type Target,
} from '@pf-agents/agent-core'

/** A skill, as the definition shows it. */
export interface SkillDocument {
  id: string
  name: string
  description: string
  tags: string[]
  examples?: string[]
  inputModes?: string[]
  outputModes?: string[]
  /** JSON Schema of the input. */
  input?: JsonObject
  /** JSON Schema of the output. */
  output?: JsonObject
}

/** One agent, as the definition shows it. */
export interface AgentDocument {
  name: string
  description: string
  version: string
  skills: SkillDocument[]
  inputModes: string[]
  outputModes: string[]
  provider?: { organization: string; url: string }
  documentationUrl?: string
  iconUrl?: string
}

/** What `describe()` gives: JSON by `agent-definition.v1.json`. Readers ignore members they do not know. */
export interface AgentDefinitionDocument extends AgentDocument {
  schema: 'agent-definition.v1'
  /** What it needs of its host: the agents' and the features' needs together. */
  needs: ResolvedNeeds
  /** What every feature adds to the agent card. */
  card: JsonObject[]
  features: { name: string; targets: Target[] }[]
  /** Targets that all of its features work on. */
  targets: Target[]
  /** How long a task can be read. */
  taskLifetime: HostInfo['taskLifetime']
  /** The world of the component it was built into. */
  world?: string
  /** Where the app serves several agents: each by its tenant. The members above are the first one's. */
  tenants?: Record<string, AgentDocument>
}

function jsonOf(schema: Schema | undefined): JsonObject | undefined {
  return schema === undefined ? undefined : compileSchema(schema).json
}

/** An agent's plain data. */
function agentDocument(agent: Agent): AgentDocument {
  const { name, description, version, provider, documentationUrl, iconUrl } = agent
  return {
    name,
    description,
    version,
    skills: agent.skills.map((skill) => {
      const input = jsonOf(skill.input)
      const output = jsonOf(skill.output)
      return {
        id: skill.id,
        name: skill.name,
        description: skill.description,
        tags: [...skill.tags],
        ...(skill.examples && { examples: [...skill.examples] }),
        ...(skill.inputModes && { inputModes: [...skill.inputModes] }),
        ...(skill.outputModes && { outputModes: [...skill.outputModes] }),
        ...(input && { input }),
        ...(output && { output }),
      }
    }),
    inputModes: [...agent.inputModes],
    outputModes: [...agent.outputModes],
    ...(provider && { provider: { ...provider } }),
    ...(documentationUrl !== undefined && { documentationUrl }),
    ...(iconUrl !== undefined && { iconUrl }),
  }
}

/** What a definition is made of. */
export interface DefinitionParts {
  agents: readonly { tenant: string; agent: Agent }[]
  features: readonly AnyFeature[]
  needs: ResolvedNeeds
  cards: readonly JsonObject[]
}

/** Makes the definition. Called at creation: nothing is left to do when a platform asks for it. */
export function defineDocument({
  agents,
  features,
  needs,
  cards,
}: DefinitionParts): Omit<AgentDefinitionDocument, 'taskLifetime'> {
  const [first] = agents as [{ tenant: string; agent: Agent }]
  const several = agents.length > 1 || first.tenant !== ''
  return {
    schema: 'agent-definition.v1',
    ...agentDocument(first.agent),
    needs,
    card: [...cards],
    features: features.map(({ name, targets }) => ({ name, targets: [...targets] })),
    targets: (['node', 'wasm'] as const).filter((target) => features.every(({ targets }) => targets.includes(target))),
    ...(several && { tenants: Object.fromEntries(agents.map(({ tenant, agent }) => [tenant, agentDocument(agent)])) }),
  }
}
