import type { CompiledComponent } from '../cache/compile-modules'
import { prepareComponent, type Suspension } from '../component/component-instance'
import type { Mode } from '../wasm-engine'
import { GuestShell } from './guest-shell'
import { MemoryImage } from './memory-image'

/** Functions of a guest's imports that may suspend it. Everything else returns at once. */
const SUSPENDING = new Set([
  'wasi:io/poll#poll',
  'wasi:io/poll#[method]pollable.block',
  'wasi:io/streams#[method]input-stream.blocking-read',
  'wasi:io/streams#[method]input-stream.blocking-skip',
  'wasi:io/streams#[method]output-stream.blocking-flush',
  'wasi:io/streams#[method]output-stream.blocking-write-and-flush',
  'wasi:io/streams#[method]output-stream.blocking-write-zeroes-and-flush',
  'wasi:io/streams#[method]output-stream.blocking-splice',
])

const suspension: Suspension = {
  imports: (lowered) => SUSPENDING.has(`${lowered.interface}#${lowered.name}`),
  exports: (lifted) => lifted.interface === 'wasi:http/incoming-handler',
}

/** Prepares a component once for this thread and gives what makes shells of it. */
export function shellFactory(compiled: CompiledComponent, mode: Mode): () => GuestShell {
  const prepared = prepareComponent(compiled.plan, compiled.modules, mode === 'jspi' ? suspension : undefined)
  const image = compiled.memory && new MemoryImage(compiled.memory)
  return () => new GuestShell(compiled, prepared, image)
}
