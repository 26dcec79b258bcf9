import type { DetachedMemory } from '../cache/compile-modules'
import { PAGE } from '../cache/core/binary'
import { wasm, type WasmMemory } from '../wasm-engine'

/** A memory that grew by more than this is dropped instead of cleaned: it holds too much for a spare. */
const KEEP_GROWN_BYTES = 16 * 1024 * 1024
const TRIM_MS = 1_000
const PAGE_BYTES = 4096

/**
 * Linear memories, each given to one instance after the other. Between two instances a memory is made what a new one
 * is: the image over its first pages, zeros over all the rest it ever had.
 */
export class MemoryPool {
  readonly #detached: DetachedMemory
  readonly #keep: number
  readonly #runs: [start: number, end: number][]
  readonly #clean: WasmMemory[] = []
  /** Fewest spares since the last trim: what nobody needed. */
  #unused = 0
  #timer: NodeJS.Timeout | undefined
  #closed = false

  /** `keep` spares survive idle times. */
  constructor(detached: DetachedMemory, keep: number) {
    this.#detached = detached
    this.#keep = keep
    this.#runs = usedRuns(detached.image)
  }

  get spare(): number {
    return this.#clean.length
  }

  take(): WasmMemory {
    const memory = this.#clean.pop()
    this.#unused = Math.min(this.#unused, this.#clean.length)
    if (memory) return memory
    const fresh = new wasm.Memory({ initial: this.#detached.initialPages, maximum: 65_536 })
    // Only what isn't zero is copied, so that pages nobody writes are never fetched from the kernel.
    const bytes = new Uint8Array(fresh.buffer)
    for (const [start, end] of this.#runs) bytes.set(this.#detached.image.subarray(start, end), start)
    return fresh
  }

  /** Takes back the memory of an instance that has surely ended. */
  give(memory: WasmMemory): void {
    if (this.#closed || memory.buffer.byteLength > this.#detached.initialPages * PAGE + KEEP_GROWN_BYTES) return
    setImmediate(() => {
      if (this.#closed) return
      const bytes = new Uint8Array(memory.buffer)
      // Zeros are written, not copied: that is a third of the cost.
      let at = 0
      for (const [start, end] of this.#runs) {
        bytes.fill(0, at, start)
        bytes.set(this.#detached.image.subarray(start, end), start)
        at = end
      }
      bytes.fill(0, at)
      this.#clean.push(memory)
      this.#trimLater()
    })
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#clean.length = 0
  }

  #trimLater(): void {
    if (this.#timer || this.#closed || this.#clean.length <= this.#keep) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#clean.splice(0, Math.max(0, Math.min(this.#unused, this.#clean.length - this.#keep)))
      this.#unused = this.#clean.length
      this.#trimLater()
    }, TRIM_MS)
  }
}

/** Ranges of whole kernel pages that hold something. */
function usedRuns(image: Uint8Array): [number, number][] {
  const words = new BigUint64Array(image.buffer, image.byteOffset, image.byteLength / 8)
  const runs: [number, number][] = []
  for (let start = 0; start < image.byteLength; start += PAGE_BYTES) {
    const page = words.subarray(start / 8, (start + PAGE_BYTES) / 8)
    if (page.every((word) => word === 0n)) continue
    const last = runs.at(-1)
    if (last && last[1] === start) last[1] = start + PAGE_BYTES
    else runs.push([start, start + PAGE_BYTES])
  }
  return runs
}
