import { linkComponent } from '../component/link-component'
import type { LinkPlan } from '../component/plan'
import { readSections, SECTION } from './core/binary'
import { detachMemory, growsMemory } from './core/detach-memory'
import { revealState } from './core/reveal-state'

/** What a component is run from. */
export interface PreparedFiles {
  /** File name → content: the core modules (`core-0.wasm`, …) and the first content of the memory. */
  files: Record<string, Uint8Array>
  plan: LinkPlan
  /** The memory taken out of the core module `module`. */
  memory?: { module: number; image: string; initialPages: number } | undefined
  /** Whether everything a guest can change is in that memory and in exported globals. */
  resettable: boolean
}

const IMAGE = 'memory'
export const coreFile = (module: number): string => `core-${module}.wasm`

/** Takes a component apart. */
export function prepareFiles(component: Uint8Array): PreparedFiles {
  const { plan, modules } = linkComponent(component)
  const own = modules.flatMap((module, index) => (definesMemory(module) ? [index] : []))
  const [main] = own
  const detached =
    main !== undefined && own.length === 1 && !modules.some((module, index) => index !== main && growsMemory(module))
      ? detachMemory(modules[main] as Uint8Array)
      : undefined
  const cores = modules.map((module, index) => (detached && index === main ? detached.module : module))
  const revealed = detached ? cores.map(revealState) : []
  const resettable = revealed.length > 0 && revealed.every((module) => module !== undefined)
  const chosen = resettable ? (revealed as Uint8Array[]) : cores
  const files = Object.fromEntries(chosen.map((module, index) => [coreFile(index), module]))
  if (!detached || main === undefined) return { files, plan, resettable: false }
  return {
    files: { ...files, [IMAGE]: detached.image },
    plan,
    memory: { module: main, image: IMAGE, initialPages: detached.initialPages },
    resettable,
  }
}

const definesMemory = (module: Uint8Array): boolean => readSections(module).some(({ id }) => id === SECTION.memory)
