import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, join, resolve } from 'node:path'
import { PfError } from '@pf-agents/agent-core'
import type { AgentDefinitionDocument } from '@pf-agents/app'
import { spinManifest } from '../build/spin-manifest'
import type { Terminal } from '../command-line/terminal'
import type { Grants } from './grants'

/** Runtimes other than the embedded host. */
export type NativeRuntime = 'wasmtime' | 'spin'

/** What a runtime is started with. */
export interface NativeOptions {
  component: string
  definition: AgentDefinitionDocument
  /** The kind of host the component's imports need. */
  world: string
  grants: Grants
  host: string
  port: number
  timeoutMs: number
  dataDir: string | undefined
}

/** A program with its arguments. */
export interface NativeCommand {
  program: NativeRuntime
  args: string[]
  env: Record<string, string>
  /** What this runtime does not do that the embedded host does. */
  warnings: string[]
}

/** @throws PfError PF_COMPONENT_INVALID where wasmtime does not have the drafts the component imports. */
export function wasmtimeCommand({ component, world, grants, host, port, timeoutMs }: NativeOptions): NativeCommand {
  if (world === 'spin') {
    throw new PfError(
      'PF_COMPONENT_INVALID',
      `${component} imports drafts of wasi:keyvalue or wasi:config that only Spin and the embedded host have. Build it with --world wasmtime.`,
    )
  }
  const warnings = ['wasmtime has no allow-list: the agent can call any host']
  const args = [
    'serve',
    '-Scli',
    `-Wtimeout=${timeoutMs}ms`,
    `-Wmax-memory-size=${grants.memoryMb * 1024 * 1024}`,
    '--addr',
    `${bracketed(host)}:${port}`,
  ]
  if (world === 'wasmtime') {
    args.push('-Sconfig', '-Skeyvalue')
    for (const [name, value] of Object.entries({ ...grants.variables, ...grants.secrets })) {
      if (value.includes(','))
        throw new PfError(
          'PF_CONFIG_INVALID',
          `wasmtime can not be given the value of ${name}: it splits values at commas.`,
        )
      args.push(`-Sconfig-var=${name}=${value}`)
    }
    if (Object.keys(grants.secrets).length > 0)
      warnings.push('wasmtime takes secrets on its command line only, where other users of this machine can read them')
  }
  return { program: 'wasmtime', args: [...args, resolve(component)], env: {}, warnings }
}

/** @throws PfError PF_COMPONENT_INVALID where Spin does not have the drafts the component imports. */
export function spinCommand(
  { component, world, grants, host, port, dataDir }: NativeOptions,
  manifest: string,
): NativeCommand {
  if (world === 'wasmtime') {
    throw new PfError(
      'PF_COMPONENT_INVALID',
      `${component} imports drafts of wasi:keyvalue or wasi:config that only wasmtime and the embedded host have. Build it with --world spin.`,
    )
  }
  const env: Record<string, string> = { SPIN_MAX_INSTANCE_MEMORY: String(grants.memoryMb * 1024 * 1024) }
  // Only canonical names are names of variables to Spin. By environment, so that no secret stands on a command line.
  for (const [name, value] of Object.entries({ ...grants.variables, ...grants.secrets }))
    if (/^[a-z][a-z0-9_]*$/.test(name)) env[`SPIN_VARIABLE_${name.toUpperCase()}`] = value
  const state = dataDir === undefined ? [] : ['--state-dir', resolve(dataDir)]
  return {
    program: 'spin',
    args: ['up', '--from', manifest, '--listen', `${bracketed(host)}:${port}`, ...state],
    env,
    warnings: ['Spin has no time limit for a request'],
  }
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** Serves a component with a program from PATH until it ends or the signal says so; resolves with the exit code. */
export async function runNative(
  runtime: NativeRuntime,
  options: NativeOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'pf-up-'))
  try {
    const manifest = join(folder, 'spin.toml')
    const command = runtime === 'wasmtime' ? wasmtimeCommand(options) : spinCommand(options, manifest)
    // Said after what is wrong with the component: that stays wrong with the program installed.
    if (!onPath(runtime)) {
      const how = runtime === 'wasmtime' ? 'cargo install wasmtime-cli --locked' : 'https://spinframework.dev/install'
      throw new PfError(
        'PF_CONFIG_INVALID',
        `${runtime} is not on PATH. Install it (${how}), or leave --runtime out to use the embedded host.`,
      )
    }
    if (runtime === 'spin') await writeFile(manifest, grantedManifest(options))
    for (const warning of command.warnings) terminal.note(`! ${warning}`)
    return await attend(command, signal)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The manifest with what the user grants in place of what the agent asks for. */
function grantedManifest({ definition, component, grants }: NativeOptions): string {
  const needs = { ...definition.needs, outbound: [...grants.outbound] }
  return spinManifest({ ...definition, needs, component }).replace(
    `source = ${JSON.stringify(basename(component))}`,
    `source = ${JSON.stringify(resolve(component))}`,
  )
}

/** Runs a program to its end, and ends it first when asked to: no process is left behind. */
function attend({ program, args, env }: NativeCommand, signal: AbortSignal): Promise<number> {
  return new Promise((settle, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } })
    let killer: NodeJS.Timeout | undefined
    const stop = (): void => {
      child.kill('SIGINT')
      killer = setTimeout(() => child.kill('SIGKILL'), 5_000)
    }
    const last = (): void => void child.kill('SIGKILL')
    process.once('exit', last)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    const done = (): void => {
      clearTimeout(killer)
      process.off('exit', last)
      signal.removeEventListener('abort', stop)
    }
    child.once('error', (error) => {
      done()
      reject(error)
    })
    child.once('close', (code) => {
      done()
      settle(signal.aborted ? 0 : (code ?? 1))
    })
  })
}

/** Whether a program can be started by its name. */
export function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
