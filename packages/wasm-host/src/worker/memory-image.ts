import type { DetachedMemory } from '../cache/compile-modules'
import { wasm, type WasmMemory } from '../wasm-engine'

const PAGE_BYTES = 4096

/** The first content of a component's memory, and how a memory is given it. */
export class MemoryImage {
  readonly #detached: DetachedMemory
  /** Ranges that hold something. */
  readonly #runs: [start: number, end: number][]

  constructor(detached: DetachedMemory) {
    this.#detached = detached
    this.#runs = usedRuns(detached.image)
  }

  create(): WasmMemory {
    const memory = new wasm.Memory({ initial: this.#detached.initialPages, maximum: 65_536 })
    // Only what isn't zero is copied, so that pages nobody writes are never fetched from the kernel.
    const bytes = new Uint8Array(memory.buffer)
    for (const [start, end] of this.#runs) bytes.set(this.#detached.image.subarray(start, end), start)
    return memory
  }

  /** Makes a used memory what a new one is: the image over its first pages, zeros over all the rest it ever had. */
  restore(memory: WasmMemory): void {
    const bytes = new Uint8Array(memory.buffer)
    // Zeros are written, not copied: that is a third of the cost.
    let at = 0
    for (const [start, end] of this.#runs) {
      bytes.fill(0, at, start)
      bytes.set(this.#detached.image.subarray(start, end), start)
      at = end
    }
    bytes.fill(0, at)
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
