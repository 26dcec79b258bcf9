/** Reads the types a component declares: `componenttype`, `instancetype`, functions, values. */
import { Malformed } from '../cache/core/binary'
import type { ByteReader } from './byte-reader'
import { Unsupported } from './unsupported'
import type { FunctionType, Primitive, ValueType } from './wit-type'

/** What a type index may stand for. */
export type TypeItem =
  | { is: 'value'; type: ValueType }
  | { is: 'function'; type: FunctionType }
  | { is: 'resource'; resource: string }
  /** The type of an instance; read anew for each import that has it, because each brings resources of its own. */
  | { is: 'instance'; read(owner: string): Map<string, TypeItem> }
  | { is: 'component' }

/** The type indices of one component or of one type inside it. */
export class TypeScope {
  readonly types: TypeItem[] = []
  readonly outer: TypeScope | undefined

  constructor(outer?: TypeScope) {
    this.outer = outer
  }

  at(index: number): TypeItem {
    const item = this.types[index]
    if (!item) throw new Malformed(`no type ${index}`)
    return item
  }

  /** `alias outer`: a type of this scope or one around it. */
  outerType(count: number, index: number): TypeItem {
    if (count === 0) return this.at(index)
    if (!this.outer) throw new Malformed('an alias reaches outside of the component')
    return this.outer.outerType(count - 1, index)
  }

  resource(index: number): string {
    const item = this.at(index)
    if (item.is !== 'resource') throw new Malformed(`type ${index} is not a resource`)
    return item.resource
  }

  function(index: number): FunctionType {
    const item = this.at(index)
    if (item.is !== 'function') throw new Malformed(`type ${index} is not a function`)
    return item.type
  }
}

const PRIMITIVES: Record<number, Primitive> = {
  0x7f: 'bool',
  0x7e: 's8',
  0x7d: 'u8',
  0x7c: 's16',
  0x7b: 'u16',
  0x7a: 's32',
  0x79: 'u32',
  0x78: 's64',
  0x77: 'u64',
  0x76: 'f32',
  0x75: 'f64',
  0x74: 'char',
  0x73: 'string',
}

/** Names of imports and exports: 0 and 1 both announce a plain one. */
export function readExternName(reader: ByteReader): string {
  const form = reader.byte()
  if (form > 1) throw new Unsupported(`names of form ${form}`)
  return reader.name()
}

function readValueType(reader: ByteReader, scope: TypeScope): ValueType {
  const primitive = PRIMITIVES[reader.bytes[reader.at] as number]
  if (primitive) {
    reader.byte()
    return primitive
  }
  const item = scope.at(reader.u32())
  if (item.is !== 'value') throw new Malformed('a value of a type that has no values')
  return item.type
}

/** One entry of a type section. */
export function readTypeItem(reader: ByteReader, scope: TypeScope): TypeItem {
  const form = reader.byte()
  if (form === 0x40) return { is: 'function', type: readFunction(reader, scope) }
  if (form === 0x41) {
    readDeclarations(reader, scope, '')
    return { is: 'component' }
  }
  if (form === 0x42) {
    const start = reader.at
    readDeclarations(reader, scope, '')
    const again = (owner: string) => {
      const end = reader.at
      reader.at = start
      const exported = readDeclarations(reader, scope, owner)
      reader.at = end
      return exported
    }
    return { is: 'instance', read: again }
  }
  if (form === 0x3f || form === 0x3e) throw new Unsupported('resources that the component defines itself')
  if (form === 0x43) throw new Unsupported('asynchronous functions')
  return { is: 'value', type: readDefinedValue(form, reader, scope) }
}

function readFunction(reader: ByteReader, scope: TypeScope): FunctionType {
  const params = reader.list(() => (reader.name(), readValueType(reader, scope)))
  if (reader.byte() === 0) return { params, result: readValueType(reader, scope) }
  if (reader.u32() !== 0) throw new Unsupported('functions with several results')
  return { params, result: null }
}

function readDefinedValue(form: number, reader: ByteReader, scope: TypeScope): ValueType {
  const value = () => readValueType(reader, scope)
  switch (form) {
    case 0x72:
      return { kind: 'record', fields: reader.list(() => [reader.name(), value()]) }
    case 0x71:
      return {
        kind: 'variant',
        cases: reader.list(() => {
          const one: [string, ValueType | null] = [reader.name(), reader.optional(value)]
          reader.optional(() => reader.u32())
          return one
        }),
      }
    case 0x70:
      return { kind: 'list', of: value() }
    case 0x6f:
      return { kind: 'tuple', of: reader.list(value) }
    case 0x6e:
      return { kind: 'flags', names: reader.list(() => reader.name()) }
    case 0x6d:
      return { kind: 'enum', tags: reader.list(() => reader.name()) }
    case 0x6b:
      return { kind: 'option', of: value() }
    case 0x6a:
      return { kind: 'result', ok: reader.optional(value), err: reader.optional(value) }
    case 0x69:
      return { kind: 'own', resource: scope.resource(reader.u32()) }
    case 0x68:
      return { kind: 'borrow', resource: scope.resource(reader.u32()) }
    default: {
      const primitive = PRIMITIVES[form]
      if (!primitive) throw new Unsupported(`types of form 0x${form.toString(16)}`)
      return primitive
    }
  }
}

/** The declarations of an instance's or component's type; gives what it exports. `owner` names the resources it brings. */
function readDeclarations(reader: ByteReader, outer: TypeScope, owner: string): Map<string, TypeItem> {
  const scope = new TypeScope(outer)
  const exported = new Map<string, TypeItem>()
  reader.list(() => {
    const form = reader.byte()
    if (form === 0x01) scope.types.push(readTypeItem(reader, scope))
    else if (form === 0x02) scope.types.push(readOuterAlias(reader, scope))
    else if (form === 0x03 || form === 0x04) {
      const name = readExternName(reader)
      const item = readDescription(reader, scope, owner, name)
      if (item.introducesType) scope.types.push(item.type)
      if (form === 0x04) exported.set(name, item.type)
    } else throw new Unsupported(`declarations of form ${form}`)
  })
  return exported
}

function readOuterAlias(reader: ByteReader, scope: TypeScope): TypeItem {
  if (reader.byte() !== 0x03 || reader.byte() !== 0x02) throw new Unsupported('aliases of other things inside of types')
  return scope.outerType(reader.u32(), reader.u32())
}

/** An `externdesc`: what a name stands for. */
export function readDescription(
  reader: ByteReader,
  scope: TypeScope,
  owner: string,
  name: string,
): { type: TypeItem; introducesType: boolean } {
  const sort = reader.byte()
  if (sort === 0x03) {
    const type: TypeItem =
      reader.byte() === 0 ? scope.at(reader.u32()) : { is: 'resource', resource: `${owner}#${name}` }
    return { type, introducesType: true }
  }
  if (sort === 0x01 || sort === 0x04 || sort === 0x05) return { type: scope.at(reader.u32()), introducesType: false }
  throw new Unsupported(`imports or exports of sort ${sort}`)
}
