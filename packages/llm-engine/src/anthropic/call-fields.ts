import type { JsonObject } from '@pf-agents/agent-core'
import { defined } from '../wire/json'

/** What of a call goes back beside its id, name and input: who made it, and of which set of tools it is. */
export function callFields({ caller, toolset_name }: JsonObject = {}): JsonObject | undefined {
  return caller || toolset_name ? (defined({ caller, toolset_name }) as JsonObject) : undefined
}
