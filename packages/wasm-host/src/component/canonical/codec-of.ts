import type { ValueType } from '../wit-type'
import { camelCase } from './names'
import { flags, record, tuple } from './aggregates'
import type { Codec } from './codec'
import { borrow, own } from './handles'
import { scalars } from './scalars'
import { bytes, list, string } from './sequences'
import { enumeration, option, result, variant } from './variants'

/** The codec of a type. */
export function codecOf(type: ValueType): Codec {
  if (type === 'string') return string
  if (typeof type === 'string') return scalars[type]
  switch (type.kind) {
    case 'list':
      return type.of === 'u8' ? bytes : list(codecOf(type.of))
    case 'record':
      return record(
        type.fields.map(([name]) => camelCase(name)),
        type.fields.map(([, field]) => codecOf(field)),
      )
    case 'tuple':
      return tuple(type.of.map(codecOf))
    case 'flags':
      return flags(type.names.map(camelCase))
    case 'variant':
      return variant(
        type.cases.map(([tag]) => tag),
        type.cases.map(([, payload]) => payload && codecOf(payload)),
      )
    case 'enum':
      return enumeration(type.tags)
    case 'option':
      return option(codecOf(type.of), typeof type.of === 'object' && type.of.kind === 'option')
    case 'result':
      return result(type.ok && codecOf(type.ok), type.err && codecOf(type.err))
    case 'own':
      return own(type.resource)
    case 'borrow':
      return borrow(type.resource)
  }
}
