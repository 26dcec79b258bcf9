import type { JsonObject, JsonValue, LanguageModel, ModelTool, Schema, SchemaIssue } from '@pf-agents/agent-core'
import type { Toolbox } from '../tool/toolbox'
import { parseObject } from '../wire/json'
import { type ObjectSchema, objectSchema, unwrapped } from './object-schema'

/**
 * How the model is held to a schema: by the provider's own means where there are no tools (not every provider has both
 * at once), by a tool that takes the answer, or, where the model has neither, by asking.
 */
export interface AnswerForm {
  readonly schema: ObjectSchema
  readonly mode: 'native' | 'tool' | 'text'
  /** The tool that takes the answer. */
  readonly tool: ModelTool
  /** What the model is told of it. */
  readonly order: string | undefined
}

/** An answer that was checked. `given` is JSON; `data` what the schema made of it. */
export type CheckedAnswer = { given: JsonValue; data: unknown; problem?: undefined } | { problem: string }

/** Chooses the form of the answer. @throws PfError PF_CONFIG_INVALID where the schema can not be used */
export function answerForm(output: Schema, { profile }: LanguageModel, toolbox: Toolbox): AnswerForm {
  const schema = objectSchema(output, 'the output')
  let name = 'final_answer'
  while (toolbox.byName.has(name)) name += '_'
  const tool: ModelTool = {
    name,
    description: 'Takes your final answer and ends the work. Call it alone, once everything else is done.',
    parameters: schema.shown,
  }
  const hasTools = toolbox.shown.length > 0
  if (!hasTools && profile?.structuredOutput === true) return { schema, mode: 'native', tool, order: undefined }
  if (hasTools || profile?.tools !== false) {
    return { schema, mode: 'tool', tool, order: `Give your final answer by calling the tool ${name}, not as text.` }
  }
  const order = `Answer with JSON alone, no other text. It must match this JSON Schema:\n${JSON.stringify(schema.shown)}`
  return { schema, mode: 'text', tool, order }
}

/** Reads the answer out of JSON text and checks it. */
export async function checkAnswer({ schema }: AnswerForm, text: string): Promise<CheckedAnswer> {
  const object = parseObject(text) ?? parseObject(unfenced(text))
  if (object === undefined) return { problem: 'It is not a JSON object.' }
  return checked(schema, object)
}

async function checked(schema: ObjectSchema, object: JsonObject): Promise<CheckedAnswer> {
  const given = unwrapped(schema, object)
  const result = await schema.schema.check(given)
  if (result.issues !== undefined) return { problem: issuesText(result.issues) }
  return { given: given as JsonValue, data: result.value }
}

const fences = ['```json', '```']

/** Some models put their JSON into a block of Markdown, whatever they are told. */
function unfenced(text: string): string {
  const lines = text.split('\n')
  const from = lines.findIndex((line) => fences.some((fence) => line.trimEnd().endsWith(fence)))
  const to = lines.findIndex((line, at) => at > from && line.trimStart().startsWith('```'))
  return from < 0 || to < 0 ? text : lines.slice(from + 1, to).join('\n')
}

/** The first few things that are wrong with a value. */
export function issuesText(issues: readonly SchemaIssue[]): string {
  return issues
    .slice(0, 8)
    .map(({ path, message }) => `${path || 'the value'}: ${message}`)
    .join(' ')
}
