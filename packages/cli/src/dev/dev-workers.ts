import cluster, { type Worker } from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'

/** How the server processes are started. */
export interface DevWorkerOptions {
  /** Port of the debugger, on this machine only; undefined for none. */
  inspectPort: number | undefined
  /** Variables beside those of this process. */
  env: Readonly<Record<string, string>>
  /** A page of the server, told when it first serves. */
  page?: () => { name: string; path: string } | undefined
  note(text: string): void
  /** How long a version may take to listen until it is given up, ms. Default 60,000; without end with a debugger. */
  startLimitMs?: number
}

/** How long a reload waits for a replaced process that still answers something. */
const SETTLE_MS = 500
/** How long a replaced process may take to answer what it has begun: as long as a request may take by default. */
export const RELOAD_GRACE_MS = 60_000
/** The same once the command is to end, or where the next process has to wait for it. */
const CLOSE_GRACE_MS = 10_000
/** How long a process may take to end once all is answered. */
const END_MS = 3_000
/** How long a process may take to listen until somebody is told. */
const PATIENCE_MS = 5_000
const START_LIMIT_MS = 60_000

/**
 * The server processes of `pf dev`: one at a time, and two while one takes over from the other. They share the listening
 * socket through node:cluster, so no request is refused meanwhile; and they end by themselves when this process is gone.
 */
export class DevWorkers {
  readonly #options: DevWorkerOptions
  #current: Worker | undefined
  readonly #listened = new WeakSet<Worker>()
  #closed = false

  constructor(options: DevWorkerOptions) {
    this.#options = options
  }

  /**
   * Starts a file; the process before it serves until the new one listens.
   *
   * @param superseded - ends the new one while it does not listen yet: there is a newer version
   * @returns whether it serves
   */
  async replace(file: string, superseded: AbortSignal): Promise<boolean> {
    const { inspectPort, env, note, startLimitMs = inspectPort === undefined ? START_LIMIT_MS : 0 } = this.#options
    const before = this.#current
    if (inspectPort !== undefined && before) {
      // Two processes can not have one debugger port.
      await stop(before, CLOSE_GRACE_MS)
      this.#current = undefined
    }
    if (superseded.aborted) return false
    const execArgv = [
      '--enable-source-maps',
      ...(inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${inspectPort}`]),
    ]
    cluster.setupPrimary({ exec: file, args: [], execArgv, ...(inspectPort !== undefined && { inspectPort }) })
    const start = performance.now()
    const worker = cluster.fork(env)
    // A message to a process that is just ending; its exit tells all there is to know.
    worker.on('error', () => {})
    if (this.#closed) await stop(worker, 0)
    const patience = setTimeout(() => {
      note('It does not listen yet. Export the agent or the app as default, or serve it in this file.')
    }, PATIENCE_MS)
    // It may be in a loop that hears nothing.
    const end = (): void => void worker.process.kill('SIGKILL')
    let isLate = false
    const limit = startLimitMs > 0 && setTimeout(() => ((isLate = true), end()), startLimitMs)
    superseded.addEventListener('abort', end, { once: true })
    const outcome = await started(worker)
    clearTimeout(patience)
    if (limit) clearTimeout(limit)
    superseded.removeEventListener('abort', end)
    if (typeof outcome === 'string') {
      if (this.#closed || superseded.aborted) return false
      const alive = this.#current?.isDead() === false
      const why = isLate
        ? `did not listen within ${startLimitMs / 1_000} s, and was ended`
        : `ended before it served (${outcome})`
      note(`The new version ${why}. ${alive ? 'The one before goes on.' : 'Waiting for a change.'}`)
      return false
    }
    this.#current = worker
    this.#listened.add(worker)
    worker.once('exit', (code, signal) => {
      if (this.#current !== worker || this.#closed || worker.exitedAfterDisconnect) return
      this.#current = undefined
      note(`The server ended (${signal ?? `exit code ${code}`}). Waiting for a change.`)
    })
    // Said when the old process has let its idle connections go: a request sent at once is one for the new one.
    if (before && inspectPort === undefined) await Promise.race([stop(before, RELOAD_GRACE_MS), sleep(SETTLE_MS)])
    const url = `http://${outcome.address === '::' || outcome.address === '0.0.0.0' ? 'localhost' : outcome.address}:${outcome.port}`
    note(`${before ? 'Reloaded' : 'Serving'} ${url} (${Math.round(performance.now() - start)} ms)`)
    const page = before ? undefined : this.#options.page?.()
    if (page) note(`${page.name} ${url}${page.path}`)
    return true
  }

  async close(): Promise<void> {
    this.#closed = true
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
    // One that never listened has nothing to answer, and may hear nothing.
    await Promise.all(workers.map((worker) => stop(worker, this.#listened.has(worker) ? CLOSE_GRACE_MS : 0)))
  }
}

/** Resolves when a worker listens, or with how it ended. */
function started(worker: Worker): Promise<{ address: string; port: number } | string> {
  return new Promise((resolve) => {
    worker.once('listening', ({ address, port }) => resolve({ address: address ?? '127.0.0.1', port }))
    worker.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
}

/** Lets a worker answer what it has begun, for so long at most, then ends it in any case. */
function stop(worker: Worker, graceMs: number): Promise<void> {
  if (worker.isDead()) return Promise.resolve()
  return new Promise((resolve) => {
    const kill = (): void => void worker.process.kill('SIGKILL')
    let killer = setTimeout(kill, graceMs)
    // Its channel closes when its last connection has.
    const answered = (): void => {
      clearTimeout(killer)
      killer = setTimeout(kill, END_MS)
    }
    worker.once('disconnect', answered)
    // Also where this process ends at once, and nobody could do it later.
    process.once('exit', kill)
    worker.once('exit', () => {
      worker.off('disconnect', answered)
      process.off('exit', kill)
      clearTimeout(killer)
      resolve()
    })
    if (worker.isConnected()) {
      worker.send('pf-close', () => {})
      worker.disconnect()
    } else worker.process.kill('SIGTERM')
  })
}
