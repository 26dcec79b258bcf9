/** A thread that instantiates a component with nothing granted and calls `configure-agent`. */
import { parentPort, workerData } from 'node:worker_threads'
import { wasm } from '../wasm-engine'
import type { Instantiate } from '../worker/instance-pool'
import { refusingImports } from './refusing-imports'

/** What the thread gets, and what it answers. */
export interface DescribeSetup {
  bindings: string
  modules: Record<string, WebAssembly.Module>
}
export type DescribeAnswer = { definition: string } | { failure: string } | { missing: true }

const { bindings, modules } = workerData as DescribeSetup

async function describe(): Promise<DescribeAnswer> {
  try {
    const { instantiate } = (await import(bindings)) as { instantiate: Instantiate }
    const exports = instantiate((name) => modules[name] as WebAssembly.Module, refusingImports(), (module, imports) => new wasm.Instance(module, imports))
    if (!exports.discovery) return { missing: true }
    return { definition: exports.discovery.configureAgent() }
  } catch (error) {
    const { payload, message } = error as { payload?: unknown; message?: string }
    return { failure: typeof payload === 'string' ? payload : (message ?? String(error)) }
  }
}

parentPort?.postMessage(await describe())
