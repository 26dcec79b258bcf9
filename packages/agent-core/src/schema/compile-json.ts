import type { JsonObject, JsonValue } from '../model/json'
import { isObject } from './json/check'
import { compile } from './json/compile'
import type { CompiledSchema, SchemaIssue } from './schema'

/** Makes a JSON Schema ready. @throws PfError PF_CONFIG_INVALID where it is none. */
export function compileJson(json: JsonObject): CompiledSchema {
  const check = compile(json)
  return {
    json,
    takesText: takesText(json),
    check(value, mostSteps) {
      if (value === undefined) return { issues: issue('A value is missing.') }
      const issues = check(value, mostSteps)
      if (issues === undefined) return { value }
      return { issues: issues.length > 0 ? issues : issue('No value is allowed.') }
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
