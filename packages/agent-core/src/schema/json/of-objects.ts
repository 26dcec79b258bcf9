import { allOf, type Check, eachMember, isObject, type Members, wrongIf } from './check'
import { isPattern } from './formats'
import {
  byName,
  count,
  isListOf,
  isText,
  type Keywords,
  one,
  type Part,
  schema,
  schemasByName,
  type Takes,
} from './keyword'

const needs: Takes = [
  (given) => isObject(given) && Object.values(given).every((one) => !Array.isArray(one) || isListOf(one, isText)),
  'lists of names or schemas, by name',
]

/** What is said of objects. */
export const ofObjects: Keywords = {
  required: [
    [(given) => isListOf(given, isText), 'a list of names'],
    (given: string[]) => has(given, (name) => `Instance does not have required property "${name}".`),
  ],
  minProperties: [
    count,
    (least: number) => (value: Members) =>
      wrongIf(Object.keys(value).length < least, () => `Instance does not have at least ${least} properties.`),
  ],
  maxProperties: [
    count,
    (most: number) => (value: Members) =>
      wrongIf(Object.keys(value).length > most, () => `Instance has more than ${most} properties.`),
  ],
  propertyNames: [
    schema,
    (given: unknown, part, keyword) => {
      const check = one(given, part, keyword)
      const names = eachMember((name) => (_, first) => check(name, first))
      // A look at the name is none at the value.
      return (value: Members, first) => names(value, first)
    },
  ],
  dependentRequired: [needs, depending],
  dependentSchemas: [needs, depending],
  // Of older drafts, and still met.
  dependencies: [needs, depending],
  properties: [
    schemasByName,
    (given: Members, part, keyword) => {
      const checks = byName(given, part, keyword)
      return eachMember((name) => checks.get(name as string))
    },
  ],
  patternProperties: [
    [(given) => isObject(given) && Object.keys(given).every(isPattern), 'schemas by regular expression'],
    (given: Members, part, keyword) =>
      allOf(
        [...byName(given, part, keyword)].map(([pattern, check]) => {
          const names = new RegExp(pattern, 'u')
          return eachMember((name) => names.test(name as string) && check)
        }),
      ),
  ],
  additionalProperties: [
    schema,
    (given: unknown, part, keyword) => {
      const check = one(given, part, keyword)
      const { properties = {}, patternProperties = {} } = part.schema as Record<string, object>
      const patterns = Object.keys(patternProperties).map((pattern) => new RegExp(pattern, 'u'))
      return eachMember(
        (name) =>
          !Object.hasOwn(properties, name) && !patterns.some((pattern) => pattern.test(name as string)) && check,
      )
    },
  ],
  unevaluatedProperties: [schema, unevaluated],
}

/** What no other keyword has looked at. */
export function unevaluated(given: unknown, part: Part, keyword: string): Check<Members> {
  const check = one(given, part, keyword)
  return eachMember((key, seen) => !seen?.has(key) && check)
}

function has(names: readonly string[], message: (name: string) => string): Check<Members> {
  return allOf(names.map((name) => (value) => wrongIf(!Object.hasOwn(value, name), () => message(name))))
}

function depending(given: Members, part: Part, keyword: string): Check<Members> {
  return allOf(
    Object.entries(given).map(([name, needed]): Check<Members> => {
      const check = Array.isArray(needed)
        ? has(needed as string[], (other) => `Instance has "${name}" but does not have "${other}".`)
        : part.below(needed, `/${keyword}/${name}`)
      return (value, first, seen) => (Object.hasOwn(value, name) ? check(value, first, seen) : undefined)
    }),
  )
}
