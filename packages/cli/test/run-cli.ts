import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const hooks = new URL('./source-hooks.mjs', import.meta.url).href
const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))
const compileCache = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url))

/** A run of the command line from its sources. */
export interface CliRun {
  readonly pid: number
  /** Both streams so far. */
  readonly out: string
  readonly err: string
  /** Resolves when either stream matches, with the match. Rejects when the program ends before, or after a minute. */
  shows(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>
  signal(name: NodeJS.Signals): void
  /**
   * Kills it, and resolves when it is gone. Its streams are not read to their end: the builder of a killed `pf dev` has
   * them too, and stays where it waited for the answer to a ping just then, until a file that it watches changes.
   */
  kill(): Promise<void>
  /** Resolves when it has ended and its streams too. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; out: string; err: string }>
}

/** Starts `pf` in a process of its own. */
export function startCli(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): CliRun {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', hooks, bin, ...args], {
    cwd: options.cwd,
    // The sources without their types are kept from one run to the next.
    env: { ...process.env, NODE_OPTIONS: '', NODE_COMPILE_CACHE: compileCache, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { out: '', err: '' }
  const watchers = new Set<() => void>()
  for (const [name, stream] of [
    ['out', child.stdout],
    ['err', child.stderr],
  ] as const) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk
      for (const watcher of watchers) watcher()
    })
  }
  const ended = new Promise<Awaited<CliRun['ended']>>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal, ...text })
      for (const watcher of watchers) watcher()
    })
  })
  return {
    pid: child.pid as number,
    get out() {
      return text.out
    },
    get err() {
      return text.err
    },
    signal: (name) => void child.kill(name),
    async kill() {
      if (child.kill('SIGKILL')) await once(child, 'exit')
      child.stdout.destroy()
      child.stderr.destroy()
    },
    ended,
    shows: (pattern, timeoutMs = 60_000) =>
      new Promise((resolve, reject) => {
        const fail = (what: string): void => {
          watchers.delete(look)
          clearTimeout(timer)
          reject(new Error(`pf ${args.join(' ')} ${what} ${pattern}:\n${text.out}${text.err}`))
        }
        const look = (): void => {
          const match = pattern.exec(text.out) ?? pattern.exec(text.err)
          if (match) {
            watchers.delete(look)
            clearTimeout(timer)
            resolve(match)
          } else if (child.exitCode !== null || child.signalCode !== null) fail('ended without showing')
        }
        const timer = setTimeout(() => fail('did not show in time'), timeoutMs)
        watchers.add(look)
        look()
      }),
  }
}

/** Runs `pf` to its end. */
export const runCli = (args: readonly string[], options?: Parameters<typeof startCli>[1]) =>
  startCli(args, options).ended
