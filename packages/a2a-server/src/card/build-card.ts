import {
  A2A_VERSION,
  type AgentCapabilities,
  type AgentCard,
  type AgentExtension,
  type AgentInterface,
  type AgentSkill,
  type SecurityRequirement,
} from '@pf-agents/a2a-protocol'
import { type Agent, type HostInfo, type JsonObject, type Skill, skillExtensionUri } from '@pf-agents/agent-core'
import { interruptExtensionUri } from '../interrupt/interrupt-extension'
import type { CardAdditions } from '../options'

/** What every agent served by this package speaks. Both are optional: callers that know nothing of them miss nothing. */
const ownExtensions: readonly AgentExtension[] = [
  {
    uri: skillExtensionUri,
    description: 'A message names its skill: metadata[uri] is the id of one of the skills below.',
  },
  {
    uri: interruptExtensionUri,
    description: 'Questions of a waiting task have ids, schemas and slots in the status message; answers name them.',
  },
]

/** Declared where nothing keeps tasks: a component without a store. */
const statelessExtension: AgentExtension = {
  uri: 'urn:pf-agents:a2a:stateless:v1',
  description:
    'A task is gone when its request was answered: GetTask, ListTasks, CancelTask and follow-ups do not find it.',
}

/** Where a card's interfaces are. */
export interface CardPlace {
  /** Address of the interface, without a slash at its end. */
  url: string
  bindings: readonly ('JSONRPC' | 'HTTP+JSON')[]
  /** Empty where the app serves one agent. */
  tenant: string
  /** A version that is served beside 1.0, at an address that has the tenant in it: such a version knows of none. */
  old?: { version: string; url: string } | undefined
}

/** What the features and the options add, put together once. */
export function joinAdditions(parts: readonly CardAdditions[]): CardAdditions & { capabilities: AgentCapabilities } {
  const extensions = new Map(ownExtensions.map((one) => [one.uri, one]))
  const joined: CardAdditions & { capabilities: AgentCapabilities } = { capabilities: {} }
  for (const { capabilities, securitySchemes, securityRequirements, skills, ...rest } of parts) {
    Object.assign(joined, rest)
    Object.assign(joined.capabilities, capabilities)
    for (const extension of capabilities?.extensions ?? []) extensions.set(extension.uri, extension)
    if (securitySchemes) joined.securitySchemes = { ...joined.securitySchemes, ...securitySchemes }
    if (securityRequirements)
      joined.securityRequirements = [...(joined.securityRequirements ?? []), ...securityRequirements]
    if (skills) joined.skills = [...(joined.skills ?? []), ...skills]
  }
  joined.capabilities.extensions = [...extensions.values()]
  return joined
}

/** Says on the card that tasks are gone with their request, where that is so. */
export function forHost(additions: ReturnType<typeof joinAdditions>, host: HostInfo): ReturnType<typeof joinAdditions> {
  if (host.taskLifetime !== 'request') return additions
  const { capabilities } = additions
  return {
    ...additions,
    capabilities: { ...capabilities, extensions: [...(capabilities.extensions ?? []), statelessExtension] },
  }
}

/** An agent's card (A2A 1.0, 4.4.1). */
export function buildCard(
  agent: Agent,
  additions: CardAdditions & { capabilities: AgentCapabilities },
  place: CardPlace,
): AgentCard {
  const { skills = [], ...rest } = additions
  return {
    name: agent.name,
    description: agent.description,
    version: agent.version,
    supportedInterfaces: interfacesAt(place),
    defaultInputModes: [...agent.inputModes],
    defaultOutputModes: [...agent.outputModes],
    skills: [...agent.skills.map((skill) => skillOf(skill, additions.securityRequirements)), ...skills],
    ...(agent.provider && { provider: { ...agent.provider } }),
    ...(agent.documentationUrl !== undefined && { documentationUrl: agent.documentationUrl }),
    ...(agent.iconUrl !== undefined && { iconUrl: agent.iconUrl }),
    ...rest,
  }
}

function interfacesAt({ url, bindings, tenant, old }: CardPlace): AgentInterface[] {
  const interfaces = bindings.map((protocolBinding): AgentInterface => ({
    url,
    protocolBinding,
    protocolVersion: A2A_VERSION,
    ...(tenant !== '' && { tenant }),
  }))
  if (old === undefined) return interfaces
  // Behind those of 1.0: the first that a caller speaks is the one it takes.
  for (const protocolBinding of bindings)
    interfaces.push({ url: old.url, protocolBinding, protocolVersion: old.version })
  return interfaces
}

function skillOf(skill: Skill, requirements: readonly SecurityRequirement[] | undefined): AgentSkill {
  return {
    id: skill.id,
    name: skill.name,
    description: skill.description,
    tags: [...skill.tags],
    ...(skill.examples && { examples: [...skill.examples] }),
    ...(skill.inputModes && { inputModes: [...skill.inputModes] }),
    ...(skill.outputModes && { outputModes: [...skill.outputModes] }),
    ...(skill.scopes?.length && requirements && { securityRequirements: withScopes(requirements, skill.scopes) }),
  }
}

/** What the agent asks for, and these scopes: of each entry's first scheme, which says who the caller is. */
function withScopes(requirements: readonly SecurityRequirement[], scopes: readonly string[]): SecurityRequirement[] {
  return requirements.flatMap(({ schemes }) => {
    const [first, ...others] = Object.entries(schemes)
    if (first === undefined) return []
    const list = [...new Set([...(first[1].list ?? []), ...scopes])]
    return [{ schemes: Object.fromEntries([[first[0], { list }], ...others]) }]
  })
}

/** What features add is JSON of the card's shape, by the contract of {@link FeatureSetup.card}. */
export function additionsOf(cards: readonly JsonObject[]): CardAdditions[] {
  return cards as unknown as CardAdditions[]
}
