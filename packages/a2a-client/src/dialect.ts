import type { AgentCard } from '@pf-agents/a2a-protocol'
import type { JsonValue } from '@pf-agents/agent-core'
import type { Binding } from './binding/binding'
import type { ChosenInterface } from './discovery/choose-interface'

/** How agents of another version of A2A than 1.0 are spoken to: at the edge, so that what is behind knows 1.0 alone. */
export interface Dialect {
  /** The version, as cards name it. */
  readonly version: string
  /** Reads a card of this version as one of 1.0; `undefined` where it is none. @throws A2AError where it is malformed */
  readCard(json: JsonValue): AgentCard | undefined
  /** The binding of an interface that speaks this version. */
  binding(chosen: ChosenInterface, extensions: readonly string[]): Binding
}
