import type { Worker } from 'node:worker_threads'

/**
 * How long a worker thread has run since its heart last beat. It is the thread's own processor time that counts: on a busy
 * machine a guest may wait for the processor for seconds with little to do. Node before 22.20 (24.6) can't tell that of
 * another thread; there the calls are counted, so that at least a host that was itself stopped blames nobody.
 */
export class SilentTime {
  readonly #worker: Worker
  #beat = -1
  /** Processor time of the thread when it was first seen silent, ms. */
  #from: number | undefined
  #ticks = 0
  #asking = false

  constructor(worker: Worker) {
    this.#worker = worker
  }

  /**
   * Called in regular intervals.
   * @param beat - heartbeats so far
   * @param everyMs - the interval
   * @param judge - told how long it has been, where it is silent; not necessarily at once
   */
  at(beat: number, everyMs: number, judge: (silentMs: number) => void): void {
    if (beat !== this.#beat) {
      this.#beat = beat
      this.#from = undefined
      this.#ticks = 0
      return
    }
    if (typeof this.#worker.cpuUsage !== 'function') return judge(++this.#ticks * everyMs)
    if (this.#asking) return
    this.#asking = true
    this.#worker.cpuUsage().then(
      ({ user, system }) => {
        this.#asking = false
        if (beat !== this.#beat) return
        const now = (user + system) / 1000
        this.#from ??= now
        judge(now - this.#from)
      },
      // It is gone.
      () => (this.#asking = false),
    )
  }
}
