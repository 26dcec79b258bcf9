/**
 * Reads a component and works out how its core modules are put together: the component model's own linking, as far as
 * components need it that import WASI interfaces and export functions. Everything else is refused by name.
 */
import { Malformed } from '../cache/core/binary'
import { ByteReader } from './byte-reader'
import type { CoreRef, LinkedComponent, LinkPlan, Step } from './plan'
import { readDescription, readExternName, readTypeItem, type TypeItem, TypeScope } from './read-types'
import { Unsupported } from './unsupported'
import type { FunctionType } from './wit-type'

const PREAMBLE = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]

type ComponentFunction =
  | { is: 'host'; interface: string; name: string; type: FunctionType }
  | { is: 'guest'; core: CoreRef; type: FunctionType; options: Options }

/** A component, and the types around it that it may refer to. */
interface Nested {
  bytes: Uint8Array
  outer: TypeScope | undefined
}

/** What a component's names stand for: by sort, as imports bring it and exports give it. */
type Item =
  | { sort: 'function'; value: ComponentFunction }
  | { sort: 'type'; value: TypeItem }
  | { sort: 'instance'; value: Map<string, Item> }
  | { sort: 'component'; value: Nested }

interface Options {
  memory: CoreRef | null
  realloc: CoreRef | null
  postReturn: CoreRef | null
}

type CoreInstance = number | Record<string, CoreRef>

/** @throws Malformed when it is not a component, Unsupported when it is one this host doesn't run. */
export function linkComponent(component: Uint8Array): LinkedComponent {
  const plan: LinkPlan = { steps: [], lowered: [], exports: [], interfaces: { imports: [], exports: [] } }
  const linker = new Linker(plan)
  const exported = linker.run({ bytes: component, outer: undefined }, undefined)
  for (const [name, item] of exported) {
    plan.interfaces.exports.push(name)
    const members: Iterable<[string, Item]> = item.sort === 'instance' ? item.value : [[name, item]]
    for (const [member, { sort, value }] of members) {
      if (sort !== 'function' || value.is !== 'guest') continue
      const { core, type, options } = value
      plan.exports.push({ interface: withoutVersion(name), name: member, core, type, ...options })
    }
  }
  return { plan, modules: linker.modules }
}

const withoutVersion = (name: string): string => name.replace(/@.*/s, '')

class Linker {
  readonly plan: LinkPlan
  readonly modules: Uint8Array[] = []

  constructor(plan: LinkPlan) {
    this.plan = plan
  }

  /** Puts one component together; `args` are its imports, or undefined for the outermost one, whose host they are. */
  run({ bytes, outer }: Nested, args: Map<string, Item> | undefined): Map<string, Item> {
    const body = new ComponentBody(this, new TypeScope(outer), args)
    const reader = new ByteReader(bytes)
    if (PREAMBLE.some((byte) => reader.byte() !== byte)) throw new Malformed('not a component')
    while (!reader.done) {
      const id = reader.byte()
      body.section(id, reader.take(reader.u32()))
    }
    return body.exported
  }
}

/** The index spaces of one component while it is read. */
class ComponentBody {
  readonly exported = new Map<string, Item>()
  readonly #linker: Linker
  readonly #scope: TypeScope
  readonly #args: Map<string, Item> | undefined
  readonly #functions: ComponentFunction[] = []
  readonly #instances: Map<string, Item>[] = []
  readonly #components: Nested[] = []
  readonly #coreModules: number[] = []
  readonly #coreInstances: CoreInstance[] = []
  /** Core functions, tables, memories and globals, by their sort's number. */
  readonly #core: CoreRef[][] = [[], [], [], []]

  constructor(linker: Linker, scope: TypeScope, args: Map<string, Item> | undefined) {
    this.#linker = linker
    this.#scope = scope
    this.#args = args
  }

