import { compileSchema, PfError } from '@pf-agents/agent-core'
import type { AgentDefinitionDocument } from '@pf-agents/app'
import schema from './agent-definition.v1.json' with { type: 'json' }

/** JSON Schema (draft 2020-12) of what a component's `configure-agent` returns. */
export const agentDefinitionSchema: Readonly<Record<string, unknown>> = schema

/**
 * Reads what `configure-agent` returned. Members that version 1 does not know are ignored.
 *
 * @throws PfError PF_COMPONENT_INVALID where it is not JSON by agent-definition.v1.
 */
export async function readDefinition(text: string | undefined): Promise<AgentDefinitionDocument> {
  if (text === undefined) {
    throw new PfError('PF_COMPONENT_INVALID', 'The component does not export configure-agent (pf:agent/discovery@1.0.0). Build it with `pf build --target wasm`.')
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new PfError('PF_COMPONENT_INVALID', 'What configure-agent returned is not JSON.', { cause: error })
  }
  const { issues } = await compileSchema(schema).check(value)
  if (issues) {
    const list = issues.map(({ path, message }) => `${path || '/'}: ${message}`).join('; ')
    throw new PfError('PF_COMPONENT_INVALID', `What configure-agent returned does not match agent-definition.v1: ${list}`)
  }
  return value as AgentDefinitionDocument
}
