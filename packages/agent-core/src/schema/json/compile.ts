import { PfError } from '../../error/pf-error'
import type { JsonObject } from '../../model/json'
import { getOwn } from '../../model/own-property'
import type { SchemaIssue } from '../schema'
import { allOf, type Check, isEnough, isObject, joined, kindOf, type Members } from './check'
import { isText, type Keyword, type Part } from './keyword'
import { ofAny } from './of-any'
import { ofLists } from './of-lists'
import { ofObjects } from './of-objects'
import { ofNumbers, ofTexts } from './of-scalars'
import { goDown, mostLevels, once, usualSteps, walk } from './run'

const keywordsBy = [
  ['any', ofAny],
  ['object', ofObjects],
  ['array', ofLists],
  ['number', ofNumbers],
  ['string', ofTexts],
] as const

/** How deep schemas are in one another; the stack of components takes some times as many. */
const mostNested = 100

export const tooDeep = 'it is nested too deeply'

/** What references without an address of their own begin from. */
const rootAddress = 'pf:/'

/** Keywords that say something of the same value, rather than of a part of it. */
const inPlace = /^\/(allOf|anyOf|oneOf|not|if|then|else|dependentSchemas|dependencies)\b/

/** A schema that was met. */
interface Known {
  readonly check: Check
  /** The schemas that its value goes on to, and the places of the references that lead there. */
  readonly next: Map<unknown, string>
}

/**
 * Makes a check of a JSON Schema (draft 2020-12, closed: every reference leads to a part of it).
 * @param keepsAfter see {@link walk}.
 * @throws PfError PF_CONFIG_INVALID with the place and the keyword where it is none.
 */
export function compile(
  json: JsonObject,
  keepsAfter?: number,
): (value: unknown, mostSteps?: number) => SchemaIssue[] | undefined {
  const known = new Map<unknown, Known>()
  const named = new Map<string, unknown>([[rootAddress, json]])
  const references: (() => void)[] = []

  const make = (schema: unknown, place: string, outer: string, level = 1): Check => {
    if (typeof schema === 'boolean') return () => (schema ? undefined : [])
    if (!isObject(schema)) throw invalid(`${place || 'it'} is no schema`)
    const met = known.get(schema)
    if (met !== undefined) return met.check
    if (level > mostNested) throw invalid(tooDeep)

    const at = place || 'the root'
    const { $id, $anchor, $dynamicAnchor } = schema
    const [address, anchor] = isText($id) ? $id.split('#') : []
    const base = resolve(address ?? '', outer)
    if (base === undefined) throw invalid(`"$id" at ${at} must be an address`)
    if (base !== outer) named.set(base, schema)
    // An address that is an anchor is of older drafts, and still met.
    for (const name of [$anchor, $dynamicAnchor, anchor]) if (name && isText(name)) named.set(`${base}#${name}`, schema)

    const byKind: Partial<Record<string, Check<never>>> = {}
    const check = bothOf(byKind, 'unevaluatedProperties' in schema || 'unevaluatedItems' in schema)
    const next = new Map<unknown, string>()
    // Set before its parts are made: they may refer to it.
    known.set(schema, { check, next })
    const part: Part = {
      schema,
      below(one, step) {
        if (inPlace.test(step)) next.set(one, at)
        return make(one, place + step, base, level + 1)
      },
      refer(reference) {
        let target: Check | undefined
        // Once all is known: it may lead to any part.
        references.push(() => {
          const found = find(reference, base)
          if (!isObject(found) && typeof found !== 'boolean')
            throw invalid(`"$ref" at ${at} points to nothing: ${reference}`)
          target = make(found, reference, base)
          next.set(found, at)
        })
        return (value, run, seen) => target && once(target, value, run, seen)
      },
    }
    for (const [kind, keywords] of keywordsBy) {
      const made: Check<never>[] = []
      for (const keyword in keywords) {
        if (!Object.hasOwn(schema, keyword)) continue
        const [[test, what], makeCheck] = keywords[keyword] as Keyword
        const given = schema[keyword]
        if (!test(given))
          throw invalid(`"${keyword}" at ${at} must be ${what}, not ${JSON.stringify(given)?.slice(0, 100)}`)
        const one = makeCheck?.(given as never, part, keyword)
        if (one) made.push(one)
      }
      if (made.length > 0) byKind[kind] = made.length > 1 ? allOf(made) : made[0]
    }
    return check
  }

  /** What a reference leads to: a schema by its name, or what is at a place in it. */
  const find = (reference: string, base: string): unknown => {
    const [address = '', fragment = ''] = reference.split('#')
    const [name = '', ...steps] = decoded(fragment).split('/')
    return steps.reduce<unknown>(
      (part, step) =>
        getOwn((part ?? undefined) as Members | undefined, step.replaceAll('~1', '/').replaceAll('~0', '~')),
      named.get(`${String(resolve(address, base))}${name && `#${name}`}`),
    )
  }

  const isOpen = new Map<unknown, boolean>()
  /** Refuses what would never come to an end: a way back to a schema must go down into the value. */
  const follow = (schema: unknown, at: string, level: number): void => {
    if (isOpen.get(schema)) throw invalid(`${at} leads back to itself without going down into the value`)
    if (level > mostLevels) throw invalid(tooDeep)
    if (isOpen.has(schema)) return
    isOpen.set(schema, true)
    for (const [one, from] of known.get(schema)?.next ?? []) follow(one, from, level + 1)
    isOpen.set(schema, false)
  }

  const check = make(json, '', rootAddress)
  for (const lead of references) lead()
  for (const schema of known.keys()) follow(schema, '', 1)
  return (value, mostSteps = usualSteps) => walk(check, value, mostSteps, keepsAfter)
}

/** The checks for values of any type, then those for the value's own. */
function bothOf(byKind: Partial<Record<string, Check<never>>>, notes: boolean): Check {
  return (value, run, seen) => {
    goDown(run)
    const own = notes ? new Set<string | number>() : seen
    let issues = byKind.any?.(value as never, run, own)
    if (!isEnough(issues, run)) {
      const more = byKind[kindOf(value)]?.(value as never, run, own)
      if (own !== seen) own?.forEach((key) => seen?.add(key))
      if (more) issues = joined(issues, more, run)
    }
    run.first.levels--
    return issues
  }
}

function resolve(address: string, base: string): string | undefined {
  if (address === '') return base
  try {
    return new URL(address, base).href.split('#')[0]
  } catch {
    return undefined
  }
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}

/** @param cause what was thrown underneath. */
export function invalid(what: string, cause?: unknown): PfError {
  return new PfError('PF_CONFIG_INVALID', `A JSON Schema is not valid: ${what}.`, { cause })
}
