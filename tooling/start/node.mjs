import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** How long the server may take to start and to end, in milliseconds. */
const limits = { start: 30_000, end: 5_000 }

/** Runs the example's entry for Node in a process of its own. `onDeath` is called where it ends unasked. */
export async function startNode(example, data, onDeath, env = {}) {
  const child = spawn(process.execPath, [join(example, 'main.node.ts')], {
    cwd: data,
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  process.once('exit', () => child.kill('SIGKILL'))
  let ended = false
  const close = async () => {
    ended = true
    child.kill('SIGTERM')
    const killer = setTimeout(() => child.kill('SIGKILL'), limits.end)
    await exited
    clearTimeout(killer)
  }
  try {
    const url = await addressOf(child, exited)
    void exited.then((code) => {
      if (ended) return
      console.error(`The server on Node ended by itself (${code}).`)
      onDeath()
    })
    return { title: 'Node (main.node.ts)', url, close }
  } catch (error) {
    await close()
    throw error
  }
}

function addressOf(child, exited) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The server on Node did not start in time.')), limits.start)
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
      const url = /https?:\/\/[^\s"]+/.exec(output)?.[0]
      if (!url) return
      clearTimeout(timer)
      resolve(url)
    })
    child.once('error', reject)
    void exited.then((code) => {
      clearTimeout(timer)
      reject(new Error(`The server on Node did not start (exit code ${code}).\n${output}`))
    })
  })
}
