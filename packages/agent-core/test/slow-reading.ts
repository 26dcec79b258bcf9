import type { JsonObject, JsonValue } from '../src/model/json'

type Schema = JsonObject | boolean
type Map = Record<string, Schema>

/** What a schema says of a value: nothing where it does not fit, else what of it was looked at. */
type Reading = Set<string> | undefined

/**
 * Reads a schema word for word, as the draft is written: each keyword whatever the others say, nothing kept, no end
 * before the end. For tests alone: it takes twice as long with each level.
 */
export function readSlowly(root: JsonObject, schema: Schema, value: JsonValue): Reading {
  if (typeof schema === 'boolean') return schema ? new Set() : undefined
  const seen = new Set<string>()
  let fits = true
  const also = (isRight: boolean): void => void (fits &&= isRight)
  const here = (one: Schema): Reading => readSlowly(root, one, value)
  const takes = (one: Schema, part: JsonValue): boolean => readSlowly(root, one, part) !== undefined
  const add = (reading: Reading): void => reading?.forEach((key) => seen.add(key))
  const list = (name: string): Schema[] => (schema[name] ?? []) as Schema[]
  const map = (name: string): [string, Schema][] => Object.entries((schema[name] ?? {}) as Map)
  const given = (name: string): name is keyof typeof schema & string => Object.hasOwn(schema, name)
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  const members: [string, JsonValue][] =
    typeof value === 'object' && value !== null ? Object.entries(value as Record<string, JsonValue>) : []
  const look = (key: string, part: JsonValue, one: Schema): void => {
    seen.add(key)
    also(takes(one, part))
  }

  if (given('$ref')) {
    const reference = schema['$ref'] as string
    const target = reference === '#' ? root : (root['$defs'] as Map)[reference.slice('#/$defs/'.length)]
    const reading = here(target!)
    add(reading)
    also(reading !== undefined)
  }
  if (given('type')) {
    const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
    also([schema['type']].flat().some((one) => one === kind || (one === 'integer' && Number.isInteger(value))))
  }
  if (given('const')) also(print(schema['const']) === print(value))
  if (given('not')) also(here(schema['not'] as Schema) === undefined)
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
    if (!given(name)) continue
    const readings = list(name).map(here)
    readings.forEach(add)
    const matches = readings.filter((reading) => reading !== undefined).length
    also(name === 'allOf' ? matches === readings.length : name === 'anyOf' ? matches > 0 : matches === 1)
  }
  if (given('if')) {
    const reading = here(schema['if'] as Schema)
    add(reading)
    const after = here((schema[reading === undefined ? 'else' : 'then'] ?? true) as Schema)
    add(after)
    also(after !== undefined)
  }
  if (isMap) {
    for (const name of (schema['required'] ?? []) as string[]) also(Object.hasOwn(value, name))
    for (const [key, part] of members) {
      const own = map('properties').filter(([name]) => name === key)
      const more = map('patternProperties').filter(([pattern]) => new RegExp(pattern, 'u').test(key))
      for (const [, one] of [...own, ...more]) look(key, part, one)
      if (own.length + more.length === 0 && given('additionalProperties'))
        look(key, part, schema['additionalProperties'] as Schema)
    }
    for (const [name, one] of map('dependentSchemas')) {
      if (!Object.hasOwn(value, name)) continue
      const reading = here(one)
      add(reading)
      also(reading !== undefined)
    }
  }
  if (Array.isArray(value)) {
    const first = list('prefixItems')
    for (const [key, part] of members) {
      const one = first[Number(key)] ?? (schema['items'] as Schema | undefined)
      if (one !== undefined) look(key, part, one)
    }
    if (given('contains')) {
      const found = members.filter(([, part]) => takes(schema['contains'] as Schema, part))
      for (const [key] of found) seen.add(key)
      also(found.length > 0)
    }
    if (given('uniqueItems'))
      also(!schema['uniqueItems'] || new Set(value.map((one) => print(one))).size === value.length)
  }
  const rest = isMap ? 'unevaluatedProperties' : 'unevaluatedItems'
  if ((isMap || Array.isArray(value)) && given(rest))
    for (const [key, part] of members) if (!seen.has(key)) look(key, part, schema[rest] as Schema)
  return fits ? seen : undefined
}

/** One text for all values that are equal: names are in the order of the alphabet. */
function print(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
}
