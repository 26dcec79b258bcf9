import { type CompiledSchema, compileSchema, type JsonObject, PfError, type Schema } from '@pf-agents/agent-core'

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
  const { json } = compiled
  if (json === undefined) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `The schema of ${owner} can not be told to a model: its library gives no JSON Schema. Use zod 4.2, arktype 2.1.28, valibot with toStandardJsonSchema, or newer; or a JSON Schema.`,
    )
  }
  if (json['type'] === 'object') return { schema: compiled, shown: json, isWrapped: false }
  // References point to the root, so definitions stay there.
  const { $schema: _, $defs, definitions, ...value } = json
  const shown: JsonObject = {
    type: 'object',
    properties: { value },
    required: ['value'],
    additionalProperties: false,
    ...($defs !== undefined && { $defs }),
    ...(definitions !== undefined && { definitions }),
  }
  return { schema: compiled, shown, isWrapped: true }
}

/** The value out of what the model gave. */
export function unwrapped({ isWrapped }: ObjectSchema, given: JsonObject): unknown {
  return isWrapped ? given['value'] : given
}
