/** The part of the WebAssembly API this package uses; Node's own types name only `Module`. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

export interface WasmInstance {
  readonly exports: Record<string, unknown>
}

export type WasmImports = Record<string, Record<string, unknown>>

interface WasmEngine {
  compile(bytes: Uint8Array): Promise<WebAssembly.Module>
  validate(bytes: Uint8Array): boolean
  Module: {
    new (bytes: Uint8Array): WebAssembly.Module
    exports(module: WebAssembly.Module): { name: string; kind: string }[]
  }
  Global: new (descriptor: { value: string; mutable: boolean }, value?: number | bigint) => { value: number | bigint }
  Instance: new (module: WebAssembly.Module, imports: WasmImports) => WasmInstance
  Memory: new (descriptor: { initial: number; maximum?: number }) => WasmMemory
  RuntimeError: new (message?: string) => Error
  /** JSPI: present when the engine can suspend a guest. */
  Suspending?: unknown
  promising?: unknown
}

export const wasm = (globalThis as unknown as { WebAssembly: WasmEngine }).WebAssembly

/** How guests wait: suspended, many on one thread, or each on a thread of its own. */
export type Mode = 'jspi' | 'threads'

/** Whether a guest can be suspended while it waits, so that one thread serves many. */
export const hasSuspension = (): boolean =>
  typeof wasm.Suspending === 'function' && typeof wasm.promising === 'function'
