import { PfError } from '../error/pf-error'
import type { JsonObject, JsonValue } from '../model/json'
import { compileJson, takesText } from './compile-json'
import { isObject } from './json/check'
import { invalid, tooDeep } from './json/compile'
import { isStackFull } from './json/run'
import { pointerStep } from './pointer-step'
import { isStandardSchema, type StandardSchema } from './standard-schema'

declare const schemaType: unique symbol

/** A JSON Schema (draft 2020-12), with the type it stands for where it was made with {@link jsonSchema}. */
export type JsonSchema<T = JsonValue> = { readonly [key: string]: unknown } & { readonly [schemaType]?: T }

/** A schema of the user's choice: any Standard Schema, or JSON Schema. */
export type Schema = StandardSchema | JsonSchema<unknown>

/** The type a schema's checked value has. */
export type SchemaOutput<S> =
  S extends StandardSchema<infer _In, infer Out>
    ? Out
    : S extends { readonly [schemaType]?: infer T }
      ? unknown extends T
        ? JsonValue
        : T
      : JsonValue

/**
 * Gives a JSON Schema its TypeScript type.
 *
 * @example
 * ```ts
 * const input = jsonSchema<{ city: string }>({
 *   type: 'object', properties: { city: { type: 'string' } }, required: ['city'],
 * })
 * ```
 */
export function jsonSchema<T = JsonValue>(schema: { readonly [key: string]: unknown }): JsonSchema<T> {
  return schema as JsonSchema<T>
}

/** What is wrong with one place of a value. */
export interface SchemaIssue {
  /** JSON Pointer of the place; empty for the value itself. */
  path: string
  message: string
}

/** The outcome of a check: the checked value (defaults filled in where the library does so), or what is wrong. */
export type SchemaResult<T = unknown> = { value: T; issues?: undefined } | { issues: SchemaIssue[] }

/** A schema made ready for use. */
export interface CompiledSchema {
  /** The JSON Schema to show to others; absent where the library can't give one. */
  readonly json: JsonObject | undefined
  /** Why the library can't give one, in its own words; absent where it gives one, and where it has no way to. */
  readonly noJson?: string
  /** Whether plain text can match: then a message's text is the input. */
  readonly takesText: boolean
  /**
   * Checks a value.
   * @param mostSteps - how much work a JSON Schema may be before the value is refused; what a Standard Schema does can't
   * be bounded. Default 10 million steps, a second or less on Node.
   */
  check(value: unknown, mostSteps?: number): SchemaResult | Promise<SchemaResult>
}

/**
 * Makes a schema ready. Checks without `eval`, so it works in a component.
 * @throws PfError PF_CONFIG_INVALID where the value is no schema, or one that can't be used (an unknown type, a
 * reference to nothing, a broken regular expression).
 */
export function compileSchema(schema: Schema): CompiledSchema {
  if (isStandardSchema(schema)) return compileStandard(schema)
  const json = isObject(schema) ? plain(schema) : undefined
  if (isObject(json)) return compileJson(json as JsonObject)
  throw new PfError(
    'PF_CONFIG_INVALID',
    'A schema must be a Standard Schema (zod, valibot, arktype, …) or a JSON Schema object.',
  )
}

function plain(schema: object): unknown {
  try {
    return JSON.parse(JSON.stringify(schema) ?? 'null')
  } catch (cause) {
    throw invalid(isStackFull(cause) ? tooDeep : `it has no JSON form (${(cause as Error).message})`, cause)
  }
}

function compileStandard(schema: StandardSchema): CompiledSchema {
  const standard = schema['~standard']
  const { json, noJson } = standardJson(standard)
  return {
    json,
    ...(noJson !== undefined && { noJson }),
    takesText: json === undefined || takesText(json),
    check(value) {
      const result = standard.validate(value)
      return result instanceof Promise ? result.then(fromStandard) : fromStandard(result)
    },
  }
}

/** Libraries throw where a schema has no JSON form (a transform, say): then there is none to show. */
function standardJson(standard: StandardSchema['~standard']): Pick<CompiledSchema, 'json' | 'noJson'> {
  try {
    const json = standard.jsonSchema?.input({ target: 'draft-2020-12' })
    return { json: json && (JSON.parse(JSON.stringify(json)) as JsonObject) }
  } catch (error) {
    return { json: undefined, noJson: error instanceof Error ? error.message : String(error) }
  }
}

type Checked = Awaited<ReturnType<StandardSchema['~standard']['validate']>>

function fromStandard(result: Checked): SchemaResult {
  if (result.issues === undefined) return { value: result.value }
  return {
    issues: result.issues.map((issue) => ({
      path: (issue.path ?? []).map((step) => `/${pointerStep(typeof step === 'object' ? step.key : step)}`).join(''),
      message: issue.message,
    })),
  }
}
