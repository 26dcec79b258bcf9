import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { createWasmHost, makeDirectory, type WasmHostOptions } from '@pf-agents/wasm-host'
import { mapStack } from '../build/map-stack'
import { type Command, type CommandInput, UsageError } from '../command-line/command'
import type { Terminal } from '../command-line/terminal'
import { readDefinition } from '../definition/definition'
import { type Grants, readGrants } from '../up/grants'
import { runNative } from '../up/native-runtime'
import { oneEntry, stepped } from './build'
import { describe } from './inspect'

/** `pf up`. */
export const upCommand: Command = {
  name: 'up',
  summary: 'Serve a component over HTTP.',
  usage: 'APP.wasm [options]',
  description: [
    'The embedded host gives the component what you grant and nothing else: no file, no environment variable, and no call',
    'to a host that --outbound does not name. Ctrl-C ends it when the requests under way are answered.',
  ].join('\n'),
  options: {
    port: { type: 'string', short: 'p', value: 'PORT', description: 'Port; 0 takes a free one. Default 3000.' },
    host: {
      type: 'string',
      value: 'ADDRESS',
      description: 'Address to listen on. Default 127.0.0.1, this machine only.',
    },
    var: { type: 'string', value: 'NAME=VALUE', multiple: true, description: 'A variable.' },
    'var-file': { type: 'string', value: 'FILE', multiple: true, description: 'Variables, as NAME=VALUE lines.' },
    'secret-file': {
      type: 'string',
      value: 'FILE',
      multiple: true,
      description: 'Secrets, as NAME=VALUE lines; blotted out of the log of the component.',
    },
    outbound: {
      type: 'string',
      value: 'ORIGIN',
      multiple: true,
      description: 'A host it may call: https://api.example.com, https://*.example.com, http://127.0.0.1:*.',
    },
    data: { type: 'string', value: 'DIR', description: 'Where its key-value stores are kept. Default .pf/NAME.' },
    workers: { type: 'string', value: 'N', description: 'Threads that serve. Default one per core, at most 4.' },
    memory: {
      type: 'string',
      value: 'MB',
      description: 'Memory of one instance. Default what the agent asks for, or 64.',
    },
    timeout: {
      type: 'string',
      value: 'TIME',
      description: 'Limit of one request, such as 500ms, 30s or 2m. Default 30s.',
    },
    runtime: {
      type: 'string',
      value: 'NAME',
      description: 'Serve with wasmtime or spin from PATH instead of the embedded host.',
    },
  },
  examples: [
    'pf up dist/agent.wasm',
    "pf up dist/agent.wasm --port 8080 --secret-file .secrets --outbound 'https://api.openai.com'",
    'pf up dist/agent.wasm --runtime spin',
  ],
  run: up,
}

async function up({ positionals, values, terminal, signal }: CommandInput): Promise<number> {
  const component = oneEntry(positionals, 'component')
  const runtime = values.choice('runtime', ['embedded', 'wasmtime', 'spin']) ?? 'embedded'
  const port = values.integer('port', 0, 65_535) ?? 3000
  const host = values.text('host') ?? '127.0.0.1'
  const timeoutMs = values.duration('timeout') ?? 30_000
  const workers = values.integer('workers', 1, 64)
  const dataDir = values.text('data')
  if (dataDir === '') throw new UsageError('--data takes a directory, and was given an empty name.')

  const description = await stepped(
    terminal,
    'Reading the component',
    // The embedded host says the same when it starts.
    () => describe(component, (problem) => runtime !== 'embedded' && terminal.note(`! ${problem}`)),
    () => 'done',
  )
  const definition = await readDefinition(description.definition)
  const grants = readGrants(values, definition.needs)
  for (const warning of grants.warnings) terminal.note(`! ${warning}`)
  if (dataDir !== undefined) makeDirectory(dataDir, 'The data directory (--data)')

  if (runtime !== 'embedded') {
    return runNative(
      runtime,
      { component, definition, world: description.world, grants, host, port, timeoutMs, dataDir },
      terminal,
      signal,
    )
  }
  const options: WasmHostOptions = {
    ...hostGrants(grants),
    component,
    port,
    host,
    timeoutMs,
    onLog: logger(component, terminal, Object.values(grants.secrets)),
  }
  if (workers !== undefined) options.workers = workers
  if (dataDir !== undefined) options.dataDir = dataDir
  const running = await stepped(
    terminal,
    'Starting the workers',
    () => createWasmHost(options),
    () => 'done',
  )
  if (definition.taskLifetime === 'request')
    terminal.note('! this component stores nothing: a task is gone with its request')
  terminal.out(`${definition.name} ${definition.version} at ${running.url}`)
  terminal.note(`Card: curl ${running.url}/.well-known/agent-card.json\nCtrl-C ends it.`)
  await ended(signal)
  await running.close()
  return 0
}

function hostGrants({
  variables,
  secrets,
  outbound,
  stores,
  memoryMb,
}: Grants): Pick<WasmHostOptions, 'variables' | 'secrets' | 'outbound' | 'stores' | 'memoryMb'> {
  return { variables, secrets, outbound: [...outbound], stores: [...stores], memoryMb }
}

/** A shorter value is likely to be a part of other words. */
const SHORTEST_SECRET = 4

/**
 * The guest's log, with positions of the user's files where the source map lies beside the component, and without the
 * secrets that the guest was given and may have printed.
 */
function logger(
  component: string,
  terminal: Terminal,
  secrets: readonly string[],
): NonNullable<WasmHostOptions['onLog']> {
  const hidden = secrets.filter((secret) => secret.length >= SHORTEST_SECRET).toSorted((a, b) => b.length - a.length)
  const file = resolve(component).replace(/(?:\.wasm)?$/, '.js.map')
  const map = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const name = basename(component).replace(/\.wasm$/, '')
  return ({ line }) => {
    const shown = hidden.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line)
    terminal.note(`[${name}] ${mapStack(shown, map, dirname(file))}`)
  }
}

/** Resolves when the user ends the command. */
export function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
