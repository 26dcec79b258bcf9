import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

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

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }
/** How long what was asked to end may take, in milliseconds. */
const graceMs = 5_000

/** Sends a signal to a process that `spawnOwned` started and to all it has started. Returns whether there was any. */
export function signalGroup(child, signal) {
  if (onWindows) return child.kill(signal)
  try {
    return process.kill(-child.pid, signal)
  } catch (error) {
    if (error.code === 'ESRCH') return false
    throw error
  }
}

/** Asks a group to end, and kills what is left of it after a while. */
async function endGroup(child, signal) {
  const until = Date.now() + graceMs
  for (let left = signalGroup(child, signal); left; left = signalGroup(child, 0)) {
    if (Date.now() > until) return signalGroup(child, 'SIGKILL')
    await sleep(50)
  }
}

/**
 * Starts a command that ends with this process: a signal to us is one to it and to everything it has started, and whatever
 * else ends us kills them.
 */
export function spawnOwned(command, args, options) {
  const child = spawn(command, args, { ...options, detached: !onWindows })
  if (child.pid === undefined) return child
  let ending = false
  const end = (signal) => {
    if (ending) return
    ending = true
    void endGroup(child, signal).finally(() => process.exit(128 + signalNumbers[signal]))
  }
  const kill = () => signalGroup(child, 'SIGKILL')
  for (const signal of signals) process.on(signal, end)
  process.once('exit', kill)
  child.once('exit', () => {
    if (ending) return
    for (const signal of signals) process.off(signal, end)
    process.off('exit', kill)
  })
  return child
}

/** Runs a command, shows its output as it comes unless `quiet`, and returns the exit code and all of the output. */
export function run(command, args, { cwd, env = process.env, quiet = false }) {
  return new Promise((resolve, reject) => {
    const child = spawnOwned(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], shell: onWindows })
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
  // By the channel the script learns that this process is gone (with-parent.mjs).
  const child = spawn(command, args, {
    cwd: root,
    env: workspaceEnv(root),
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  for (const signal of signals) {
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
