#!/usr/bin/env node
import { run } from './command-line/run'
import { createTerminal } from './command-line/terminal'

const controller = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The second time, whoever asks means it.
    if (controller.signal.aborted) process.exit(1)
    controller.abort(signal)
  })
}
process.exitCode = await run(process.argv.slice(2), createTerminal(process.stdout, process.stderr), controller.signal)
