import { allOf, type Check, eachMember, hasMember, isObject, type Members, wrongIf } from './check'
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
      wrongIf(sizeOf(value) < least, () => `Instance does not have at least ${least} properties.`),
  ],
  maxProperties: [
    count,
    (most: number) => (value: Members) =>
      wrongIf(sizeOf(value) > most, () => `Instance has more than ${most} properties.`),
  ],
  propertyNames: [
    schema,
    (given: unknown, part, keyword) => {
      const check = one(given, part, keyword)
      const names = eachMember((name) => (_, run) => check(name, run))
      // A look at the name is none at the value.
      return (value: Members, run) => names(value, run)
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
      const names = Object.keys(given).sort((a, b) => isFar(given[a]) - isFar(given[b]))
      return eachMember((name) => checks.get(name as string), names)
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

function sizeOf(value: Members): number {
  return Object.values(value).filter((member) => member !== undefined).length
}

/** Whether a schema may lead far; what is seen at once comes before, as it often tells branches apart. */
function isFar(schema: unknown): number {
  return isObject(schema) && ['$ref', 'properties', 'items', 'allOf', 'anyOf', 'oneOf'].some((one) => one in schema)
    ? 1
    : 0
}

function has(names: readonly string[], message: (name: string) => string): Check<Members> {
  return allOf(names.map((name) => (value) => wrongIf(!hasMember(value, name), () => message(name))))
}

function depending(given: Members, part: Part, keyword: string): Check<Members> {
  return allOf(
    Object.entries(given).map(([name, needed]): Check<Members> => {
      const check = Array.isArray(needed)
        ? has(needed as string[], (other) => `Instance has "${name}" but does not have "${other}".`)
        : part.below(needed, `/${keyword}/${name}`)
      return (value, run, seen) => (hasMember(value, name) ? check(value, run, seen) : undefined)
    }),
  )
}
