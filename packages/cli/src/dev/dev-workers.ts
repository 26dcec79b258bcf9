import cluster, { type Worker } from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'

/** How the server processes are started. */
export interface DevWorkerOptions {
  /** Port of the debugger, on this machine only; undefined for none. */
  inspectPort: number | undefined
  /** Variables beside those of this process. */
  env: Readonly<Record<string, string>>
  /** A page of the server, told when it first serves. */
  page?: { name: string; path: string }
  note(text: string): void
}

/** How long a reload waits for a replaced process that still answers something. */
const SETTLE_MS = 500
/** How long a replaced process may take to answer what it has begun. */
const GRACE_MS = 3_000
/** How long a process may take to listen until somebody is told. */
const PATIENCE_MS = 5_000

/**
 * The server processes of `pf dev`: one at a time, and two while one takes over from the other. They share the listening
 * socket through node:cluster, so no request is refused meanwhile; and they end by themselves when this process is gone.
 */
export class DevWorkers {
  readonly #options: DevWorkerOptions
  #current: Worker | undefined
  #closed = false

  constructor(options: DevWorkerOptions) {
    this.#options = options
  }

  /** Starts a file; the process before it serves until the new one listens. Resolves with whether it does. */
  async replace(file: string): Promise<boolean> {
    const { inspectPort, env, page, note } = this.#options
    const before = this.#current
    if (inspectPort !== undefined && before) {
      // Two processes can not have one debugger port.
      await stop(before)
      this.#current = undefined
    }
    const execArgv = [
      '--enable-source-maps',
      ...(inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${inspectPort}`]),
    ]
    cluster.setupPrimary({ exec: file, args: [], execArgv, ...(inspectPort !== undefined && { inspectPort }) })
    const start = performance.now()
    const worker = cluster.fork(env)
    // A message to a process that is just ending; its exit tells all there is to know.
    worker.on('error', () => {})
    if (this.#closed) await stop(worker)
    const patience = setTimeout(() => {
      note('It does not listen yet. Export the agent or the app as default, or serve it in this file.')
    }, PATIENCE_MS)
    const outcome = await started(worker)
    clearTimeout(patience)
    if (typeof outcome === 'string') {
      if (this.#closed) return false
      const alive = this.#current?.isDead() === false
      note(
        `The new version ended before it served (${outcome}). ${alive ? 'The one before goes on.' : 'Waiting for a change.'}`,
      )
      return false
    }
    this.#current = worker
    worker.once('exit', (code, signal) => {
      if (this.#current !== worker || this.#closed || worker.exitedAfterDisconnect) return
      this.#current = undefined
      note(`The server ended (${signal ?? `exit code ${code}`}). Waiting for a change.`)
    })
    // Said when the old process has let its idle connections go: a request sent at once is one for the new one.
    if (before && inspectPort === undefined) await Promise.race([stop(before), sleep(SETTLE_MS)])
    const url = `http://${outcome.address === '::' || outcome.address === '0.0.0.0' ? 'localhost' : outcome.address}:${outcome.port}`
    note(`${before ? 'Reloaded' : 'Serving'} ${url} (${Math.round(performance.now() - start)} ms)`)
    if (page && !before) note(`${page.name} ${url}${page.path}`)
    return true
  }

  async close(): Promise<void> {
    this.#closed = true
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
    await Promise.all(workers.map((worker) => stop(worker)))
  }
}

/** Resolves when a worker listens, or with how it ended. */
function started(worker: Worker): Promise<{ address: string; port: number } | string> {
  return new Promise((resolve) => {
    worker.once('listening', ({ address, port }) => resolve({ address: address ?? '127.0.0.1', port }))
    worker.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
}

/** Lets a worker answer what it has begun, then ends it in any case. */
function stop(worker: Worker): Promise<void> {
  if (worker.isDead()) return Promise.resolve()
  return new Promise((resolve) => {
    const killer = setTimeout(() => worker.process.kill('SIGKILL'), GRACE_MS)
    worker.once('exit', () => {
      clearTimeout(killer)
      resolve()
    })
    if (worker.isConnected()) {
      worker.send('pf-close', () => {})
      worker.disconnect()
    } else worker.process.kill('SIGTERM')
  })
}
