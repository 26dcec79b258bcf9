import { PfError } from '../../error/pf-error'
import type { JsonObject } from '../../model/json'
import { getOwn } from '../../model/own-property'
import { allOf, type Check, isObject, kindOf, type Members } from './check'
import type { Keyword, Part } from './keyword'
import { ofAny } from './of-any'
import { ofLists } from './of-lists'
import { ofObjects } from './of-objects'
import { ofNumbers, ofTexts } from './of-scalars'

const keywordsBy = [
  ['any', ofAny],
  ['object', ofObjects],
  ['array', ofLists],
  ['number', ofNumbers],
  ['string', ofTexts],
] as const

/** What references without an address of their own begin from. */
const rootAddress = 'pf:/'

/**
 * Makes a check of a JSON Schema (draft 2020-12, closed: every reference leads to a part of it).
 * @throws PfError PF_CONFIG_INVALID with the place and the keyword where it is none.
 */
export function compile(json: JsonObject): Check {
  const checks = new Map<unknown, Check>()
  const named = new Map<string, unknown>([[rootAddress, json]])
  const references: (() => void)[] = []

  const make = (schema: unknown, place: string, outer: string): Check => {
    if (typeof schema === 'boolean') return () => (schema ? undefined : [])
    if (!isObject(schema)) throw invalid(`${place || 'it'} is no schema`)
    const known = checks.get(schema)
    if (known !== undefined) return known

    const at = place || 'the root'
    const { $id, $anchor, $dynamicAnchor = $anchor } = schema
    const base = typeof $id === 'string' ? resolve($id, outer) : outer
    if (base === undefined) throw invalid(`"$id" at ${at} must be an address`)
    if (base !== outer) named.set(base, schema)
    for (const anchor of [$anchor, $dynamicAnchor]) named.set(`${base}#${String(anchor)}`, schema)

    const byKind: Partial<Record<string, Check<never>>> = {}
    // Set before its parts are made: they may refer to it.
    const check = joined(byKind, 'unevaluatedProperties' in schema || 'unevaluatedItems' in schema)
    checks.set(schema, check)
    const part: Part = {
      schema,
      below: (one, step) => make(one, place + step, base),
      refer(reference) {
        let target: Check | undefined
        // Once all is known: it may lead to any part.
        references.push(() => {
          const found = find(reference, base)
          if (!isObject(found) && typeof found !== 'boolean')
            throw invalid(`"$ref" at ${at} points to nothing: ${reference}`)
          target = make(found, reference, base)
        })
        return (value, first, seen) => target?.(value, first, seen)
      },
    }
    for (const [kind, keywords] of keywordsBy) {
      const made: Check<never>[] = []
      for (const keyword in keywords) {
        if (!Object.hasOwn(schema, keyword)) continue
        const [[test, what], makeCheck] = keywords[keyword] as Keyword
        if (!test(schema[keyword])) throw invalid(`"${keyword}" at ${at} must be ${what}`)
        const one = makeCheck?.(schema[keyword] as never, part, keyword)
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

  const check = make(json, '', rootAddress)
  for (const follow of references) follow()
  return check
}

/** The checks for values of any type, then those for the value's own. */
function joined(byKind: Partial<Record<string, Check<never>>>, notes: boolean): Check {
  return (value, first, seen) => {
    const own = notes ? new Set<string | number>() : seen
    const issues = byKind.any?.(value as never, first, own)
    if (first && issues) return issues
    const more = byKind[kindOf(value)]?.(value as never, first, own)
    if (own !== seen) own?.forEach((key) => seen?.add(key))
    return issues && more ? [...issues, ...more] : (issues ?? more)
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

function invalid(what: string): PfError {
  return new PfError('PF_CONFIG_INVALID', `A JSON Schema is not valid: ${what}.`)
}
