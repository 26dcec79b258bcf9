import type { JsonValue } from '../model/json'

/**
 * Who a request is from. Stored with the task; resume, push and sub-agents use the stored one.
 * Credentials are never in it.
 */
export interface Principal {
  /** Stable id; tasks, state and lists are scoped to it. */
  id: string
  /** The tenant that the principal belongs to in its own directory; not the tenant of the route. */
  tenant?: string
  scopes?: string[]
  claims?: { [name: string]: JsonValue }
}

/** The one principal where no authentication is installed. */
export const anonymous: Principal = { id: 'anonymous' }

/** Whose data is meant. It is part of every key: what belongs to another scope looks missing. */
export interface Scope {
  /** The route's tenant; empty where the app serves one agent. */
  tenant: string
  principalId: string
}

/** Names one task within a scope. */
export interface TaskKey extends Scope {
  taskId: string
}
