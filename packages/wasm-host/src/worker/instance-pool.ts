import type { HostImports } from '../component/host-function'
import type { IncomingRequest } from '../wasi/http/incoming-request'
import type { ResponseOutparam } from '../wasi/http/outgoing-response'
import { GuestContext } from './guest-context'
import type { GuestShell } from './guest-shell'
import type { RunQueue } from './run-queue'

export type Handle = (request: IncomingRequest, out: ResponseOutparam) => Promise<void> | void

/** One instance: used for one request, then dropped. */
export interface GuestInstance {
  context: GuestContext
  /** `wasi:http/incoming-handler`, when the component has it. */
  handle: Handle | undefined
  /** Bytes of linear memory it has taken. */
  memoryBytes(): number
  /** Whether it was refused memory. */
  outOfMemory(): boolean
  /** The instance is no more; `well` when it has ended by itself, so that nothing of it runs any longer. */
  end(well: boolean): void
}

/** What the instances of a worker are made of. */
export interface InstanceParts {
  shell(): GuestShell
  importsFor(context: GuestContext): HostImports
  queue: RunQueue
  /** Blocks the thread for a guest that waits; without it guests are suspended. */
  block?: ((maxMs: number) => void) | undefined
}

/** An instance in a shell that is as new. */
export function createInstance(
  shell: GuestShell,
  { importsFor, queue, block }: Omit<InstanceParts, 'shell'>,
  onEnd: (well: boolean) => void = () => {},
): GuestInstance {
  const context = new GuestContext(queue, block)
  shell.instance.begin(importsFor(context))
  return {
    context,
    handle: shell.instance.exports['wasi:http/incoming-handler']?.['handle'] as Handle | undefined,
    memoryBytes: () => shell.memoryBytes,
    outOfMemory: () => shell.outOfMemory,
    end: onEnd,
  }
}

/** How long the thread must have had nothing to do before the pool makes a shell: that competes with guests. */
const REFILL_DELAY_MS = 4
/** How often half of the spares that nobody needed since are given back: slowly, because making one is dear. */
const TRIM_MS = 5_000

/** Shells ready for a guest: made ahead, or cleaned after another. */
export class InstancePool {
  readonly #parts: InstanceParts
  readonly #size: number
  readonly #ready: GuestShell[] = []
  readonly #used = new Set<GuestShell>()
  /** Fewest spares since the last trim: what nobody needed. */
  #unneeded = 0
  #refill: NodeJS.Timeout | undefined
  #trim: NodeJS.Timeout | undefined
  #closed = false

  /** `size` shells survive idle times. */
  constructor(parts: InstanceParts, size: number) {
    this.#parts = parts
    this.#size = size
  }

  get size(): number {
    return this.#ready.length
  }

  /** Linear memory of all shells, in use or not. */
  get heldBytes(): number {
    let bytes = 0
    for (const shell of this.#ready) bytes += shell.heldBytes
    for (const shell of this.#used) bytes += shell.heldBytes
    return bytes
  }

  fill(): void {
    while (this.#ready.length < this.#size) this.#ready.push(this.#parts.shell())
  }

  /** An instance for one request; `importsFor` grants it something else than the others get. */
  take(importsFor = this.#parts.importsFor): GuestInstance {
    const shell = this.#ready.pop() ?? this.#parts.shell()
    this.#unneeded = Math.min(this.#unneeded, this.#ready.length)
    this.#used.add(shell)
    return createInstance(shell, { ...this.#parts, importsFor }, (well) => this.#ended(shell, well))
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#refill)
    clearTimeout(this.#trim)
    this.#ready.length = 0
  }

  #ended(shell: GuestShell, well: boolean): void {
    this.#used.delete(shell)
    // A guest that did not end by itself may still be unwinding: its shell is left to the collector.
    if (!well || !shell.reusable) return this.#refillLater()
    setImmediate(() => {
      if (this.#closed) return
      shell.restore()
      this.#ready.push(shell)
      this.#trimLater()
    })
  }

  #refillLater(): void {
    if (this.#refill || this.#closed || this.#ready.length >= this.#size) return
    this.#refill = setTimeout(() => {
      this.#refill = undefined
      if (this.#closed) return
      const { queue } = this.#parts
      const idle = queue.current === undefined && queue.waiting === 0
      if (idle && this.#ready.length < this.#size) this.#ready.push(this.#parts.shell())
      this.#refillLater()
    }, REFILL_DELAY_MS)
  }

  #trimLater(): void {
    if (this.#trim || this.#closed || this.#ready.length <= this.#size) return
    this.#trim = setTimeout(() => {
      this.#trim = undefined
      const spare = Math.min(this.#unneeded, this.#ready.length - this.#size)
      if (spare > 0) this.#ready.splice(0, Math.ceil(spare / 2))
      this.#unneeded = this.#ready.length
      this.#trimLater()
    }, TRIM_MS)
  }
}
