import { fork } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PfError } from '@pf-agents/agent-core'
import { BuildCache } from './build-cache'
import type { ComponentizeAnswer, ComponentizeRequest } from './componentize-child'
import { componentOf, kitOf, packKit, unpackKit } from './engine-kit'
import { evaluationError } from './evaluation-error'
import { PackageFinder } from '../guard/package-targets'
import { ownDirectory } from './own-packages'

const child = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './componentize-child.ts' : './componentize-child.js', import.meta.url),
)

/** Raised when an engine is kept in another way. */
const ENGINE_VERSION = 1
/** An engine is kept for each set of interfaces that a component imports; each has 20 MB. */
const ENGINES = 8

/** What {@link makeComponent} takes. */
export interface ComponentSource {
  code: string
  map: string
  wit: string
  /** Where engines are kept between builds. */
  engineDir: string
  /** Receives what the agent prints while its modules are evaluated. */
  onPrint?: (line: string) => void
  signal?: AbortSignal
}

/**
 * Makes a component of bundled code: evaluates its modules once and freezes the outcome. Four fifths of what componentize-js
 * does depend on the imported interfaces alone; that is done once and kept.
 *
 * @throws PfError PF_BUILD_FAILED, with positions in the user's own files where the code itself throws.
 */
export async function makeComponent(source: ComponentSource): Promise<Uint8Array> {
  const directory = await mkdtemp(join(tmpdir(), 'pf-build-'))
  try {
    const file = (name: string) => join(directory, name)
    const request: ComponentizeRequest = {
      wit: source.wit,
      source: file('agent.js'),
      output: file('agent.wasm'),
      engine: file('engine.wasm'),
      bindings: file('bindings.json'),
      snapshot: file('snapshot.wasm'),
      engineGiven: false,
    }
    await writeFile(request.source, source.code)
    const run = async (engineGiven: boolean) => {
      const answer = await ask({ ...request, engineGiven }, directory, source)
      if (answer === 'stopped') throw new PfError('PF_BUILD_FAILED', 'The build was stopped.')
      if (!answer.ok) throw evaluationError(answer.message, source.map)
    }
    const whole = async () => {
      await run(false)
      return new Uint8Array(await readFile(request.output))
    }

    const engines = new BuildCache(source.engineDir, ENGINES)
    let first: Uint8Array | undefined
    const { bytes } = await engines.load(engineKey(source.wit), async () => {
      first = await whole()
      const kit = kitOf({
        component: first,
        engine: await readFile(request.engine),
        bindings: await readFile(request.bindings, 'utf8'),
        snapshot: await readFile(request.snapshot),
      })
      return kit === undefined ? new Uint8Array() : packKit(kit)
    })
    if (first !== undefined) return first
    if (bytes.byteLength === 0) return await whole()
    const kit = unpackKit(bytes)
    await writeFile(request.engine, kit.engine)
    await writeFile(request.bindings, kit.bindings)
    await run(true)
    return componentOf(kit, await readFile(request.snapshot)) ?? (await whole())
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** What the kit of a world is kept by. */
export const engineKey = (wit: string): string => BuildCache.key(String(ENGINE_VERSION), componentizeVersion(), wit)

/** Version of componentize-js, on which everything that is kept depends. */
export function componentizeVersion(): string {
  return new PackageFinder().find('@bytecodealliance/componentize-js', ownDirectory)?.version ?? 'unknown'
}

function ask(
  request: ComponentizeRequest,
  directory: string,
  { onPrint, signal }: ComponentSource,
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
