/** A thread that instantiates a component with nothing granted and calls `configure-agent`. */
import { parentPort, workerData } from 'node:worker_threads'
import type { CompiledComponent } from '../cache/compile-modules'
import { createInstance } from '../worker/instance-pool'
import { RunQueue } from '../worker/run-queue'
import { shellFactory } from '../worker/shell-factory'
import { refusingImports } from './refusing-imports'

/** What the thread gets, and what it answers. */
export interface DescribeSetup {
  compiled: CompiledComponent
}
export type DescribeAnswer = { definition: string } | { failure: string } | { missing: true }

const { compiled } = workerData as DescribeSetup

function describe(): DescribeAnswer {
  try {
    const shell = shellFactory(compiled, 'threads')()
    createInstance(shell, { importsFor: refusingImports, queue: new RunQueue() })
    const configureAgent = shell.instance.exports['pf:agent/discovery']?.['configureAgent']
    return configureAgent ? { definition: configureAgent() as string } : { missing: true }
  } catch (error) {
    const { payload, message } = error as { payload?: unknown; message?: string }
    return { failure: typeof payload === 'string' ? payload : (message ?? String(error)) }
  }
}

parentPort?.postMessage(describe())
