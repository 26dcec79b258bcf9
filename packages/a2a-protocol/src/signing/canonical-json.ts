import { PfError } from '@pf-agents/agent-core'

/** How deep a document to be signed may nest: that of any other JSON, and the members around a free-form value. */
const maxDepth = 120

/** Half of a surrogate pair without the other half: no UTF-8 can be made of it. */
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/**
 * Writes JSON in the one form of RFC 8785: no blanks, members sorted by the UTF-16 code units of their names, numbers and
 * strings as ECMAScript writes them. Members that are `undefined` are left out, as JSON.stringify does.
 *
 * @throws PfError PF_REQUEST_INVALID where a value has no such form: a number that is not finite, half a surrogate pair,
 * something that is not JSON, or more than 120 levels
 *
 * @example
 * ```ts
 * canonicalJson({ b: [1e21, -0], a: 'é' }) // {"a":"é","b":[1e+21,0]}
 * ```
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0)
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value)
    case 'number':
      if (!Number.isFinite(value)) throw unwritable('a number that is not finite')
      return JSON.stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      break
    default:
      throw unwritable('a value that is not JSON')
  }
  if (value === null) return 'null'
  if (depth >= maxDepth) throw unwritable(`more than ${maxDepth} levels`)
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`
  // Plain `Object.entries`, so that a member named `__proto__` is written like any other.
  return canonicalObject(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, write(member, depth + 1)]),
  )
}

/** Writes an object of members that are written already. */
export function canonicalObject(members: (readonly [name: string, written: string])[]): string {
  const sorted = members.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${sorted.map(([name, written]) => `${canonicalString(name)}:${written}`).join(',')}}`
}

function canonicalString(text: string): string {
  if (loneSurrogate.test(text)) throw unwritable('half a surrogate pair')
  return JSON.stringify(text)
}

function unwritable(what: string): PfError {
  return new PfError('PF_REQUEST_INVALID', `The document can not be written canonically: it has ${what}.`)
}
