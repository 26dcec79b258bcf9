// The hosts, each started in a fresh process over one component. `port` is known when it listens.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { accessSync, constants } from 'node:fs'
import { start } from '../lib/process.mjs'

const jco = fileURLToPath(new URL('jco.js', import.meta.resolve('@bytecodealliance/jco')))

/** Our host; `ask()` gives what its process holds. */
export async function ours(component, options = {}, env = {}) {
  const server = start(join(import.meta.dirname, 'ours.mjs'), [component, JSON.stringify(options)], { env })
  const { port } = await server.ready
  const ask = () =>
    new Promise((resolve) => {
      server.child.once('message', resolve)
      server.child.send('what do you hold')
    })
  return { port, ask, stop: () => server.stop() }
}

/** The peer: an instance of its own for each request, as in our host. */
export const jcoServe = (component) =>
  listening(
    process.execPath,
    (port) => [
      jco,
      'serve',
      component,
      '--isolate-requests',
      'instance',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
    ],
    /listening/i,
  )

export const wasmtimeServe = (component) =>
  listening('wasmtime', (port) => ['serve', '-Scli', '--addr', `127.0.0.1:${port}`, component], /serving/i)

export const hasWasmtime = () =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, 'wasmtime'), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

async function listening(command, args, sign) {
  const port = await freePort()
  const child = spawn(command, args(port), { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  let said = ''
  await new Promise((resolve, reject) => {
    const hear = (data) => {
      said += data
      if (sign.test(said)) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', reject)
    void gone.then(() => reject(new Error(`${command} ended before it listened: ${said}`)))
  })
  return {
    port,
    // A group of its own: jco serves from a process that it starts itself.
    async stop() {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      await gone
    },
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
