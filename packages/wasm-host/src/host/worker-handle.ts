import type { Worker } from 'node:worker_threads'
import { BEAT, type FromWorker, type ToWorker, type WorkerSetup } from '../protocol/messages'
import type { InFlight } from './in-flight'
import { SilentTime } from './silent-time'
import { startWorker } from './worker-file'

/** Events of one worker thread, for its app. */
export interface WorkerEvents {
  message(worker: WorkerHandle, message: FromWorker): void
  /** It is gone. `culprit` is the request that had the thread when it was ended for being stuck. */
  exit(worker: WorkerHandle, culprit: number | undefined): void
}

/** A worker thread as its host sees it. */
export class WorkerHandle {
  readonly requests = new Map<number, InFlight>()
  readonly beat: Int32Array
  /** Resolves when it can take requests; rejects when it could not start. */
  readonly ready: Promise<void>
  /** Resolves when its throw-away request is over, or it is gone. */
  readonly warm: Promise<void>
  isReady = false
  /** No new requests: it is being ended. */
  ending = false
  readonly exited: Promise<void>
  readonly #worker: Worker
  #culprit: number | undefined
  readonly #silent: SilentTime

  constructor(setup: Omit<WorkerSetup, 'beat'>, events: WorkerEvents) {
    this.beat = new Int32Array(new SharedArrayBuffer(BEAT.length * 4))
    this.#worker = startWorker('worker', {
      workerData: { ...setup, beat: this.beat } satisfies WorkerSetup,
      name: `pf-wasm ${setup.app}`,
      env: {},
      // Linear memory is capped in the module; this bounds what the bindings themselves may hold.
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    })
    this.#silent = new SilentTime(this.#worker)
    let warmed = () => {}
    this.warm = new Promise((resolve) => (warmed = resolve))
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromWorker) => {
        if (message.type === 'ready') {
          this.isReady = true
          resolve()
        } else if (message.type === 'warm') warmed()
        else if (message.type === 'batch') for (const each of message.messages) events.message(this, each)
        else events.message(this, message)
      })
      this.#worker.on('error', (error) => reject(error))
      this.#worker.on('exit', () => reject(new Error('a worker of the wasm host ended before it was ready')))
    })
    this.ready.catch(() => {})
    this.exited = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.ending = true
        events.exit(this, this.#culprit)
        warmed()
        resolve()
      })
    })
  }

  post(message: ToWorker, transfer?: ArrayBuffer[]): void {
    this.#worker.postMessage(message, transfer ?? [])
    Atomics.add(this.beat, BEAT.signal, 1)
    Atomics.notify(this.beat, BEAT.signal)
  }

  get pooled(): number {
    return Atomics.load(this.beat, BEAT.pooled)
  }

  /** Heartbeats so far. */
  get beats(): number {
    return Atomics.load(this.beat, BEAT.count)
  }

  get memoryBytes(): number {
    return Atomics.load(this.beat, BEAT.memoryKb) * 1024
  }

  /** Called every `everyMs`: ends the worker when it has run for `limitMs` without a beat of its heart. */
  watch(everyMs: number, limitMs: number): void {
    if (this.ending || !this.isReady) return
    const beat = this.beats
    const judge = (silentMs: number): void => {
      if (silentMs >= limitMs && this.beats === beat) this.kill(Atomics.load(this.beat, BEAT.running) || undefined)
    }
    this.#silent.at(beat, everyMs, judge)
  }

  /** Ends the thread whatever it does; `culprit` is the request to blame. */
  kill(culprit: number | undefined): void {
    if (this.ending) return
    this.ending = true
    this.#culprit = culprit
    void this.#worker.terminate()
  }

  /** Asks it to close its files and go; ends it when it doesn't within a second. */
  async close(): Promise<void> {
    this.ending = true
    this.post({ type: 'close' })
    const timer = setTimeout(() => void this.#worker.terminate(), 1000)
    await this.exited
    clearTimeout(timer)
  }
}
