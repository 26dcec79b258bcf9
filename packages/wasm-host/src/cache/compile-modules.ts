import { wasm } from '../wasm-engine'
import type { CachedComponent } from './component-cache'
import { withMemoryMaximum } from './memory-maximum'

/** Compiles a component's core modules, their memory capped. Workers share the compiled code. */
export async function compileModules(component: Pick<CachedComponent, 'files'>, memoryMb: number): Promise<Record<string, WebAssembly.Module>> {
  const cores = Object.entries(component.files).filter(([name]) => name.endsWith('.wasm'))
  return Object.fromEntries(await Promise.all(cores.map(async ([name, bytes]) => [name, await wasm.compile(withMemoryMaximum(bytes, memoryMb))] as const)))
}
