import { createImports, type Capabilities } from '../wasi/imports'
import type { IncomingRequest } from '../wasi/http/incoming-request'
import type { ResponseOutparam } from '../wasi/http/outgoing-response'
import { wasm, type WasmImports, type WasmInstance, type WasmMemory } from '../wasm-engine'
import { GuestContext } from './guest-context'
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
  memory: WasmMemory | undefined
}

/** Makes an instance with its own context. */
export function createInstance(instantiate: Instantiate, modules: Record<string, WebAssembly.Module>, capabilities: Capabilities, queue: RunQueue): GuestInstance {
  const context = new GuestContext(queue)
  let memory: WasmMemory | undefined
  const exports = instantiate(
    (name) => modules[name] as WebAssembly.Module,
    createImports(context, capabilities),
    (module, imports) => {
      const instance = new wasm.Instance(module, imports)
      if (instance.exports['memory'] instanceof wasm.Memory) memory ??= instance.exports['memory']
      return instance
    },
  )
  return { context, exports, memory }
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
