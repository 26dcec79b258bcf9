import { transpileBytes } from '@bytecodealliance/jco-transpile'
import { detachMemory, growsMemory } from './core/detach-memory'
import type { Mode } from '../wasm-engine'
import { type ComponentInterfaces, readInterfaces } from './component-interfaces'

/** Functions of a guest's imports that may suspend it. Everything else returns at once. */
const SUSPENDING = [
  'wasi:io/poll#poll',
  'wasi:io/poll#[method]pollable.block',
  'wasi:io/streams#[method]input-stream.blocking-read',
  'wasi:io/streams#[method]input-stream.blocking-skip',
  'wasi:io/streams#[method]output-stream.blocking-flush',
  'wasi:io/streams#[method]output-stream.blocking-write-and-flush',
  'wasi:io/streams#[method]output-stream.blocking-write-zeroes-and-flush',
  'wasi:io/streams#[method]output-stream.blocking-splice',
]
/** The bindings name an export with its version, and any 0.2.x may be it. */
const HANDLERS = [
  'wasi:http/incoming-handler',
  ...Array.from({ length: 20 }, (_, patch) => `wasi:http/incoming-handler@0.2.${patch}`),
]

export interface Transpiled {
  /** File name → content: `app.js` and the core modules. */
  files: Record<string, Uint8Array>
  interfaces: ComponentInterfaces
  /** The memory taken out of the core module `core`, its content in the file `image`. */
  memory?: { core: string; image: string; initialPages: number } | undefined
}

/** Turns a component into core modules and JavaScript bindings that suspend by JSPI, or block. */
export async function transpileComponent(component: Uint8Array, mode: Mode): Promise<Transpiled> {
  const { files } = await transpileBytes(component, {
    name: 'app',
    instantiation: 'sync',
    ...(mode === 'jspi'
      ? { asyncMode: 'jspi', asyncImports: SUSPENDING, asyncExports: HANDLERS.map((name) => `${name}#handle`) }
      : {}),
    emitTypescriptDeclarations: false,
  })
  return { ...detachMain(files as Record<string, Uint8Array>), interfaces: await readInterfaces(component) }
}

const MAIN = 'app.core.wasm'
const IMAGE = 'app.memory'

/** Takes the memory out of the main module when no other module would change its size. */
function detachMain(files: Record<string, Uint8Array>): Pick<Transpiled, 'files' | 'memory'> {
  const main = files[MAIN]
  const others = Object.entries(files).filter(([name]) => name.endsWith('.wasm') && name !== MAIN)
  const detached = main && !others.some(([, bytes]) => growsMemory(bytes)) ? detachMemory(main) : undefined
  if (!detached) return { files }
  return {
    files: { ...files, [MAIN]: detached.module, [IMAGE]: detached.image },
    memory: { core: MAIN, image: IMAGE, initialPages: detached.initialPages },
  }
}
