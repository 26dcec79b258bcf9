import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { AgentDefinitionDocument } from '@pf-agents/app'
import { type ComponentDescription, describeComponent } from '@pf-agents/wasm-host'
import { PfError } from '@pf-agents/agent-core'
import { type Command } from '../command-line/command'
import { sizeText } from '../command-line/size-text'
import { readDefinition } from '../definition/definition'
import { oneEntry, stepped } from './build'

/** `pf inspect`. */
export const inspectCommand: Command = {
  name: 'inspect',
  summary: 'Show what a component says about itself, what it imports, its world and its size.',
  usage: 'APP.wasm [options]',
  description: 'Calls configure-agent in an instance that may use no import at all.',
  options: { json: { type: 'boolean', description: 'Print it as JSON.' } },
  examples: ['pf inspect dist/agent.wasm', 'pf inspect dist/agent.wasm --json'],
  async run({ positionals, values, terminal }) {
    const file = oneEntry(positionals, 'component')
    const description = await stepped(
      terminal,
      'Reading the component',
      () => describe(file, (problem) => terminal.note(`! ${problem}`)),
      () => 'done',
    )
    const definition = await readDefinition(description.definition)
    terminal.out(
      values.flag('json') ? JSON.stringify({ ...description, definition }, null, 2) : text(description, definition),
    )
    return 0
  },
}

/**
 * @param onProblem - told why what was prepared can not be kept
 * @throws PfError PF_COMPONENT_INVALID where there is no such file, it can not be read, or is no component
 */
export async function describe(file: string, onProblem: (problem: string) => void): Promise<ComponentDescription> {
  if (!existsSync(file))
    throw new PfError('PF_COMPONENT_INVALID', `There is no file ${file}. Build it with \`pf build --target wasm\`.`)
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new PfError('PF_COMPONENT_INVALID', `${file} can not be read: ${cause.message}`, { cause })
  })
  try {
    return await describeComponent(new Uint8Array(bytes), { onProblem })
  } catch (error) {
    // Whatever else it is has another cause than the file.
    if (!PfError.is(error) || error.code !== 'PF_COMPONENT_INVALID') throw error
    // The host says so, too, without knowing the file's name.
    const why = error.message.replace(/^The file is not a component this host can run\. /, '')
    throw new PfError('PF_COMPONENT_INVALID', `${file} is not a component this host can run. ${why}`, { cause: error })
  }
}

const lifetimes: Readonly<Record<string, string>> = {
  request: 'gone with their request: no state is stored',
  process: 'kept as long as the process runs',
  stored: 'stored',
}

function text(
  { imports, exports, world, size, digest }: ComponentDescription,
  definition: AgentDefinitionDocument,
): string {
  const { name, version, description, skills, features, needs } = definition
  const rows: [string, readonly string[]][] = [
    ['Agent', [`${name} ${version}`, description]],
    ['Skills', skills.map((skill) => `${skill.id}: ${skill.description}`)],
    ['Features', features.map((feature) => feature.name)],
    [
      'Tenants',
      Object.entries(definition.tenants ?? {}).map(([tenant, agent]) => `${tenant}: ${agent.name} ${agent.version}`),
    ],
    ['Outbound', needs.outbound],
    [
      'Variables',
      Object.entries(needs.variables).map(([variable, { default: value, optional }]) =>
        value !== undefined ? `${variable} (default ${value})` : optional ? `${variable} (optional)` : variable,
      ),
    ],
    ['Secrets', needs.secrets.map((name) => (needs.optionalSecrets?.includes(name) ? `${name} (optional)` : name))],
    ['Stores', needs.keyValue],
    ['Memory', [`${needs.memoryMb} MB`]],
    ['Tasks', [lifetimes[definition.taskLifetime] ?? definition.taskLifetime]],
    ['World', [definition.world ?? world]],
    ['Imports', imports],
    ['Exports', exports],
    ['Size', [sizeText(size)]],
    ['SHA-256', [digest]],
  ]
  return rows
    .map(([title, lines]) => `${title.padEnd(11)}${lines.length > 0 ? lines.join(`\n${' '.repeat(11)}`) : '–'}`)
    .join('\n')
}
