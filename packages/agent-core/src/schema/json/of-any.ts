import type { SchemaIssue } from '../schema'
import {
  allOf,
  type Check,
  hasMember,
  isEnough,
  isObject,
  joined,
  kindOf,
  type Members,
  type Seen,
  wrongIf,
} from './check'
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
import { goDown, type Run, step } from './run'

const types = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string']
const isType = (given: unknown): boolean => types.includes(given as string)
const reference: Takes = [isText, 'a reference']
const name: Takes = [isText, 'a text']

/** What is said of values of all types. */
export const ofAny: Keywords = {
  $id: [name],
  $anchor: [name],
  $dynamicAnchor: [name],
  $defs: [schemasByName, defs],
  definitions: [schemasByName, defs],
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
  // What may lead far comes after what is seen at once.
  $ref: [reference, refer],
  // Without the scope that may override it: where it leads if nothing does.
  $dynamicRef: [reference, refer],
  not: [
    schema,
    (given: unknown, part, keyword) => {
      const check = one(given, part, keyword)
      return (value: unknown, { first }) =>
        wrongIf(check(value, first) === undefined, () => 'Instance matched "not" schema.')
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
      return (value: unknown, run, seen) => {
        const own: Seen | undefined = seen && new Set()
        if (condition(value, run.first, own) !== undefined) return otherwise?.(value, run, seen)
        own?.forEach((key) => seen?.add(key))
        return then?.(value, run, seen)
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
  const deep = given.filter((one) => typeof one === 'object' && one !== null)
  const message = `Instance does not match ${few}${JSON.stringify(few ? given : given[0])}.`
  return (value, run) =>
    wrongIf(
      !given.includes(value) &&
        (typeof value !== 'object' || !deep.some((one) => numberOf(one, run) === numberOf(value, run))),
      () => message,
    )
}

/** One of several, or any; each that fits counts for what was looked at. */
function some(checks: readonly Check[], isOne: boolean): Check {
  return (value, run, seen) => {
    let issues: SchemaIssue[] = []
    let matches = 0
    for (const check of checks) {
      const own: Seen | undefined = seen && new Set()
      // What else is wrong is of no use any more.
      const found = check(value, matches > 0 || isEnough(issues, run) ? run.first : run, own)
      own?.forEach((key) => found ?? seen?.add(key))
      if (found !== undefined) issues = joined(issues, found, run)
      else if (++matches > 0 && (isOne ? matches > 1 && run.most === 1 : seen === undefined)) break
    }
    if (matches === 0) return issues
    return wrongIf(isOne && matches > 1, () => `Instance does not match exactly one subschema (${matches} matches).`)
  }
}

/**
 * One number for all values that JSON Schema takes for equal: names may be in another order. Lists and objects are told by
 * the numbers of their parts, so that one within many others is written down once.
 */
export function numberOf(value: unknown, run: Run): number {
  const { numbers } = run.first
  const known = numbers.get(value)
  const isDeep = typeof value === 'object' && value !== null
  if (isDeep && known !== undefined) return known
  const text = isDeep ? textOf(value, run) : (JSON.stringify(value) ?? 'null')
  step(run, 1 + text.length / 50)
  const number = numbers.get(text) ?? numbers.size
  numbers.set(text, number)
  if (isDeep) numbers.set(value, number)
  return number
}

function textOf(value: object, run: Run): string {
  goDown(run)
  const text = isObject(value)
    ? `{${Object.keys(value)
        .filter((name) => hasMember(value, name))
        .sort()
        .map((name) => `${JSON.stringify(name)}:${numberOf(value[name], run)}`)
        .join()}}`
    : `[${(value as unknown[]).map((item) => numberOf(item, run)).join()}]`
  run.first.levels--
  return text
}
