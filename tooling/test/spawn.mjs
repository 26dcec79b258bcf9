import { spawn } from 'node:child_process'

const running = new Set()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal)
    process.exit(128 + 15)
  })
}

/** Runs a command on this terminal; after `timeoutMs` it is ended, first asked, then killed. */
export function spawnShown(command, args, { cwd, env, timeoutMs }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' })
    running.add(child)
    let timedOut = false
    const asked = setTimeout(() => {
      timedOut = true
      child.kill('SIGTERM')
    }, timeoutMs)
    const killed = setTimeout(() => child.kill('SIGKILL'), timeoutMs + 10_000)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(asked)
      clearTimeout(killed)
      running.delete(child)
      resolve({ code: code ?? 1, timedOut })
    })
  })
}
