import { type Fields, isFields } from '../json/read'
import { canonicalJson, canonicalObject } from './canonical-json'
import { type CardType, cardSchema, type Member } from './card-schema'

/**
 * What exactly is signed of a card.
 *
 * - `spec`: §8.4.1 to the letter. Members with default values are left out unless they are REQUIRED or were set
 *   explicitly; members that this version does not know are kept, so that nobody can add any.
 * - `sdk`: what the SDKs for JavaScript (1.3) and Python make of it. They also leave out every empty string, list and
 *   object wherever it stands, and what they do not know. The two differ where a card has, say, a security requirement
 *   without scopes.
 */
export type CardForm = 'spec' | 'sdk'

/**
 * The canonical text of an agent card, over which it is signed (§8.4.1): without its signatures and without default
 * values, by RFC 8785. Takes the card as it came, not as it was decoded: decoding drops what it does not know.
 *
 * @param form - default `spec`
 * @throws PfError PF_REQUEST_INVALID where the card has no canonical form (see `canonicalJson`)
 *
 * @example
 * ```ts
 * const payload = new TextEncoder().encode(canonicalAgentCard(card))
 * ```
 */
export function canonicalAgentCard(card: object, form: CardForm = 'spec'): string {
  const { signatures: _signatures, ...unsigned } = card as Fields
  return form === 'spec' ? write(unsigned, cardSchema()) : canonicalJson(sdkValue(unsigned, cardSchema()) ?? {})
}

function write(value: unknown, type: CardType): string {
  switch (type.kind) {
    case 'message':
      return isFields(value) ? canonicalObject(membersOf(value, type.members)) : canonicalJson(value)
    case 'map':
      return isFields(value)
        ? canonicalObject(Object.entries(value).map(([name, entry]) => [name, write(entry, type.of)]))
        : canonicalJson(value)
    case 'list':
      return Array.isArray(value) ? `[${value.map((item) => write(item, type.of)).join(',')}]` : canonicalJson(value)
    default:
      return canonicalJson(value)
  }
}

function membersOf(fields: Fields, known: Readonly<Record<string, Member>>): [string, string][] {
  const written: [string, string][] = []
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    const member = Object.hasOwn(known, name) ? known[name] : undefined
    // What this version does not know can't be told to be a default.
    if (member === undefined) written.push([name, canonicalJson(value)])
    else if (value !== null && (member.presence !== 'plain' || !isDefault(value, member.type)))
      written.push([name, write(value, member.type)])
  }
  // ProtoJSON writers may leave a REQUIRED default out, and it is signed all the same.
  for (const [name, { presence, type }] of Object.entries(known)) {
    if (presence !== 'required' || (Object.hasOwn(fields, name) && fields[name] != null)) continue
    const empty = defaultOf(type)
    if (empty !== undefined) written.push([name, empty])
  }
  return written
}

function isDefault(value: unknown, type: CardType): boolean {
  switch (type.kind) {
    case 'text':
      return value === ''
    case 'flag':
      return value === false
    case 'list':
      return Array.isArray(value) && value.length === 0
    case 'map':
      return isFields(value) && Object.keys(value).length === 0
    default:
      return false
  }
}

function defaultOf(type: CardType): string | undefined {
  return type.kind === 'text' ? '""' : type.kind === 'list' ? '[]' : type.kind === 'map' ? '{}' : undefined
}

/** The value as the SDKs write it; `undefined` where nothing is left of it. */
function sdkValue(value: unknown, type: CardType): unknown {
  if (type.kind === 'message' && isFields(value)) {
    const known = Object.entries(type.members).flatMap(([name, member]): [string, unknown][] => {
      const given = Object.hasOwn(value, name) ? value[name] : undefined
      const isUnset = given === undefined || given === null || (member.presence !== 'optional' && given === false)
      return isUnset ? [] : [[name, sdkValue(given, member.type)]]
    })
    return withoutEmpty(known)
  }
  if (type.kind === 'map' && isFields(value)) {
    return withoutEmpty(Object.entries(value).map(([name, entry]) => [name, sdkValue(entry, type.of)]))
  }
  if (type.kind === 'list' && Array.isArray(value)) return someItems(value.map((item) => sdkValue(item, type.of)))
  return cleanJson(value)
}

function cleanJson(value: unknown): unknown {
  if (value === '' || value === null) return undefined
  if (Array.isArray(value)) return someItems(value.map(cleanJson))
  if (isFields(value)) return withoutEmpty(Object.entries(value).map(([name, member]) => [name, cleanJson(member)]))
  return value
}

function someItems(items: unknown[]): unknown[] | undefined {
  const left = items.filter((item) => item !== undefined)
  return left.length > 0 ? left : undefined
}

function withoutEmpty(members: [string, unknown][]): object | undefined {
  const left = members.filter(([, value]) => value !== undefined)
  // `fromEntries` defines members, so that one named `__proto__` is one.
  return left.length > 0 ? Object.fromEntries(left) : undefined
}
