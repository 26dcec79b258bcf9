import type { CompiledComponent } from '../cache/compile-modules'
import { PAGE } from '../cache/core/binary'
import { DETACHED } from '../cache/core/detach-memory'
import { GLOBAL_PREFIX } from '../cache/core/reveal-state'
import { ComponentInstance, type PreparedComponent } from '../component/component-instance'
import { wasm, type WasmMemory } from '../wasm-engine'
import type { MemoryImage } from './memory-image'

interface Global {
  value: number | bigint
}

/** One that grew by more than this is dropped instead of cleaned: it holds too much for a spare. */
const KEEP_GROWN_BYTES = 16 * 1024 * 1024

/**
 * The core instances of a component with their memory. Guests use it in turn: `restore` puts back everything a guest can
 * change, byte for byte (its memory, its globals; tables and segments can't be changed by any instruction of a component
 * whose shells are used again).
 */
export class GuestShell {
  readonly instance: ComponentInstance
  readonly #compiled: CompiledComponent
  readonly #image: MemoryImage | undefined
  readonly #memory: WasmMemory | undefined
  readonly #pages: Global | undefined
  readonly #full: Global | undefined
  readonly #globals: [global: Global, first: number | bigint][] = []

  constructor(compiled: CompiledComponent, prepared: PreparedComponent, image: MemoryImage | undefined) {
    this.#compiled = compiled
    this.#image = image
    const detached = compiled.memory
    const memory = image?.create()
    const given = { [DETACHED.module]: { [DETACHED.memory]: memory } }
    this.instance = new ComponentInstance(prepared, (module) => (module === detached?.module ? given : undefined))
    this.#memory = memory
    for (const { exports } of this.instance.core) {
      if (exports['memory'] instanceof wasm.Memory) this.#memory ??= exports['memory']
      const maximum = exports[DETACHED.maximum] as Global | undefined
      if (maximum && detached) {
        maximum.value = detached.maximumPages
        this.#pages = exports[DETACHED.pages] as Global
        this.#full = exports[DETACHED.full] as Global
      }
      for (const [name, global] of Object.entries(exports))
        if (name.startsWith(GLOBAL_PREFIX)) this.#globals.push([global as Global, (global as Global).value])
    }
  }

  /** Bytes of linear memory the guest has taken. */
  get memoryBytes(): number {
    return this.#pages ? Number(this.#pages.value) * PAGE : this.heldBytes
  }

  /** Bytes of linear memory there are, taken or not. */
  get heldBytes(): number {
    return this.#memory?.buffer.byteLength ?? 0
  }

  /** Whether the guest was refused memory. */
  get outOfMemory(): boolean {
    return this.#full?.value === 1
  }

  /** Whether another guest may use it after this one, which must have ended by itself. */
  get reusable(): boolean {
    const { memory, resettable } = this.#compiled
    return resettable && memory !== undefined && this.heldBytes <= memory.initialPages * PAGE + KEEP_GROWN_BYTES
  }

  restore(): void {
    this.instance.begin({})
    if (this.#memory) this.#image?.restore(this.#memory)
    for (const [global, first] of this.#globals) global.value = first
  }
}
