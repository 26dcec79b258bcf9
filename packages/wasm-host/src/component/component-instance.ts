/**
 * One set of core instances, put together by a plan, with the host's functions between them. It may serve several
 * component instances in turn: whatever a guest can change here is the caller's to put back (memory, globals) or is
 * forgotten by `begin` (handles, host functions).
 */
import { wasm, type WasmInstance, type WasmMemory } from '../wasm-engine'
import { type GuestSide, trap } from './canonical/codec'
import type { CoreValue } from './canonical/core-value'
import { functionCodec } from './canonical/function-codec'
import { HandleTable } from './canonical/handle-table'
import { camelCase } from './canonical/names'
import { hostFunction, type HostImports } from './host-function'
import type { CoreRef, Crossing, LiftedExport, LinkPlan, LoweredImport } from './plan'

type CoreFunction = (...args: CoreValue[]) => CoreValue | undefined
type Exported = (...args: unknown[]) => unknown

/** What is the same for all instances of a component on a thread. */
export interface PreparedComponent {
  plan: LinkPlan
  modules: WebAssembly.Module[]
  lowered: ((instance: ComponentInstance) => CoreFunction)[]
  exports: ((instance: ComponentInstance) => Exported)[]
}

/** Which functions wait by suspending the guest (JSPI), and which exports may be suspended. */
export interface Suspension {
  imports(lowered: LoweredImport): boolean
  exports(lifted: LiftedExport): boolean
}

/** Prepares all calls of a component, once for all its instances on this thread; without `suspension` guests block. */
export function prepareComponent(
  plan: LinkPlan,
  modules: WebAssembly.Module[],
  suspension?: Suspension,
): PreparedComponent {
  return {
    plan,
    modules,
    lowered: plan.lowered.map((lowered) => prepareImport(lowered, suspension?.imports(lowered) ?? false)),
    exports: plan.exports.map((lifted) => prepareExport(lifted, suspension?.exports(lifted) ?? false)),
  }
}

export class ComponentInstance {
  readonly handles = new HandleTable()
  /** Interface → function → its call, with values of the component's level. */
  readonly exports: Record<string, Record<string, Exported>> = {}
  readonly core: WasmInstance[] = []
  /** False while the guest's allocator or clean-up runs: it must not call out then. */
  mayLeave = true
  imports: HostImports = {}
  #view: DataView<ArrayBuffer> | undefined

  /** `extra` adds imports to a module beside those of the plan. */
  constructor(
    prepared: PreparedComponent,
    extra: (module: number) => Record<string, Record<string, unknown>> | undefined,
  ) {
    const { plan, modules } = prepared
    const hostFunctions = prepared.lowered.map((prepare) => prepare(this))
    const resolve = (ref: CoreRef): unknown => {
      if (ref.from === 'host') return hostFunctions[ref.index]
      if (ref.from === 'drop') return (handle: number) => this.#drop(ref.resource, handle)
      return this.coreExport(ref)
    }
    for (const { module, imports } of plan.steps) {
      const given: Record<string, Record<string, unknown>> = { ...extra(module) }
      for (const [namespace, members] of Object.entries(imports))
        given[namespace] =
          typeof members === 'number'
            ? (this.core[members] as WasmInstance).exports
            : Object.fromEntries(Object.entries(members).map(([name, ref]) => [name, resolve(ref)]))
      this.core.push(new wasm.Instance(modules[module] as WebAssembly.Module, given))
    }
    plan.exports.forEach((lifted, index) => {
      const members = (this.exports[lifted.interface] ??= {})
      members[camelCase(lifted.name)] = (prepared.exports[index] as PreparedComponent['exports'][number])(this)
    })
  }

  /** Starts a component instance: no handles, these host functions. */
  begin(imports: HostImports): void {
    this.handles.clear()
    this.mayLeave = true
    this.imports = imports
  }

  coreExport(ref: CoreRef): unknown {
    return ref.from === 'step' ? this.core[ref.step]?.exports[ref.name] : undefined
  }

  /** A view of a memory as it is now: growing it replaces its buffer. */
  viewOf({ buffer }: WasmMemory): DataView<ArrayBuffer> {
    return this.#view?.buffer === buffer ? this.#view : (this.#view = new DataView(buffer))
  }

