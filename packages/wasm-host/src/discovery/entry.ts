/** A thread that instantiates a component with nothing granted and calls `configure-agent`. */
import { parentPort, workerData } from 'node:worker_threads'
import type { CompiledComponent } from '../cache/compile-modules'
import { createInstance, type Instantiate } from '../worker/instance-pool'
import { MemoryPool } from '../worker/memory-pool'
import { RunQueue } from '../worker/run-queue'
import { refusingImports } from './refusing-imports'

/** What the thread gets, and what it answers. */
export interface DescribeSetup {
  bindings: string
  compiled: CompiledComponent
}
export type DescribeAnswer = { definition: string } | { failure: string } | { missing: true }

const { bindings, compiled } = workerData as DescribeSetup

async function describe(): Promise<DescribeAnswer> {
  try {
    const { instantiate } = (await import(bindings)) as { instantiate: Instantiate }
    const memories = compiled.memory && new MemoryPool(compiled.memory, 0)
    const { exports } = createInstance({ instantiate, compiled, memories }, refusingImports, new RunQueue())
    if (!exports.discovery) return { missing: true }
    return { definition: exports.discovery.configureAgent() }
  } catch (error) {
    const { payload, message } = error as { payload?: unknown; message?: string }
    return { failure: typeof payload === 'string' ? payload : (message ?? String(error)) }
  }
}

parentPort?.postMessage(await describe())
