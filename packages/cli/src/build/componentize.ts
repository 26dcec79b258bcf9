import { fork } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PfError } from '@pf-agents/agent-core'
import type { ComponentizeAnswer, ComponentizeRequest } from './componentize-child'
import { evaluationError } from './evaluation-error'

const child = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './componentize-child.ts' : './componentize-child.js', import.meta.url),
)

/** What {@link makeComponent} takes. */
export interface ComponentSource {
  code: string
  map: string
  wit: string
  /** Receives what the agent prints while its modules are evaluated. */
  onPrint?: (line: string) => void
  signal?: AbortSignal
}

/**
 * Makes a component of bundled code: evaluates its modules once and freezes the outcome.
 *
 * @throws PfError PF_BUILD_FAILED, with positions in the user's own files where the code itself throws.
 */
export async function makeComponent({ code, map, wit, onPrint, signal }: ComponentSource): Promise<Uint8Array> {
  const directory = await mkdtemp(join(tmpdir(), 'pf-build-'))
  try {
    const source = join(directory, 'agent.js')
    const output = join(directory, 'agent.wasm')
    await writeFile(source, code)
    const answer = await ask({ source, wit, output }, directory, onPrint, signal)
    if (answer === 'stopped') throw new PfError('PF_BUILD_FAILED', 'The build was stopped.')
    if (!answer.ok) throw evaluationError(answer.message, map)
    return new Uint8Array(await readFile(output))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function ask(
  request: ComponentizeRequest,
  directory: string,
  onPrint?: (line: string) => void,
  signal?: AbortSignal,
): Promise<ComponentizeAnswer | 'stopped'> {
  return new Promise((resolve, reject) => {
    // Its own temporary directory: what a killed build leaves behind goes with ours.
    const options = {
      stdio: ['ignore' as const, 'pipe' as const, 'pipe' as const, 'ipc' as const],
      execArgv: [],
      env: { ...process.env, TMPDIR: directory },
    }
    const worker = fork(child, [], options)
    const stop = () => worker.kill('SIGKILL')
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop, { once: true })
    let answer: ComponentizeAnswer | undefined
    let output = ''
    for (const stream of [worker.stdout, worker.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const lines = output.split('\n')
        output = lines.pop() ?? ''
        for (const line of lines) onPrint?.(line)
      })
    }
    worker.once('message', (message) => (answer = message as ComponentizeAnswer))
    worker.once('error', reject)
    worker.once('close', (exitCode, killedBy) => {
      signal?.removeEventListener('abort', stop)
      if (output !== '') onPrint?.(output)
      if (answer) resolve(answer)
      else if (signal?.aborted) resolve('stopped')
      else resolve({ ok: false, message: `componentize-js ended with ${killedBy ?? exitCode} before it was done.` })
    })
    worker.send(request)
  })
}
