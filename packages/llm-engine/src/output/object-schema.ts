import {
  type CompiledSchema,
  compileSchema,
  type JsonObject,
  type JsonValue,
  PfError,
  type Schema,
} from '@pf-agents/agent-core'
import { isObject } from '../wire/json'

/** A schema as models want it: the root an object. Others are the one field of an object. */
export interface ObjectSchema {
  readonly schema: CompiledSchema
  /** What the model is shown. */
  readonly shown: JsonObject
  /** The value stands in the field `value`. */
  readonly isWrapped: boolean
}

/**
 * Makes a schema ready to be shown to a model.
 * @param owner - whose it is, for errors
 * @throws PfError PF_CONFIG_INVALID where it is none, or its library can not tell its JSON Schema
 */
export function objectSchema(schema: Schema, owner: string): ObjectSchema {
  const compiled = compileSchema(schema)
  const { json, noJson } = compiled
  if (json === undefined) {
    const why =
      noJson === undefined
        ? 'its library gives no JSON Schema. Use zod 4.2, arktype 2.1.28, valibot with toStandardJsonSchema, or newer; or a JSON Schema.'
        : `it has no JSON Schema. Its library says: ${noJson.replace(/\.$/, '')}. Take what is JSON, and turn it into what you need by a transform.`
    throw new PfError('PF_CONFIG_INVALID', `The schema of ${owner} can not be told to a model: ${why}`)
  }
  if (json['type'] === 'object') return { schema: compiled, shown: json, isWrapped: false }
  // References point to the root, so definitions stay there.
  const { $schema: _, $defs, definitions, ...value } = json
  const shown: JsonObject = {
    type: 'object',
    properties: { value: moved(value) as JsonObject },
    required: ['value'],
    additionalProperties: false,
    ...($defs !== undefined && { $defs: movedEach($defs) }),
    ...(definitions !== undefined && { definitions: movedEach(definitions) }),
  }
  return { schema: compiled, shown, isWrapped: true }
}

/** The root is now one step further down, and so is what referred to it: a schema that has itself in it. */
function moved(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(moved)
  if (!isObject(schema)) return schema
  const out: JsonObject = {}
  for (const [key, value] of Object.entries(schema)) {
    const isRootRef = key === '$ref' && typeof value === 'string' && rootRef.test(value)
    if (isRootRef) out[key] = `#/properties/value${(value as string).slice(1)}`
    else out[key] = values.has(key) ? value : names.has(key) ? movedEach(value) : moved(value)
  }
  return out
}

/** Schemas by names, which may be the names of keywords. */
function movedEach(schemas: JsonValue): JsonValue {
  if (!isObject(schemas)) return schemas
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, moved(schema)]))
}

/** The root, or a place below it; not a name (`$anchor`), nor a definition, which stays where it is. */
const rootRef = /^#(?=$|\/)(?!\/(\$defs|definitions)\/)/

/** Keywords that hold schemas by names. */
const names: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
])

/** Keywords that hold values, not schemas. */
const values: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples'])

/** The value out of what the model gave. */
export function unwrapped({ isWrapped }: ObjectSchema, given: JsonObject): unknown {
  return isWrapped ? given['value'] : given
}
