/** A JSON Schema, as far as forms look at it. */
export interface FieldSchema {
  type?: string | string[]
  title?: string
  description?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  format?: string
  anyOf?: FieldSchema[]
  oneOf?: FieldSchema[]
  properties?: Record<string, FieldSchema>
  required?: string[]
  items?: FieldSchema
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  [keyword: string]: unknown
}

/** What a schema is asked with. */
export type FieldKind =
  | { kind: 'choice'; choices: { value: unknown; label: string }[] }
  | { kind: 'choices'; choices: { value: unknown; label: string }[] }
  | { kind: 'yes-no' }
  | { kind: 'number'; whole: boolean }
  | { kind: 'text'; input: 'text' | 'date' | 'time' | 'email' | 'url' | 'long' }
  | { kind: 'object'; fields: { name: string; schema: FieldSchema; required: boolean }[] }
  | { kind: 'json' }

const inputs: Readonly<Record<string, 'date' | 'time' | 'email' | 'url'>> = {
  date: 'date',
  time: 'time',
  email: 'email',
  uri: 'url',
  url: 'url',
}

/** Texts that may be longer than this are given room. */
const longText = 200

/** What a schema is asked with; what no field fits is asked for as JSON. */
export function fieldKind(schema: FieldSchema | undefined): FieldKind {
  if (schema === undefined) return { kind: 'text', input: 'long' }
  const choices = choicesOf(schema)
  if (choices !== undefined) return { kind: 'choice', choices }
  const options = schema.anyOf ?? schema.oneOf
  if (options !== undefined) return ofSeveral(options)
  const type = Array.isArray(schema.type) ? schema.type.filter((one) => one !== 'null') : [schema.type]
  if (type.length !== 1) return { kind: 'json' }
  switch (type[0]) {
    case 'boolean':
      return { kind: 'yes-no' }
    case 'integer':
    case 'number':
      return { kind: 'number', whole: type[0] === 'integer' }
    case 'string':
      return {
        kind: 'text',
        input: inputs[schema.format ?? ''] ?? ((schema.maxLength ?? 0) > longText ? 'long' : 'text'),
      }
    case 'object':
      return objectKind(schema)
    case 'array': {
      const items = schema.items && choicesOf(schema.items)
      return items ? { kind: 'choices', choices: items } : { kind: 'json' }
    }
    default:
      return { kind: 'json' }
  }
}

function objectKind({ properties, required = [] }: FieldSchema): FieldKind {
  if (properties === undefined || Object.keys(properties).length === 0) return { kind: 'json' }
  const fields = Object.entries(properties).map(([name, schema]) => ({
    name,
    schema,
    required: required.includes(name),
  }))
  return { kind: 'object', fields }
}

/** One of several forms: the first that can be asked for plainly. */
function ofSeveral(options: readonly FieldSchema[]): FieldKind {
  const kinds = options.map(fieldKind)
  return (
    kinds.find(({ kind }) => kind === 'yes-no' || kind === 'choice') ??
    kinds.find(({ kind }) => kind !== 'json') ?? { kind: 'json' }
  )
}

function choicesOf(schema: FieldSchema): { value: unknown; label: string }[] | undefined {
  if (schema.enum !== undefined) return schema.enum.map((value) => ({ value, label: labelOf(value) }))
  const options = schema.oneOf ?? schema.anyOf
  if (options === undefined || options.length === 0 || !options.every((one) => 'const' in one)) return undefined
  return options.map(({ const: value, title }) => ({ value, label: title ?? labelOf(value) }))
}

const labelOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