  section(id: number, bytes: Uint8Array): void {
    const reader = new ByteReader(bytes)
    switch (id) {
      case 0:
      case 3:
        return
      case 1:
        this.#coreModules.push(this.#linker.modules.push(bytes) - 1)
        return
      case 2:
        return void reader.list(() => this.#coreInstance(reader))
      case 4:
        this.#components.push({ bytes, outer: this.#scope })
        return
      case 5:
        return void reader.list(() => this.#instance(reader))
      case 6:
        return void reader.list(() => this.#alias(reader))
      case 7:
        return void reader.list(() => this.#scope.types.push(readTypeItem(reader, this.#scope)))
      case 8:
        return void reader.list(() => this.#canon(reader))
      case 10:
        return void reader.list(() => this.#import(reader))
      case 11:
        return void reader.list(() => this.#export(reader))
      default:
        throw new Unsupported(`sections of kind ${id}`)
    }
  }

  #import(reader: ByteReader): void {
    const name = readExternName(reader)
    const { type } = readDescription(reader, this.#scope, '', name)
    if (this.#args) {
      const given = this.#args.get(name)
      if (!given) throw new Malformed(`${name} is not given`)
      return this.#add(given)
    }
    this.#linker.plan.interfaces.imports.push(name)
    if (type.is !== 'instance') throw new Unsupported(`the import ${name}, which is not an interface`)
    this.#instances.push(hostInstance(name, type.read(name)))
  }

  #add(item: Item): void {
    if (item.sort === 'function') this.#functions.push(item.value)
    else if (item.sort === 'type') this.#scope.types.push(item.value)
    else if (item.sort === 'instance') this.#instances.push(item.value)
    else this.#components.push(item.value)
  }

  #export(reader: ByteReader): void {
    const name = readExternName(reader)
    const item = this.#item(reader)
    reader.optional(() => readDescription(reader, this.#scope, '', name))
    this.exported.set(name, item)
    // An export is also a new index of what it exports.
    this.#add(item)
  }

  /** A `sortidx`: a sort and an index of it. */
  #item(reader: ByteReader): Item {
    const sort = reader.byte()
    if (sort === 0x00) throw new Unsupported('core modules as imports or exports')
    const index = reader.u32()
    switch (sort) {
      case 0x01:
        return { sort: 'function', value: at(this.#functions, index) }
      case 0x03:
        return { sort: 'type', value: this.#scope.at(index) }
      case 0x04:
        return { sort: 'component', value: at(this.#components, index) }
      case 0x05:
        return { sort: 'instance', value: at(this.#instances, index) }
      default:
        throw new Unsupported(`things of sort ${sort}`)
    }
  }

  #instance(reader: ByteReader): void {
    if (reader.byte() === 0) {
      const nested = at(this.#components, reader.u32())
      this.#instances.push(
        this.#linker.run(nested, new Map(reader.list(() => [reader.name(), this.#item(reader)] as const))),
      )
    } else {
      this.#instances.push(new Map(reader.list(() => [readExternName(reader), this.#item(reader)] as const)))
    }
  }

  #coreInstance(reader: ByteReader): void {
    if (reader.byte() === 0) {
      const step: Step = { module: at(this.#coreModules, reader.u32()), imports: {} }
      reader.list(() => {
        const name = reader.name()
        if (reader.byte() !== 0x12) throw new Malformed('a core module is given something else than an instance')
        step.imports[name] = at(this.#coreInstances, reader.u32())
      })
      this.#coreInstances.push(this.#linker.plan.steps.push(step) - 1)
      return
    }
    const members: Record<string, CoreRef> = {}
    reader.list(() => {
      const name = reader.name()
      members[name] = at(this.#coreOf(reader.byte()), reader.u32())
    })
    this.#coreInstances.push(members)
  }

  #coreOf(sort: number): CoreRef[] {
    const space = this.#core[sort]
    if (!space) throw new Unsupported(`core things of sort ${sort}`)
    return space
  }

  #alias(reader: ByteReader): void {
    const sort = reader.byte()
    const core = sort === 0x00 ? reader.byte() : undefined
    const target = reader.byte()
    if (target === 0x00) {
      const item = at(this.#instances, reader.u32()).get(reader.name())
      if (!item) throw new Malformed('an alias of an export that is not there')
      return this.#add(item)
    }
    if (target === 0x01 && core !== undefined) {
      const instance = at(this.#coreInstances, reader.u32())
      const name = reader.name()
      const ref: CoreRef | undefined =
        typeof instance === 'number' ? { from: 'step', step: instance, name } : instance[name]
      if (!ref) throw new Malformed(`an alias of ${name}, which is not there`)
      this.#coreOf(core).push(ref)
      return
    }
    if (target !== 0x02 || sort !== 0x03) throw new Unsupported('aliases of this kind')
    this.#scope.types.push(this.#scope.outerType(reader.u32(), reader.u32()))
  }

  #canon(reader: ByteReader): void {
    const form = reader.byte()
    if (form === 0x00) {
      if (reader.byte() !== 0) throw new Malformed('an unknown lift')
      const core = at(this.#coreOf(0), reader.u32())
      const options = this.#options(reader)
      this.#functions.push({ is: 'guest', core, type: this.#scope.function(reader.u32()), options })
    } else if (form === 0x01) {
      if (reader.byte() !== 0) throw new Malformed('an unknown lowering')
      const lowered = at(this.#functions, reader.u32())
      const { memory, realloc } = this.#options(reader)
      if (lowered.is !== 'host') throw new Unsupported('components that call each other')
      const { interface: owner, name, type } = lowered
      const index = this.#linker.plan.lowered.push({ interface: owner, name, type, memory, realloc }) - 1
      this.#coreOf(0).push({ from: 'host', index })
    } else if (form === 0x03) {
      this.#coreOf(0).push({ from: 'drop', resource: this.#scope.resource(reader.u32()) })
    } else throw new Unsupported(`the built-in function 0x${form.toString(16)}`)
  }

  #options(reader: ByteReader): Options {
    const options: Options = { memory: null, realloc: null, postReturn: null }
    reader.list(() => {
      const form = reader.byte()
      if (form === 0x00) return
      if (form === 0x03) options.memory = at(this.#coreOf(2), reader.u32())
      else if (form === 0x04) options.realloc = at(this.#coreOf(0), reader.u32())
      else if (form === 0x05) options.postReturn = at(this.#coreOf(0), reader.u32())
      else throw new Unsupported(form < 0x03 ? 'strings that are not UTF-8' : `functions with option ${form}`)
    })
    return options
  }
}

function hostInstance(name: string, types: Map<string, TypeItem>): Map<string, Item> {
  const members = new Map<string, Item>()
  for (const [member, item] of types) {
    members.set(
      member,
      item.is === 'function'
        ? { sort: 'function', value: { is: 'host', interface: withoutVersion(name), name: member, type: item.type } }
        : { sort: 'type', value: item },
    )
  }
  return members
}

function at<T>(space: readonly T[], index: number): T {
  const item = space[index]
  if (item === undefined) throw new Malformed(`nothing has index ${index}`)
  return item
}
