/**
 * One deployed component: its compiled modules, its workers, its requests. Carries no HTTP of its own; a host (or a
 * gateway with many apps) gives it exchanges.
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { componentsDirectory } from '../cache/cache-directory'
import { loadComponent } from '../cache/component-cache'
import { keyValueDraftOf } from '../cache/component-interfaces'
import { compileModules } from '../cache/compile-modules'
import { OutboundBroker } from '../outbound/broker'
import { NodeTransport } from '../outbound/node-transport'
import { type FromWorker, ownerOf, type WorkerSetup } from '../protocol/messages'
import { KvStore } from '../wasi/keyvalue/kv-store'
import { Arrivals } from './arrivals'
import type { Exchange } from './exchange'
import { type HostError, hostErrors } from './host-error'
import { InFlight } from './in-flight'
import { makeDirectory } from './make-directory'
import type { AppSettings } from './settings'
import type { AppStats } from './stats'
import { WorkerHandle } from './worker-handle'

/** How often worker hearts are looked at. */
const WATCH_MS = 100
/**
 * An aborted guest lets go as soon as its worker hears of it. One that hasn't after so many heartbeats of its worker
 * never will; a worker without any for so long runs a guest that loops. Beats are counted, not time, because on a busy
 * machine a worker may get little of it, and others on it would be lost with it.
 */
const GRACE = { beats: 20, silentMs: 1000, everyMs: 50 } as const

/** How long a body may stand still that a guest has begun with, where others wait for its place. */
const STALL_MS = 1_000

export class App {
  readonly settings: AppSettings
  readonly #setup: Omit<WorkerSetup, 'beat' | 'warm'>
  readonly #kv: KvStore | undefined
  readonly #workers: WorkerHandle[] = []
  readonly #queue: InFlight[] = []
  /** Requests that have no instance because of their bodies. */
  readonly #arrivals: Arrivals
  /** Those that have an instance, and whose bodies are still on their way. */
  readonly #uploading = new Set<InFlight>()
  /** How many these may be, so that bodies that stall can't take all instances. */
  readonly #uploads: number
  readonly #counts = { requests: 0, killedWorkers: 0, timeouts: 0, traps: 0, rejected: 0, outOfMemory: 0, repeated: 0 }
  readonly #watch: NodeJS.Timeout
  #transport: NodeTransport | undefined
  #nextId = 1
  #closing = false
  #idle: (() => void) | undefined