  #drop(resource: string, handle: number): void {
    this.checkMayLeave()
    this.handles.drop(resource, handle)
  }

  checkMayLeave(): void {
    if (!this.mayLeave) trap('the guest called the host from its allocator')
  }
}

/** One function's end in one instance: its memory and its allocator. */
class Side implements GuestSide {
  readonly handles: HandleTable
  readonly #instance: ComponentInstance
  readonly #crossing: Crossing
  #memory: WasmMemory | undefined
  #realloc: CoreFunction | undefined

  constructor(instance: ComponentInstance, crossing: Crossing) {
    this.#instance = instance
    this.#crossing = crossing
    this.handles = instance.handles
  }

  get view(): DataView<ArrayBuffer> {
    const { memory } = this.#crossing
    this.#memory ??= memory ? (this.#instance.coreExport(memory) as WasmMemory) : trap('a function without a memory')
    return this.#instance.viewOf(this.#memory)
  }

  allocate(size: number, align: number): number {
    const { realloc } = this.#crossing
    this.#realloc ??= realloc
      ? (this.#instance.coreExport(realloc) as CoreFunction)
      : trap('a function without an allocator')
    this.#instance.mayLeave = false
    const at = (this.#realloc(0, 0, align, size) as number) >>> 0
    this.#instance.mayLeave = true
    if (at % align !== 0 || at + size > this.view.byteLength) trap('the allocator of the guest is broken')
    return at
  }
}

/** What a host function threw, as the error of its result: errors of ours end the guest instead. */
function errorOf(thrown: unknown): { tag: 'err'; val: unknown } {
  if (thrown !== null && typeof thrown === 'object' && Object.hasOwn(thrown, 'payload'))
    return { tag: 'err', val: (thrown as { payload: unknown }).payload }
  if (thrown instanceof Error) throw thrown
  return { tag: 'err', val: thrown }
}

function prepareImport(lowered: LoweredImport, suspends: boolean): (instance: ComponentInstance) => CoreFunction {
  const { liftParams, lowerResult } = functionCodec(lowered.type)
  const call = hostFunction(lowered.interface, lowered.name)
  const fails = typeof lowered.type.result === 'object' && lowered.type.result?.kind === 'result'
  const ok = (value: unknown) => (fails ? { tag: 'ok', val: value } : value)
  return (instance) => {
    const side = new Side(instance, lowered)
    const core = (...args: CoreValue[]): CoreValue | undefined => {
      instance.checkMayLeave()
      const values = liftParams(side, args)
      let value: unknown
      try {
        value = call(instance.imports, values)
      } catch (thrown) {
        if (!fails) throw thrown
        return lowerResult(side, args, errorOf(thrown))
      }
      if (!(value instanceof Promise)) return lowerResult(side, args, ok(value))
      const settled = value.then(
        (later) => lowerResult(side, args, ok(later)),
        (thrown) => {
          if (!fails) throw thrown
          return lowerResult(side, args, errorOf(thrown))
        },
      )
      // The engine takes a promise where the function is a suspending one; elsewhere there is none.
      return settled as unknown as CoreValue
    }
    return suspends ? (new (wasm.Suspending as new (f: CoreFunction) => CoreFunction)(core) as CoreFunction) : core
  }
}

function prepareExport(lifted: LiftedExport, suspends: boolean): (instance: ComponentInstance) => Exported {
  const { lowerParams, liftResult } = functionCodec(lifted.type)
  const fails = typeof lifted.type.result === 'object' && lifted.type.result?.kind === 'result'
  return (instance) => {
    const side = new Side(instance, lifted)
    const core = instance.coreExport(lifted.core) as CoreFunction
    const run = suspends ? (wasm.promising as (f: CoreFunction) => CoreFunction)(core) : core
    const postReturn = lifted.postReturn && (instance.coreExport(lifted.postReturn) as CoreFunction)
    const finish = (returned: CoreValue | undefined): unknown => {
      const value = liftResult(side, returned)
      if (postReturn) {
        instance.mayLeave = false
        postReturn(...(returned === undefined ? [] : [returned]))
        instance.mayLeave = true
      }
      if (!fails) return value
      const { tag, val } = value as { tag: string; val?: unknown }
      if (tag === 'err') throw { payload: val }
      return val
    }
    return (...values) => {
      const returned: unknown = run(...lowerParams(side, values))
      return returned instanceof Promise ? returned.then(finish) : finish(returned as CoreValue | undefined)
    }
  }
}
