import type { SchemaIssue } from '../schema'
import { allOf, type Check, isObject, kindOf, type Members, type Seen, wrongIf } from './check'
import {
  byName,
  each,
  isListOf,
  isText,
  type Keywords,
  one,
  type Part,
  schema,
  schemas,
  schemasByName,
  type Takes,
} from './keyword'

const types = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string']
const isType = (given: unknown): boolean => types.includes(given as string)
const reference: Takes = [isText, 'a reference']

/** What is said of values of all types. */
export const ofAny: Keywords = {
  $defs: [schemasByName, defs],
  definitions: [schemasByName, defs],
  $ref: [reference, refer],
  // Without the scope that may override it: where it leads if nothing does.
  $dynamicRef: [reference, refer],
  type: [
    [(given) => isType(given) || (isListOf(given, isType) && given.length > 0), 'a JSON type or a list of them'],
    (given: string | string[]) => {
      const types = [given].flat()
      return (value: unknown) =>
        wrongIf(
          !types.includes(kindOf(value)) && !(types.includes('integer') && Number.isInteger(value)),
          () => `Instance type "${kindOf(value)}" is invalid. Expected "${types.join('", "')}".`,
        )
    },
  ],
  const: [schema, (given: unknown) => among([given], '')],
  enum: [[Array.isArray, 'a list'], (given: unknown[]) => among(given, 'any of ')],
  not: [
    schema,
    (given: unknown, part, keyword) => {
      const check = one(given, part, keyword)
      return (value: unknown) => wrongIf(check(value, true) === undefined, () => 'Instance matched "not" schema.')
    },
  ],
  allOf: [schemas, (given: unknown[], part, keyword) => allOf(each(given, part, keyword))],
  anyOf: [schemas, (given: unknown[], part, keyword) => some(each(given, part, keyword), false)],
  oneOf: [schemas, (given: unknown[], part, keyword) => some(each(given, part, keyword), true)],
  // oxlint-disable-next-line unicorn/no-thenable -- the keyword's name
  then: [schema, (...given: [unknown, Part, string]) => void one(...given)],
  else: [schema, (...given: [unknown, Part, string]) => void one(...given)],
  if: [
    schema,
    (given: unknown, part, keyword) => {
      const condition = one(given, part, keyword)
      const [then, otherwise] = ['then', 'else'].map((name) => one(part.schema[name] ?? true, part, name))
      return (value: unknown, first, seen) => {
        const own: Seen = new Set()
        if (condition(value, true, own) !== undefined) return otherwise?.(value, first, seen)
        own.forEach((key) => seen?.add(key))
        return then?.(value, first, seen)
      }
    },
  ],
}

function defs(given: Members, part: Part, keyword: string): void {
  byName(given, part, keyword)
}

function refer(given: string, part: Part): Check {
  return part.refer(given)
}

function among(given: readonly unknown[], few: string): Check {
  const texts = given.map(print)
  return (value) =>
    wrongIf(
      !given.includes(value) && (typeof value !== 'object' || !texts.includes(print(value))),
      () => `Instance does not match ${few}${JSON.stringify(few ? given : given[0])}.`,
    )
}

/** One of several, or any; each that fits counts for what was looked at. */
function some(checks: readonly Check[], isOne: boolean): Check {
  return (value, first, seen) => {
    const issues: SchemaIssue[] = []
    let matches = 0
    for (const check of checks) {
      const own: Seen | undefined = seen && new Set()
      const found = check(value, first, own)
      own?.forEach((key) => found ?? seen?.add(key))
      if (found === undefined) matches++
      else issues.push(...found)
      if (matches > 0 && !isOne && seen === undefined) break
    }
    if (matches === 0) return issues
    return wrongIf(isOne && matches > 1, () => `Instance does not match exactly one subschema (${matches} matches).`)
  }
}

/** One text for all values that JSON Schema takes for equal: names may be in another order. */
export function print(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isObject(part) ? sorted(part) : part))
}

function sorted(object: Members): Members {
  const names = Object.keys(object).sort()
  return Object.fromEntries(names.map((name) => [name, object[name]]))
}
