/**
 * One guest runs at a time: a guest that waits leaves the thread, and comes back in turn. This makes "who is running
 * now" exact, which is what the watchdog needs to know whom to blame for a loop.
 */

/** After this long without giving the event loop a turn, the next guest waits for one. */
const SLICE_MS = 8

export class RunQueue {
  readonly #onRun: (who: object | undefined) => void
  readonly #waiting: { who: object; resume: () => void }[] = []
  #current: object | undefined
  readonly #cpu = new WeakMap<object, number>()
  #since = 0
  #sliceStart = 0
  #scheduled = false

  /** `onRun` hears who has the thread now. */
  constructor(onRun: (who: object | undefined) => void = () => {}) {
    this.#onRun = onRun
  }

  get current(): object | undefined {
    return this.#current
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Resolves when it is `who`'s turn. */
  enter(who: object): Promise<void> {
    return new Promise((resume) => {
      this.#waiting.push({ who, resume })
      this.#pump()
    })
  }

  /** Gives the thread back; a guest that only waited for its turn is taken out of the line. */
  leave(who: object): void {
    const index = this.#waiting.findIndex((entry) => entry.who === who)
    if (index >= 0) {
      const [entry] = this.#waiting.splice(index, 1)
      entry?.resume()
    }
    if (this.#current !== who) return
    this.#release(who)
    this.#pump()
  }

  /** Lets the event loop and other guests have a turn when `who` has run for a whole slice. */
  async breathe(who: object): Promise<void> {
    if (this.#current !== who || performance.now() - this.#sliceStart < SLICE_MS) return
    this.#release(who)
    await this.enter(who)
  }

  /** Milliseconds `who` has had the thread so far. */
  cpuOf(who: object): number {
    return this.#cpu.get(who) ?? 0
  }

  #release(who: object): void {
    this.#cpu.set(who, this.cpuOf(who) + performance.now() - this.#since)
    this.#current = undefined
    this.#onRun(undefined)
  }

  #pump(): void {
    if (this.#current || this.#scheduled || this.#waiting.length === 0) return
    if (performance.now() - this.#sliceStart < SLICE_MS) return this.#next()
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#sliceStart = performance.now()
      if (!this.#current) this.#next()
    })
  }

  #next(): void {
    const entry = this.#waiting.shift()
    if (!entry) return
    this.#current = entry.who
    this.#since = performance.now()
    this.#onRun(entry.who)
    entry.resume()
  }
}
