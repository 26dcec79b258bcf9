import { type Fields, isFields } from '../json/read'

/**
 * How a peer of A2A 0.3 writes JSON: with the tag `kind` (its JSON schema: JSON-RPC), or as its proto maps to JSON, with
 * `content` for parts and names of enums (its HTTP+JSON).
 */
export type V03Form = 'kind' | 'proto'

/** The first of several names that a member goes by; both dialects take the proto's own names, too. */
export function memberOf(fields: Fields, ...names: readonly string[]): unknown {
  for (const name of names) if (fields[name] !== undefined && fields[name] !== null) return fields[name]
  return undefined
}

/** An object with the members that are there. */
export function present(members: Fields): Fields {
  const fields: Fields = {}
  for (const name in members) if (members[name] !== undefined) fields[name] = members[name]
  return fields
}

/** Translates an object; anything else is left to the reader behind, which refuses it. */
export function translated(value: unknown, translate: (fields: Fields) => unknown): unknown {
  return isFields(value) ? translate(value) : value
}

/** Translates the items of a list; anything else is left to the reader behind. */
export function eachTranslated(value: unknown, translate: (fields: Fields) => unknown): unknown {
  return Array.isArray(value) ? value.map((item) => translated(item, translate)) : value
}
