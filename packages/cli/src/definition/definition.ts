import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type CompiledSchema, compileSchema, PfError } from '@pf-agents/agent-core'
import type { AgentDefinitionDocument } from '@pf-agents/app'

let compiled: CompiledSchema | undefined

/** The schema that the package of the document publishes beside its code. */
function schema(): CompiledSchema {
  const manifest = createRequire(import.meta.url).resolve('@pf-agents/app/package.json')
  compiled ??= compileSchema(
    JSON.parse(readFileSync(join(manifest, '../agent-definition.v1.json'), 'utf8')) as Record<string, unknown>,
  )
  return compiled
}

/**
 * Reads what `configure-agent` returned. Members that version 1 does not know are ignored.
 *
 * @throws PfError PF_COMPONENT_INVALID where it is not JSON by agent-definition.v1.
 */
export async function readDefinition(text: string | undefined): Promise<AgentDefinitionDocument> {
  if (text === undefined) {
    throw new PfError(
      'PF_COMPONENT_INVALID',
      'The component does not export configure-agent (pf:agent/discovery@1.0.0). Build it with `pf build --target wasm`.',
    )
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new PfError('PF_COMPONENT_INVALID', 'What configure-agent returned is not JSON.', { cause: error })
  }
  const { issues } = await schema().check(value)
  if (issues) {
    const list = issues.map(({ path, message }) => `${path || '/'}: ${message}`).join('; ')
    throw new PfError(
      'PF_COMPONENT_INVALID',
      `What configure-agent returned does not match agent-definition.v1: ${list}`,
    )
  }
  return value as AgentDefinitionDocument
}
