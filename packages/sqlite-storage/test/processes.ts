import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import type { ChildOrders } from './child'

/** How a child process ended, and what it said. */
export interface ChildEnd {
  lines: string[]
  code: number | null
  signal: string | null
  errors: string
}

/** A directory of its own, with the child program in it. */
export class Workshop {
  readonly directory = mkdtempSync(join(tmpdir(), 'pf-sqlite-'))
  private readonly program = join(this.directory, 'child.mjs')

  constructor() {
    // One file, so that the process needs neither the workspace nor a loader.
    buildSync({
      entryPoints: [join(import.meta.dirname, 'child.ts')],
      outfile: this.program,
      bundle: true,
      format: 'esm',
      platform: 'node',
      alias: { '@pf-agents/agent-core': join(import.meta.dirname, '../../agent-core/src/index.ts') },
    })
  }

  path(name: string): string {
    return join(this.directory, name)
  }

  /** Starts a child. `onLine` sees each line as it comes. */
  start(
    orders: ChildOrders,
    { onLine, shell, uid }: { onLine?: (line: string, child: ChildProcess) => void; shell?: string; uid?: number } = {},
  ): Promise<ChildEnd> {
    const command = [process.execPath, '--disable-warning=ExperimentalWarning', this.program, JSON.stringify(orders)]
    const started = shell === undefined ? command : ['sh', '-c', `${shell}; exec "$@"`, 'sh', ...command]
    const child = spawn(started[0] as string, started.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid !== undefined && { uid, gid: uid }),
    })
    const lines: string[] = []
    let rest = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n')
      rest = parts.pop() ?? ''
      for (const line of parts) {
        lines.push(line)
        onLine?.(line, child)
      }
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk))
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => resolve({ lines, code, signal, errors }))
    })
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}
