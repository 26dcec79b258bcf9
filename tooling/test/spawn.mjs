import { signalGroup, spawnOwned } from '../bootstrap/process.mjs'

/** Runs a command on this terminal; after `timeoutMs` it is ended with all it has started, first asked, then killed. */
export function spawnShown(command, args, { cwd, env, timeoutMs }) {
  return new Promise((resolve, reject) => {
    const child = spawnOwned(command, args, { cwd, env, stdio: 'inherit' })
    let timedOut = false
    const asked = setTimeout(() => {
      timedOut = true
      signalGroup(child, 'SIGTERM')
    }, timeoutMs)
    const killed = setTimeout(() => signalGroup(child, 'SIGKILL'), timeoutMs + 10_000)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(asked)
      clearTimeout(killed)
      resolve({ code: code ?? 1, timedOut })
    })
  })
}
