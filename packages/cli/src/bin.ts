#!/usr/bin/env node
import { nodeProblem, quietSqliteWarning } from './command-line/runtime'

const problem = nodeProblem(process.versions.node)
if (problem === undefined) {
  quietSqliteWarning()
  // Not before: what they import does not even load in an older Node.
  const [{ run }, { createTerminal }] = await Promise.all([
    import('./command-line/run'),
    import('./command-line/terminal'),
  ])
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // The second time, whoever asks means it.
      if (controller.signal.aborted) process.exit(1)
      controller.abort(signal)
    })
  }
  process.exitCode = await run(process.argv.slice(2), createTerminal(process.stdout, process.stderr), controller.signal)
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 1
}
