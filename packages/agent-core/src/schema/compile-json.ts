import type { JsonObject, JsonValue } from '../model/json'
import { isObject } from './json/check'
import { compile } from './json/compile'
import type { CompiledSchema, SchemaIssue } from './schema'

/** Values with more parts than this are told one problem only: a list of them could be longer than the value. */
const smallParts = 1000

/** Makes a JSON Schema ready. @throws PfError PF_CONFIG_INVALID where it is none. */
export function compileJson(json: JsonObject): CompiledSchema {
  const check = compile(json)
  const problems = (value: unknown): SchemaIssue[] | undefined => {
    const one = check(value, true)
    if (one === undefined) return undefined
    const all = isSmall(value, smallParts) ? (check(value, false) ?? one) : one.slice(0, 1)
    return all.length > 0 ? all : issue('No value is allowed.')
  }
  return {
    json,
    takesText: takesText(json),
    check(value) {
      if (value === undefined) return { issues: issue('A value is missing.') }
      try {
        const issues = problems(value)
        return issues === undefined ? { value } : { issues }
      } catch (error) {
        if (error instanceof RangeError) return { issues: issue('The value is nested too deeply.') }
        throw error
      }
    },
  }
}

function issue(message: string): SchemaIssue[] {
  return [{ path: '', message }]
}

/** Whether text can match a JSON Schema, as far as its types say. */
export function takesText(json: JsonValue | undefined): boolean {
  if (!isObject(json)) return json !== false
  const { type, enum: values, const: value, anyOf, oneOf, allOf } = json as JsonObject
  if (type !== undefined) return Array.isArray(type) ? type.includes('string') : type === 'string'
  if (Array.isArray(values)) return values.some((one) => typeof one === 'string')
  if (value !== undefined) return typeof value === 'string'
  for (const some of [anyOf, oneOf]) if (Array.isArray(some) && !some.some(takesText)) return false
  if (Array.isArray(allOf) && !allOf.every(takesText)) return false
  return !('properties' in json)
}

/** Whether a value has no more parts than this. */
function isSmall(value: unknown, parts: number): boolean {
  let left = parts
  const count = (part: unknown): void => {
    if (left-- <= 0 || typeof part !== 'object' || part === null) return
    for (const one of Object.values(part)) count(one)
  }
  count(value)
  return left >= 0
}
