/** How a component is put together out of its core modules: plain data, made once and kept in the cache. */
import type { FunctionType } from './wit-type'

/** Where a core function, memory, table or global comes from. */
export type CoreRef =
  /** Export `name` of the instance step `step` makes. */
  | { from: 'step'; step: number; name: string }
  /** A host function, by its index in `lowered`. */
  | { from: 'host'; index: number }
  /** Drops a handle of this resource. */
  | { from: 'drop'; resource: string }

/** How values cross between a core function and the component's level. */
export interface Crossing {
  type: FunctionType
  memory: CoreRef | null
  realloc: CoreRef | null
}

/** A function of the host, called with core values. */
export interface LoweredImport extends Crossing {
  /** The interface without its version, for example `wasi:io/poll`. */
  interface: string
  /** As in the WIT, for example `[method]pollable.block`. */
  name: string
}

/** A function the component offers. */
export interface LiftedExport extends Crossing {
  interface: string
  name: string
  core: CoreRef
  postReturn: CoreRef | null
}

/** Instantiates a module; an import namespace is another step's instance, or put together name by name. */
export interface Step {
  module: number
  imports: Record<string, number | Record<string, CoreRef>>
}

export interface LinkPlan {
  steps: Step[]
  lowered: LoweredImport[]
  exports: LiftedExport[]
  /** Imported and exported interfaces, with versions. */
  interfaces: { imports: string[]; exports: string[] }
}

export interface LinkedComponent {
  plan: LinkPlan
  /** The core modules, by their index in the plan. */
  modules: Uint8Array[]
}
