import { spawn } from 'node:child_process'

/** Runs a command and gives its outcome as a step's: ok, and what it printed. */
export function command(root, program, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('error', (error) => resolve({ ok: false, output: `${program} could not be started: ${error.message}` }))
    child.on('close', (code) => resolve({ ok: code === 0, output }))
  })
}

/** A script of a dependency, run with this Node. */
export const nodeScript = (root, script, args, env) => command(root, process.execPath, [script, ...args], env)
