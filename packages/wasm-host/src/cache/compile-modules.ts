import { PfError } from '@pf-agents/agent-core'
import { wasm } from '../wasm-engine'
import type { CachedComponent } from './component-cache'
import { PAGE } from './core/binary'
import { withMemoryMaximum } from './core/memory-maximum'

/** The memory of a component, kept apart from its code; see `core/detach-memory`. */
export interface DetachedMemory {
  /** Name of the core module it belongs to. */
  core: string
  /** Shared by all workers; never written. */
  image: Uint8Array
  initialPages: number
  maximumPages: number
}

/** A component's code, compiled once and shared by all workers. */
export interface CompiledComponent {
  modules: Record<string, WebAssembly.Module>
  /** Absent when the component's shape doesn't allow it: then each instance gets a memory of its own, capped in the module. */
  memory: DetachedMemory | undefined
}

/** Compiles a component's core modules, with at most `memoryMb` of linear memory for an instance. */
export async function compileModules(
  component: Pick<CachedComponent, 'files' | 'memory'>,
  memoryMb: number,
): Promise<CompiledComponent> {
  const detached = component.memory
  const cores = Object.entries(component.files).filter(([name]) => name.endsWith('.wasm'))
  const modules = Object.fromEntries(
    await Promise.all(
      cores.map(
        async ([name, bytes]) =>
          [name, await wasm.compile(name === detached?.core ? bytes : withMemoryMaximum(bytes, memoryMb))] as const,
      ),
    ),
  )
  if (!detached) return { modules, memory: undefined }
  const maximumPages = Math.floor((memoryMb * 1024 * 1024) / PAGE)
  if (detached.initialPages > maximumPages)
    throw new PfError(
      'PF_CONFIG_INVALID',
      `The component starts with ${Math.ceil((detached.initialPages * PAGE) / 1048576)} MB of memory; raise memoryMb (now ${memoryMb}).`,
    )
  const source = component.files[detached.image] as Uint8Array
  const image = new Uint8Array(new SharedArrayBuffer(source.byteLength))
  image.set(source)
  return { modules, memory: { core: detached.core, image, initialPages: detached.initialPages, maximumPages } }
}
