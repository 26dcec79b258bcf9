import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PfError } from '@pf-agents/agent-core'
import { BuildCache } from './build-cache'
import { compilerHome } from './compiler-home'
import type { ComponentizeAnswer, ComponentizeRequest } from './componentize-child'
import { componentOf, type EngineKit, kitOf, packKit, unpackKit } from './engine-kit'
import { evaluationError } from './evaluation-error'
import { toolchainVersions } from './toolchain'

const child = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './componentize-child.ts' : './componentize-child.js', import.meta.url),
)

/** Raised when an engine is kept in another way. */
const ENGINE_VERSION = 2
/** An engine is kept for each set of interfaces that a component imports; each has 20 MB. */
const ENGINES = 8

/** A kit holds nothing of the code it was made with; the user's own may never end, and others wait for the kit. */
const kitCode = "export const discovery = { configureAgent: () => '' }\n"

/** What {@link makeComponent} takes. */
export interface ComponentSource {
  code: string
  map: string
  wit: string
  /** Where engines are kept between builds. */
  engineDir: string
  /** Receives what the agent prints while its modules are evaluated. */
  onPrint?: (line: string) => void
  /** Told what another build is waited for. */
  onWait?: ((what: string) => void) | undefined
  /** Told why an engine can not be kept. Default: a warning of the process. */
  onProblem?: ((problem: string) => void) | undefined
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
      home: compilerHome([source.engineDir, directory]),
    }
    const run = async (code: string, map: string, engineGiven: boolean) => {
      await writeFile(request.source, code)
      const answer = await ask({ ...request, engineGiven }, directory, source)
      if (answer === 'stopped') throw new PfError('PF_BUILD_FAILED', 'The build was stopped.')
      if (!answer.ok) throw evaluationError(answer.message, map)
    }
    const made = async () => {
      await run(kitCode, '', false)
      return kitOf({
        component: await readFile(request.output),
        engine: await readFile(request.engine),
        bindings: await readFile(request.bindings, 'utf8'),
        snapshot: await readFile(request.snapshot),
      })
    }

    let unfit: Uint8Array | undefined
    do {
      const { kit, file: kept, cached } = await loadKit(source, made, unfit)
      if (kit === 'none') break
      await writeFile(request.engine, kit.engine)
      await writeFile(request.bindings, kit.bindings)
      await run(source.code, source.map, true)
      const component = componentOf(kit, await readFile(request.snapshot))
      if (component !== undefined) return component
      // It is of another engine than the one that is installed.
      unfit = cached ? kept : undefined
    } while (unfit !== undefined)
    await run(source.code, source.map, false)
    return new Uint8Array(await readFile(request.output))
  } finally {
    // A process that was killed just now may still have written to it.
    await rm(directory, { recursive: true, force: true, maxRetries: 10 })
  }
}

/** A kit that is kept, or made now; never the one that turned out not to fit. */
async function loadKit(
  { wit, engineDir, onProblem, onWait, signal }: ComponentSource,
  make: () => Promise<EngineKit | undefined>,
  unfit: Uint8Array | undefined,
): Promise<{ kit: EngineKit | 'none'; file: Uint8Array; cached: boolean }> {
  let kit: EngineKit | 'none' | undefined
  const { bytes, cached } = await new BuildCache(engineDir, ENGINES).load(
    engineKey(wit),
    async () => {
      const fresh = await make()
      kit = fresh ?? 'none'
      return packKit(fresh)
    },
    {
      isSound(kept) {
        if (unfit !== undefined && Buffer.compare(kept, unfit) === 0) return false
        return (kit = unpackKit(kept)) !== undefined
      },
      onProblem,
      onWait: onWait && (() => onWait('Waiting for another build, which prepares the same engine.')),
      signal,
    },
  )
  return { kit: kit ?? 'none', file: bytes, cached }
}

/** What the kit of a world is kept by. */
export const engineKey = (wit: string, versions: string = toolchainVersions()): string =>
  BuildCache.key(String(ENGINE_VERSION), versions, wit)

function ask(
  request: ComponentizeRequest,
  directory: string,
  { onPrint, signal }: ComponentSource,
): Promise<ComponentizeAnswer | 'stopped'> {
  if (signal?.aborted) return Promise.resolve('stopped')
  return new Promise((resolve, reject) => {
    // Its own temporary directory: what a killed build leaves behind goes with ours. Its own process group: what it
    // started for the evaluation, which may never end, is ended with it.
    const options = {
      stdio: ['ignore' as const, 'pipe' as const, 'pipe' as const, 'ipc' as const],
      execArgv: [],
      env: { ...process.env, TMPDIR: directory },
      detached: true,
    }
    const worker = fork(child, [], options)
    const stop = () => killGroup(worker)
    signal?.addEventListener('abort', stop, { once: true })
    process.once('exit', stop)
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
    const settle = (result: ComponentizeAnswer | 'stopped' | Error) => {
      signal?.removeEventListener('abort', stop)
      process.removeListener('exit', stop)
      if (result instanceof Error) reject(result)
      else resolve(result)
    }
    worker.once('error', (error) => settle(signal?.aborted ? 'stopped' : error))
    worker.once('exit', () => {
      // Whatever is left of the group would keep its output open.
      stop()
      if (signal?.aborted && answer === undefined) settle('stopped')
    })
    worker.once('close', (exitCode, killedBy) => {
      if (output !== '') onPrint?.(output)
      if (answer) settle(answer)
      else if (signal?.aborted) settle('stopped')
      else settle({ ok: false, message: `componentize-js ended with ${killedBy ?? exitCode} before it was done.` })
    })
    worker.send(request)
  })
}

function killGroup(worker: ChildProcess): void {
  try {
    if (worker.pid !== undefined) process.kill(-worker.pid, 'SIGKILL')
  } catch {
    // No group is left, or the system knows none.
    worker.kill('SIGKILL')
  }
}
