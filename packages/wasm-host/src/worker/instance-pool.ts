import type { IncomingRequest } from '../wasi/http/incoming-request'
import type { ResponseOutparam } from '../wasi/http/outgoing-response'
import type { CompiledComponent } from '../cache/compile-modules'
import { PAGE } from '../cache/core/binary'
import { DETACHED } from '../cache/core/detach-memory'
import { wasm, type WasmImports, type WasmInstance, type WasmMemory } from '../wasm-engine'
import { GuestContext } from './guest-context'
import type { MemoryPool } from './memory-pool'
import type { RunQueue } from './run-queue'

/** What the generated bindings of an agent component export. */
export interface Exports {
  incomingHandler?: { handle(request: IncomingRequest, out: ResponseOutparam): Promise<void> | void }
  discovery?: { configureAgent(): string }
}

export type Instantiate = (
  getModule: (name: string) => WebAssembly.Module,
  imports: Record<string, unknown>,
  instantiateCore: (module: WebAssembly.Module, imports: WasmImports) => WasmInstance,
) => Exports

/** One instance: used for one request, then dropped. */
export interface GuestInstance {
  context: GuestContext
  exports: Exports
  /** Bytes of linear memory it has taken. */
  memoryBytes(): number
  /** Whether it was refused memory. */
  outOfMemory(): boolean
  /** Lets the memory be used again: only after the instance has ended by itself. */
  release(): void
}

/** What instances of one component are made of. */
export interface InstanceParts {
  instantiate: Instantiate
  compiled: CompiledComponent
  memories: MemoryPool | undefined
  /** Blocks the thread for a guest that waits; without it guests are suspended. */
  block?: ((maxMs: number) => void) | undefined
}

/** Makes an instance with its own context. */
export function createInstance(
  { instantiate, compiled, memories, block }: InstanceParts,
  importsFor: (context: GuestContext) => Record<string, unknown>,
  queue: RunQueue,
): GuestInstance {
  const context = new GuestContext(queue, block)
  const detached = compiled.memory
  const main = detached && compiled.modules[detached.core]
  const memory = memories?.take()
  let kept: WasmMemory | undefined
  let pages: { value: number } | undefined
  let full: { value: number } | undefined
  const exports = instantiate(
    (name) => compiled.modules[name] as WebAssembly.Module,
    importsFor(context),
    (module, imports) => {
      const isMain = module === main
      const instance = new wasm.Instance(
        module,
        isMain ? { ...imports, [DETACHED.module]: { [DETACHED.memory]: memory } } : imports,
      )
      if (isMain) {
        pages = instance.exports[DETACHED.pages] as { value: number }
        full = instance.exports[DETACHED.full] as { value: number }
        ;(instance.exports[DETACHED.maximum] as { value: number }).value = detached?.maximumPages ?? 0
      }
      if (instance.exports['memory'] instanceof wasm.Memory) kept ??= instance.exports['memory']
      return instance
    },
  )
  return {
    context,
    exports,
    memoryBytes: () => (pages ? pages.value * PAGE : (kept?.buffer.byteLength ?? 0)),
    outOfMemory: () => full?.value === 1,
    release: () => {
      if (memory) memories?.give(memory)
    },
  }
}

/** How long the thread must have had nothing to do before the pool makes an instance: filling it competes with guests. */
const REFILL_DELAY_MS = 4

/** Instances made ahead of their request. */
export class InstancePool {
  readonly #make: () => GuestInstance
  readonly #size: number
  readonly #isIdle: () => boolean
  readonly #ready: GuestInstance[] = []
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(make: () => GuestInstance, size: number, isIdle: () => boolean) {
    this.#make = make
    this.#size = size
    this.#isIdle = isIdle
  }

  get size(): number {
    return this.#ready.length
  }

  fill(): void {
    while (this.#ready.length < this.#size) this.#ready.push(this.#make())
  }

  take(): GuestInstance {
    const instance = this.#ready.pop() ?? this.#make()
    this.#refillLater()
    return instance
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#ready.length = 0
  }

  #refillLater(): void {
    if (this.#timer || this.#closed || this.#ready.length >= this.#size) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#closed) return
      if (this.#isIdle() && this.#ready.length < this.#size) this.#ready.push(this.#make())
      this.#refillLater()
    }, REFILL_DELAY_MS)
  }
}
