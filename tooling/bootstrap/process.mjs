import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'

const onWindows = process.platform === 'win32'

/** A failure of the set-up that is explained by its message: printed without a stack. */
export class SetupError extends Error {
  isSetupError = true
}

/** The environment of everything the bootstrap starts: the workspace's own tools come first. */
export function workspaceEnv(root) {
  return {
    ...process.env,
    PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
  }
}

/** Runs a command, shows its output as it comes unless `quiet`, and returns the exit code and all of the output. */
export function run(command, args, { cwd, env = process.env, quiet = false }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], shell: onWindows })
    let output = ''
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8')
      child[stream].on('data', (text) => {
        output += text
        if (!quiet) process[stream].write(text)
      })
    }
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code: code ?? 1, signal, output }))
  })
}

/**
 * Runs the real script in place of this process: same terminal, signals passed on, ends the way it ended.
 * A terminal sends Ctrl-C to the whole group, so there it is not sent a second time.
 */
export function handOver(command, args, root) {
  const child = spawn(command, args, { cwd: root, env: workspaceEnv(root), stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('error', (error) => {
    console.error(`Cannot start ${command}: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
