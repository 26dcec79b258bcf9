import { PfError } from '@pf-agents/agent-core'
import { readFile } from 'node:fs/promises'
import { compileModules } from '../cache/compile-modules'
import { componentsDirectory } from '../cache/cache-directory'
import { loadComponent } from '../cache/component-cache'
import { type ComponentWorld, worldOf } from '../cache/component-interfaces'
import { startWorker } from '../host/worker-file'
import type { DescribeAnswer, DescribeSetup } from './entry'

/** Options of {@link describeComponent}. */
export interface DescribeOptions {
  /** Directory of transpiled components. Default as for `createWasmHost`. */
  cacheDir?: string
  /** How long `configure-agent` may run, ms. Default 30,000. */
  timeoutMs?: number
  /** Told, in one line, why the prepared component can not be kept, which only takes time. Default: a warning of the process. */
  onProblem?: (problem: string) => void
}

/** What a component says and shows about itself. */
export interface ComponentDescription {
  /** The JSON string `configure-agent` returned; undefined when the component has no such export. */
  definition: string | undefined
  /** Imported interfaces with versions. */
  imports: string[]
  /** Exported interfaces with versions. */
  exports: string[]
  /** The kind of host it was built for. */
  world: ComponentWorld
  /** Bytes of the component. */
  size: number
  /** SHA-256 of the component. */
  digest: string
}

/**
 * Reads a component's definition by calling its `configure-agent` export in an instance that may use no import at all.
 *
 * @throws PfError `PF_COMPONENT_INVALID` when the file is not a component, or `configure-agent` fails, uses an import or takes too long.
 */
export async function describeComponent(
  component: string | Uint8Array,
  options: DescribeOptions = {},
): Promise<ComponentDescription> {
  const bytes = typeof component === 'string' ? new Uint8Array(await readFile(component)) : component
  const loaded = await loadComponent(bytes, options.cacheDir ?? componentsDirectory(), options.onProblem)
  const answer = await ask({ compiled: await compileModules(loaded, 64) }, options.timeoutMs ?? 30_000)
  if ('failure' in answer) throw new PfError('PF_COMPONENT_INVALID', `configure-agent failed: ${answer.failure}`)
  return {
    definition: 'definition' in answer ? answer.definition : undefined,
    ...loaded.plan.interfaces,
    world: worldOf(loaded.plan.interfaces),
    size: bytes.byteLength,
    digest: loaded.digest,
  }
}

function ask(setup: DescribeSetup, timeoutMs: number): Promise<DescribeAnswer> {
  return new Promise((resolve, reject) => {
    const worker = startWorker('describe', { workerData: setup, env: {}, name: 'pf-wasm describe' })
    const timer = setTimeout(() => settle({ failure: `it did not return within ${timeoutMs} ms` }), timeoutMs)
    const settle = (answer: DescribeAnswer) => {
      clearTimeout(timer)
      void worker.terminate().then(() => resolve(answer), reject)
    }
    worker.once('message', settle)
    worker.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}
