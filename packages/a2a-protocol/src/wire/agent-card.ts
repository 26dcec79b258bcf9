import type { JsonObject } from '@pf-agents/agent-core'
import type { SecurityRequirement, SecurityScheme } from './security-scheme'

/** The bindings the specification defines; others name themselves by a URI (§5.8). */
export type ProtocolBinding = 'JSONRPC' | 'HTTP+JSON' | 'GRPC' | (string & {})

/** One address an agent answers at (§4.4.6). */
export interface AgentInterface {
  /** Absolute, and https in production. */
  url: string
  protocolBinding: ProtocolBinding
  /** `1.0`: never with a patch part (§3.6). */
  protocolVersion: string
  /** Sent with every request to this interface, exactly as it is here. */
  tenant?: string
}

/** Who runs the agent (§4.4.2). */
export interface AgentProvider {
  url: string
  organization: string
}

/** An extension the agent speaks (§4.4.4). */
export interface AgentExtension {
  uri: string
  description?: string
  /** Callers that do not list it in `A2A-Extensions` are refused. Default false. */
  required?: boolean
  params?: JsonObject
}

/** What the agent can do beyond the basics; absent means it can not (§4.4.3). */
export interface AgentCapabilities {
  streaming?: boolean
  pushNotifications?: boolean
  extendedAgentCard?: boolean
  extensions?: AgentExtension[]
}

/** Something the agent is good at (§4.4.5). */
export interface AgentSkill {
  id: string
  name: string
  description: string
  tags: string[]
  examples?: string[]
  /** Media types, in place of the agent's default ones. */
  inputModes?: string[]
  outputModes?: string[]
  securityRequirements?: SecurityRequirement[]
}

/** A JSON Web Signature over the card (§4.4.7). */
export interface AgentCardSignature {
  protected: string
  signature: string
  header?: JsonObject
}

/** What an agent says of itself at `/.well-known/agent-card.json` (§4.4.1). The same inside and on the wire. */
export interface AgentCard {
  name: string
  description: string
  /** The agent's own version. */
  version: string
  /** In order of preference. */
  supportedInterfaces: AgentInterface[]
  capabilities: AgentCapabilities
  /** Media types. */
  defaultInputModes: string[]
  defaultOutputModes: string[]
  skills: AgentSkill[]
  provider?: AgentProvider
  documentationUrl?: string
  iconUrl?: string
  securitySchemes?: Record<string, SecurityScheme>
  /** Any one of these suffices. */
  securityRequirements?: SecurityRequirement[]
  signatures?: AgentCardSignature[]
}
