import { compileSchema, type JsonObject, type JsonValue, PfError } from '@pf-agents/agent-core'

/** What a model asks with. */
export type AskArguments = {
  question: string
  name?: string
  options?: string[]
  multiple?: boolean
  schema?: JsonObject
  default?: JsonValue
}

/** Most characters that a form's schema may have, as JSON. */
const longestSchema = 8_000
/** Keywords whose check may take for ever: who wrote the schema is not who answers, and both may be hostile. */
const refused = new Set(['pattern', 'patternProperties', '$ref', '$dynamicRef'])
/** Keywords that hold schemas by names: the names are whatever their author calls things, never keywords. */
const byName = new Set(['properties', '$defs', 'definitions', 'dependentSchemas', 'dependencies'])
/** Keywords that hold values, in which nothing is a keyword. */
const valued = new Set(['const', 'enum', 'default', 'examples', 'required', 'dependentRequired'])

const question = {
  type: 'string',
  minLength: 1,
  maxLength: 4_000,
  description: 'What to ask, in the language of the user. One question.',
}
const name = {
  type: 'string',
  pattern: '^[A-Za-z][A-Za-z0-9_-]{0,39}$',
  description:
    'A short name of what is asked for, such as "city". Needed where several questions are asked at once, each with a name of its own.',
}

/** The arguments of a tool that asks for a form of its own. */
export const formArguments: JsonObject = {
  type: 'object',
  properties: { question, name },
  required: ['question'],
  additionalProperties: false,
}

/** The arguments of a tool that asks for anything. */
export const anyArguments: JsonObject = {
  type: 'object',
  properties: {
    question,
    name,
    options: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 200 },
      minItems: 2,
      maxItems: 50,
      description: 'What to choose from. Leave it out for a free answer.',
    },
    multiple: { type: 'boolean', description: 'Whether several options may be chosen. Default false.' },
    schema: {
      type: 'object',
      description: 'For a form instead of options: JSON Schema of the answer, an object with properties.',
    },
    default: {
      description: 'What counts where nobody answers: one of the options, or an answer that matches the schema.',
    },
  },
  required: ['question'],
  additionalProperties: false,
}

/** The schema of the answer to what a model asks; nothing where any text will do. @throws PfError PF_INPUT_INVALID */
export function answerSchema({ options, multiple, schema }: AskArguments): JsonObject | undefined {
  if (options !== undefined && schema !== undefined) throw invalid('Give options or a schema, not both.')
  if (options !== undefined) {
    const one: JsonObject = { type: 'string', enum: [...new Set(options)] }
    return multiple === true ? { type: 'array', items: one, minItems: 1, uniqueItems: true } : one
  }
  if (schema === undefined) return undefined
  if (JSON.stringify(schema).length > longestSchema)
    throw invalid(`The schema has more than ${longestSchema} characters.`)
  const keyword = refusedKeyword(schema)
  if (keyword !== undefined) throw invalid(`The schema must not have "${keyword}".`)
  try {
    compileSchema(schema)
  } catch (error) {
    throw invalid(PfError.is(error) ? error.message : 'The schema is not valid.')
  }
  return schema
}

/** The question as people read it: with its options, one to a line. */
export function promptOf({ question: text, options, multiple }: AskArguments): string {
  if (options === undefined) return text
  const how = multiple === true ? 'Choose one or more:' : 'Choose one:'
  return [text, how, ...new Set(options.map((option) => `- ${option}`))].join('\n')
}

function refusedKeyword(schema: JsonValue): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined
  if (Array.isArray(schema)) return firstRefused(schema)
  for (const [key, part] of Object.entries(schema)) {
    if (refused.has(key)) return key
    if (valued.has(key)) continue
    const isNamed = byName.has(key) && typeof part === 'object' && part !== null && !Array.isArray(part)
    const found = isNamed ? firstRefused(Object.values(part)) : refusedKeyword(part)
    if (found !== undefined) return found
  }
  return undefined
}

function firstRefused(schemas: readonly JsonValue[]): string | undefined {
  for (const schema of schemas) {
    const found = refusedKeyword(schema)
    if (found !== undefined) return found
  }
  return undefined
}

function invalid(message: string): PfError {
  return new PfError('PF_INPUT_INVALID', message)
}