  private constructor(settings: AppSettings, setup: Omit<WorkerSetup, 'beat' | 'warm'>, kv: KvStore | undefined) {
    this.settings = settings
    this.#setup = setup
    this.#kv = kv
    this.#arrivals = new Arrivals(settings.receiving, (request) => {
      this.#counts.rejected++
      this.#finish(request, hostErrors.slow)
    })
    const places = settings.mode === 'threads' ? Math.min(settings.workers, settings.concurrency) : settings.concurrency
    this.#uploads = Math.max(1, Math.floor(places / 2))
    this.#watch = setInterval(() => {
      this.#displace()
      for (const worker of this.#workers) worker.watch(WATCH_MS, settings.busyLimitMs)
    }, WATCH_MS)
  }

  /** Prepares a component and starts its workers. `self` is where the app will be reached. */
  static async start(settings: AppSettings, self: string | undefined): Promise<App> {
    const say = (line: string): void => settings.onLog({ app: settings.name, stream: 'host', line })
    const loaded = await loadComponent(settings.component, settings.cacheDir ?? componentsDirectory(), say)
    const compiled = await compileModules(loaded, settings.memoryMb)
    let kvFile: string | undefined
    if (settings.stores.length > 0) {
      makeDirectory(settings.dataDir, 'The data directory (dataDir)')
      kvFile = join(settings.dataDir, 'keyvalue.sqlite')
    }
    if (settings.mode === 'threads') {
      say(
        `guests can't be suspended here: each request holds a thread while it waits, ${settings.workers} at a time (Node 24 serves many per thread)`,
      )
    }
    const app = new App(
      settings,
      {
        app: settings.name,
        run: randomUUID(),
        compiled,
        pool: settings.pool,
        stores: settings.stores,
        draft: keyValueDraftOf(loaded.plan.interfaces),
        kvFile,
        variables: settings.variables,
        outbound: settings.outbound,
        self,
        mode: settings.mode,
      },
      kvFile === undefined ? undefined : new KvStore(kvFile),
    )
    try {
      app.#kv?.beginRun(app.#setup.run)
      for (let index = 0; index < settings.workers; index++) app.#addWorker(settings.mode === 'jspi')
      await Promise.all(app.#workers.map((worker) => worker.ready))
      await Promise.all(app.#workers.map((worker) => worker.warm))
    } catch (error) {
      await app.close(0)
      throw error
    }
    return app
  }

  /** Serves one exchange. Never throws; whatever goes wrong is an answer. */
  handle(exchange: Exchange): void {
    this.#counts.requests++
    const request = new InFlight(this.#nextId++, exchange)
    if (this.#closing) return request.fail(hostErrors.closing)
    exchange.onDisconnect(() => this.#disconnect(request))
    const { upload } = request
    if (upload === undefined) return this.#enter(request)
    this.#arrivals.join(request)
    upload.receive({
      grown: (bytes) => this.#arrivals.grown(request, bytes),
      ready: () => this.#arrived(request),
    })
  }

  /** Enough of a body has come to begin with, or all of it. */
  #arrived(request: InFlight): void {
    if (request.upload?.isComplete === true) {
      this.#uploading.delete(request)
      if (this.#arrivals.leave(request)) return this.#enter(request)
    } else request.timer ??= setTimeout(() => this.#expire(request), this.settings.timeoutMs)
    this.#dispatch()
  }

  /** A request that an instance can be given to. */
  #enter(request: InFlight): void {
    if (this.#live >= this.settings.concurrency && this.#queue.length >= this.settings.queue) {
      this.#counts.rejected++
      return this.#finish(request, hostErrors.busy)
    }
    request.timer ??= setTimeout(() => this.#expire(request), this.settings.timeoutMs)
    this.#queue.push(request)
    this.#dispatch()
  }

  stats(): AppStats {
    return {
      ...this.#counts,
      live: this.#live,
      queued: this.#queue.length,
      receiving: this.#arrivals.size,
      workers: this.#workers.map((worker) => ({
        live: worker.requests.size,
        pooled: worker.pooled,
        memoryBytes: worker.memoryBytes,
      })),
    }
  }

  /** Lets running requests finish (at most `graceMs`), then ends workers and closes files. */
  async close(graceMs: number): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    for (const request of [...this.#queue.splice(0), ...this.#arrivals.clear()])
      this.#finish(request, hostErrors.closing)
    if (this.#live > 0 && graceMs > 0) {
      let timer: NodeJS.Timeout | undefined
      await Promise.race([
        new Promise<void>((resolve) => (this.#idle = resolve)),
        new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs))),
      ])
      clearTimeout(timer)
    }
    const running = this.#workers.flatMap((worker) => [...worker.requests.values()])
    for (const request of running) request.ending = hostErrors.closing
    await Promise.all(
      this.#workers.map((worker) =>
        worker.requests.size > 0 ? (worker.kill(undefined), worker.exited) : worker.close(),
      ),
    )
    clearInterval(this.#watch)
    this.#transport?.close()
    this.#kv?.endRun(this.#setup.run)
    this.#kv?.close()
  }

  get #live(): number {
    let live = 0
    for (const worker of this.#workers) live += worker.requests.size
    return live
  }

  /** `warm` runs a throw-away request first; a worker that takes the place of a lost one starts without. */
  #addWorker(warm: boolean): void {
    const worker = new WorkerHandle(
      { ...this.#setup, warm },
      {
        message: (from, message) => this.#message(from, message),
        exit: (from, culprit) => this.#exit(from, culprit),
      },
    )
    this.#workers.push(worker)
    worker.ready.then(
      () => this.#dispatch(),
      () => {},
    )
  }

  #dispatch(): void {
    for (let worker = this.#freeWorker(); worker !== undefined; worker = this.#freeWorker()) {
      const request = this.#next()
      if (request === undefined) break
      this.#send(worker, request)
    }
    this.#displace()
  }

  #freeWorker(): WorkerHandle | undefined {
    if (this.#live >= this.settings.concurrency) return undefined
    let least: WorkerHandle | undefined
    for (const worker of this.#workers)
      if (worker.isReady && !worker.ending && (!least || worker.requests.size < least.requests.size)) least = worker
    return least && this.settings.mode === 'threads' && least.requests.size > 0 ? undefined : least
  }

  /** Whose turn it is: those in the queue, then those whose bodies are still on their way, as many as may be. */
  #next(): InFlight | undefined {
    const mayUpload = this.#uploading.size < this.#uploads
    const index = this.#queue.findIndex(({ upload }) => mayUpload || upload === undefined || upload.isComplete)
    if (index >= 0) return this.#queue.splice(index, 1)[0]
    const request = mayUpload ? this.#arrivals.next() : undefined
    if (request !== undefined) this.#arrivals.leave(request)
    return request
  }

  /** Ends guests whose clients have stopped in the middle of their bodies, longest first, where others wait for a place. */
  #displace(): void {
    if (this.#uploading.size === 0) return
    let waiting = this.#queue.length + (this.#arrivals.next() === undefined ? 0 : 1)
    for (const { ending } of this.#uploading) if (ending !== undefined) waiting--
    const now = Date.now()
    for (; waiting > 0; waiting--) {
      let longest: InFlight | undefined
      let longestMs = STALL_MS
      for (const request of this.#uploading) {
        const stalledMs = request.ending === undefined ? (request.upload?.stalledMs(now) ?? 0) : 0
        if (stalledMs < longestMs) continue
        longest = request
        longestMs = stalledMs
      }
      if (longest === undefined) return
      clearTimeout(longest.timer)
      this.#counts.rejected++
      this.#abort(longest, longest.effect ? hostErrors.cutShort : hostErrors.slow)
    }
  }

  #send(worker: WorkerHandle, request: InFlight): void {
    const { exchange, id, upload, body } = request
    worker.requests.set(id, request)
    const more = upload !== undefined && body === undefined
    worker.post({ type: 'start', id, head: exchange.head, body, more })
    if (!more) return
    if (!upload.isComplete) this.#uploading.add(request)
    upload.sendTo((part) =>
      worker.post({ type: 'body', id, ...part }, 'chunk' in part ? [part.chunk.buffer as ArrayBuffer] : []),
    )
  }

  #message(worker: WorkerHandle, message: FromWorker): void {
    if (message.type === 'ready' || message.type === 'warm' || message.type === 'batch') return
    const request = worker.requests.get(message.id)
    if (!request) return
    const credit = (bytes: number) => {
      if (worker.requests.has(request.id)) worker.post({ type: 'credit', id: request.id, bytes })
    }
    switch (message.type) {
      case 'started':
        return request.begin()
      case 'head':
        return request.head(message, credit)
      case 'data':
        return request.data(message.chunk, credit)
      case 'end':
        return request.end()
      case 'broken':
        return request.fail(hostErrors.trap, 'the response body was not finished')
      case 'error':
        return request.fail(hostErrors.answer, message.code)
      case 'taken':
        return request.upload?.taken(message.bytes)
      case 'effect':
        request.effect = true
        return
      case 'log':
        return this.settings.onLog({ app: this.settings.name, stream: message.stream, line: message.line })
      case 'done':
        return this.#done(worker, request, message)
      case 'call':
        request.broker ??= new OutboundBroker(
          (this.#transport ??= new NodeTransport(this.settings.outbound, this.#setup.self)),
          (call, event) => {
            if (worker.requests.has(request.id)) worker.post({ type: 'outbound', id: request.id, call, event })
          },
        )
        return request.broker.act(message.call, message.action)
    }
  }

  #done(worker: WorkerHandle, request: InFlight, done: Extract<FromWorker, { type: 'done' }>): void {
    worker.requests.delete(request.id)
    this.#uploading.delete(request)
    // Leases die with their instance, before anybody can see that it has died.
    if (done.outOfMemory) this.#counts.outOfMemory++
    if (done.outcome !== 'ok') this.#kv?.forget(ownerOf(this.#setup.run, request.id))
    if (request.ending) this.#finish(request, request.ending)
    else if (done.outOfMemory && !request.headSent) this.#finish(request, hostErrors.memory)
    else if (done.outcome === 'trap') {
      this.#counts.traps++
      this.settings.onLog({ app: this.settings.name, stream: 'host', line: done.message ?? 'trap' })
      this.#finish(request, hostErrors.trap)
    } else this.#finish(request, hostErrors.silent)
    this.#dispatch()
    if (this.#live === 0) this.#idle?.()
  }

  /** The last word on a request: answers it with `error` unless it has its answer. */
  #finish(request: InFlight, error: HostError, detail?: string): void {
    clearTimeout(request.timer)
    request.broker?.close()
    request.upload?.drop()
    request.fail(error, detail)
  }

  /** The time limit of a request is over, waiting included. */
  #expire(request: InFlight): void {
    const queued = this.#queue.indexOf(request)
    if (queued >= 0) {
      this.#queue.splice(queued, 1)
      this.#counts.rejected++
      return this.#finish(request, hostErrors.busy)
    }
    if (this.#arrivals.leave(request)) {
      this.#counts.rejected++
      return this.#finish(request, hostErrors.slow)
    }
    this.#counts.timeouts++
    this.#abort(request, hostErrors.timeout)
  }

  /** Ends a guest; its answer follows when it is surely gone, so that its leases are gone too. */
  #abort(request: InFlight, reason: HostError): void {
    const worker = this.#workers.find((candidate) => candidate.requests.has(request.id))
    if (!worker) return
    request.ending = reason
    worker.post({ type: 'abort', id: request.id, reason: reason.message })
    const before = worker.beats
    let waitedMs = 0
    const look = () => {
      waitedMs += GRACE.everyMs
      const heard = worker.beats - before
      if (heard >= GRACE.beats || (heard === 0 && waitedMs >= GRACE.silentMs)) worker.kill(request.id)
      else request.timer = setTimeout(look, GRACE.everyMs)
    }
    request.timer = setTimeout(look, GRACE.everyMs)
  }

  #disconnect(request: InFlight): void {
    request.closed = true
    const queued = this.#queue.indexOf(request)
    if (queued >= 0) this.#queue.splice(queued, 1)
    if (queued >= 0 || this.#arrivals.leave(request)) {
      clearTimeout(request.timer)
      request.upload?.drop()
      return
    }
    const worker = this.#workers.find((candidate) => candidate.requests.has(request.id))
    worker?.post({ type: 'disconnect', id: request.id })
  }

  #exit(worker: WorkerHandle, culprit: number | undefined): void {
    this.#workers.splice(this.#workers.indexOf(worker), 1)
    if (!this.#closing) {
      this.#counts.killedWorkers++
      this.#addWorker(false)
    }
    const lost = [...worker.requests.values()]
    worker.requests.clear()
    for (const request of lost) {
      this.#uploading.delete(request)
      this.#kv?.forget(ownerOf(this.#setup.run, request.id))
    }
    const again: InFlight[] = []
    for (const request of lost) {
      request.orphan(culprit !== undefined)
      if (request.ending) this.#finish(request, request.ending)
      else if (request.id === culprit) this.#finish(request, hostErrors.stuck)
      else if (request.repeatable && !request.closed && !this.#closing) {
        this.#counts.repeated++
        request.started = false
        again.push(request)
      } else this.#finish(request, request.effect ? hostErrors.lost : hostErrors.unserved)
    }
    // In front of who came later, in the order they came.
    this.#queue.unshift(...again)
    this.#dispatch()
    if (this.#live === 0) this.#idle?.()
  }
}
