import { PfError } from '@pf-agents/agent-core'
import type { LinkPlan } from '../component/plan'
import { wasm } from '../wasm-engine'
import { PAGE } from './core/binary'
import { withMemoryMaximum } from './core/memory-maximum'
import { coreFile, type PreparedFiles } from './prepare-files'

/** The memory of a component, kept apart from its code; see `core/detach-memory`. */
export interface DetachedMemory {
  /** Index of the core module it belongs to. */
  module: number
  /** Shared by all workers; never written. */
  image: Uint8Array
  initialPages: number
  maximumPages: number
}

/** A component's code, compiled once and shared by all workers. */
export interface CompiledComponent {
  plan: LinkPlan
  modules: WebAssembly.Module[]
  /** Absent when the component's shape doesn't allow it: then each instance gets a memory of its own, capped in the module. */
  memory: DetachedMemory | undefined
  /** Whether core instances can be put back to their first state; see `core/reveal-state`. */
  resettable: boolean
}

const compile = (module: Uint8Array): Promise<WebAssembly.Module> =>
  wasm.compile(module).catch((cause: Error) => {
    throw new PfError('PF_COMPONENT_INVALID', `A core module of the component is not valid: ${cause.message}`, {
      cause,
    })
  })

/** Compiles a component's core modules, with at most `memoryMb` of linear memory for an instance. */
export async function compileModules(prepared: PreparedFiles, memoryMb: number): Promise<CompiledComponent> {
  const { files, plan, memory: detached, resettable } = prepared
  const count = Object.keys(files).length - (detached ? 1 : 0)
  const modules = await Promise.all(
    Array.from({ length: count }, (_, index) => {
      const bytes = files[coreFile(index)] as Uint8Array
      return compile(index === detached?.module ? bytes : withMemoryMaximum(bytes, memoryMb))
    }),
  )
  if (!detached) return { plan, modules, memory: undefined, resettable: false }
  const maximumPages = Math.floor((memoryMb * 1024 * 1024) / PAGE)
  if (detached.initialPages > maximumPages)
    throw new PfError(
      'PF_CONFIG_INVALID',
      `The component starts with ${Math.ceil((detached.initialPages * PAGE) / 1048576)} MB of memory; raise memoryMb (now ${memoryMb}).`,
    )
  const source = files[detached.image] as Uint8Array
  const image = new Uint8Array(new SharedArrayBuffer(source.byteLength))
  image.set(source)
  const { module, initialPages } = detached
  return { plan, modules, memory: { module, image, initialPages, maximumPages }, resettable }
}
