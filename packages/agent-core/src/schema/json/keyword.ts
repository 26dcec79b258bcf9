import { type Check, isObject, type Members } from './check'

/** The schema that a keyword is in. */
export interface Part {
  readonly schema: Members
  /** Makes a schema ready that is at a place in this one. */
  below(schema: unknown, place: string): Check
  /** The check of the schema that a reference leads to. */
  refer(reference: string): Check
}

/** What a keyword takes, and how to say so. */
export type Takes = readonly [test: (given: unknown) => boolean, what: string]

/** What a keyword takes, and the check it makes of that, if any. */
export type Keyword = readonly [Takes, ((given: never, part: Part, keyword: string) => Check<never> | void)?]

/** Keywords by their names, in the order in which problems are told. */
export type Keywords = Readonly<Record<string, Keyword>>

export const isText = (given: unknown): given is string => typeof given === 'string'

export function isListOf(given: unknown, test: (one: unknown) => boolean): given is unknown[] {
  return Array.isArray(given) && given.every(test)
}

export const schema: Takes = [() => true, '']
export const schemas: Takes = [(given) => Array.isArray(given) && given.length > 0, 'a list of schemas']
export const schemasByName: Takes = [isObject, 'schemas by name']
export const number: Takes = [(given) => typeof given === 'number', 'a number']
export const count: Takes = [(given) => Number.isInteger(given) && (given as number) >= 0, 'a count']

/** Makes one schema ready. */
export function one(given: unknown, { below }: Part, keyword: string): Check {
  return below(given, `/${keyword}`)
}

/** Makes each of a list ready. */
export function each(given: readonly unknown[], { below }: Part, keyword: string): Check[] {
  return given.map((schema, index) => below(schema, `/${keyword}/${index}`))
}

/** Makes each of an object ready. */
export function byName(given: Members, { below }: Part, keyword: string): Map<string, Check> {
  return new Map(Object.entries(given).map(([name, schema]) => [name, below(schema, `/${keyword}/${name}`)]))
}
