import { fork } from 'node:child_process'

/**
 * Starts a script in a fresh process and waits for its first message.
 * A server script sends `{ port }` when it listens; a measuring script sends its result.
 */
export function start(script, args = [], { env = {}, execArgv = [] } = {}) {
  const child = fork(script, args, {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    execArgv,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ready = new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${script} ended with code ${code} before it said anything.`)))
  })
  return {
    ready,
    child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000)
      await gone
      clearTimeout(timer)
    },
  }
}

/** Runs a measuring script to its end and gives its result. */
export async function measure(script, args = [], options = {}) {
  const run = start(script, args, options)
  try {
    return await run.ready
  } finally {
    await run.stop()
  }
}
