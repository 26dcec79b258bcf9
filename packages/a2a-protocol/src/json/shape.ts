import { type Fields, isFields, type Member, type Reader } from './read'
import { invalid } from './violations'

/** What reads each member of T, in the order they are checked and written. None can be forgotten. */
export type Members<T> = { [K in keyof T]-?: Member<T[K] | undefined> }

/**
 * Makes the reader of a message type from its members. Members are looked for in camelCase, then under the proto's own
 * name in snake_case, which ProtoJSON readers must take too (§5.5); others are ignored (§5.7). Only own names of the
 * specification are read and written, so no key of a caller's choosing (`__proto__`) gets anywhere.
 */
export function shape<T extends object>(members: Members<T>): Reader<T> {
  const names = Object.keys(members) as (keyof T & string)[]
  const list = names.map((name) => {
    const alias = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    return { name, alias: alias === name ? undefined : alias, read: members[name] as Member<unknown> }
  })
  return (value, out) => {
    if (!isFields(value)) return invalid(out, '', 'must be an object')
    const result: Fields = {}
    for (const { name, alias, read } of list) {
      const member = read(value[name] ?? (alias && value[alias]), name, out)
      if (member !== undefined) result[name] = member
    }
    return result as T
  }
}

/**
 * Makes the reader of a oneof: an object with exactly one of the members, told apart by which one is there.
 */
export function oneOf<T extends object>(members: Members<T>): Reader<T> {
  const read = shape(members)
  const names = Object.keys(members)
  return (value, out) => {
    const before = out.length
    const result = read(value, out)
    if (out.length === before && Object.keys(result).length !== 1)
      invalid(out, '', `must have exactly one of ${names.join(', ')}`)
    return result
  }
}
