import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { type Command, UsageError } from '../command-line/command'
import { startDevServer } from '../dev/dev-server'
import { oneEntry } from './build'
import { ended } from './up'

/** `pf dev`. */
export const devCommand: Command = {
  name: 'dev',
  summary: 'Serve an agent on Node and reload it when a file changes.',
  usage: 'ENTRY [options]',
  description: [
    'ENTRY exports an agent or an app as default, or serves one by itself. The process before a change serves until the new',
    'one listens; where the new one does not build or start, it goes on. What an agent keeps in memory ends with its process.',
    'What is exported is served with a playground, a page to talk to the agent; a file that serves by itself adds it where',
    'PF_PLAYGROUND is set.',
  ].join('\n'),
  options: {
    port: { type: 'string', short: 'p', value: 'PORT', description: 'Port; 0 takes a free one. Default 3000.' },
    host: {
      type: 'string',
      value: 'ADDRESS',
      description: 'Address to listen on. Default 127.0.0.1, this machine only.',
    },
    'no-playground': { type: 'boolean', description: 'Serve without the playground.' },
    'var-file': {
      type: 'string',
      value: 'FILE',
      multiple: true,
      description: 'Variables and secrets, as NAME=VALUE lines.',
    },
    inspect: {
      type: 'boolean',
      description: 'Let a debugger attach. The old process then ends before the new one starts.',
    },
    'inspect-port': { type: 'string', value: 'PORT', description: "The debugger's port. Default 9229." },
  },
  examples: ['pf dev agent.ts', 'pf dev main.node.ts --port 8080 --inspect'],
  async run({ positionals, values, terminal, signal }) {
    const entry = oneEntry(positionals)
    const address = { host: values.text('host') ?? '127.0.0.1', port: values.integer('port', 0, 65_535) ?? 3000 }
    const inspectPort = values.integer('inspect-port', 0, 65_535) ?? (values.flag('inspect') ? 9229 : undefined)
    const env: Record<string, string> = {}
    for (const file of values.list('var-file')) Object.assign(env, envOf(file))
    const server = await startDevServer({
      entry,
      address,
      inspectPort,
      env,
      playground: !values.flag('no-playground'),
      note: (text) => terminal.note(text),
      signal,
    })
    terminal.note('Watching for changes. Ctrl-C ends it.')
    await ended(signal)
    await server.close()
    return 0
  },
}

function envOf(file: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`${file} can not be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
