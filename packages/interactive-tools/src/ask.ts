import {
  compileSchema,
  defineTool,
  type JsonObject,
  jsonSchema,
  type JsonValue,
  PfError,
  type Schema,
  type Tool,
  type ToolCall,
} from '@pf-agents/agent-core'
import { anyArguments, answerSchema, type AskArguments, formArguments, promptOf } from './ask-schema'
import { checkTimeout, misfit, pose } from './pose'
import { withName } from './question-names'
import { refusal, resultOf } from './results'

/** Options of {@link ask}. */
export interface AskOptions {
  /** Default `ask`. Give each of several tools a name of its own. */
  name?: string
  /** What the model is told the tool is for. */
  description?: string
  /**
   * A form that the answer always has to match, shown to people as JSON Schema. The model then gives the question alone.
   * Without it, the model may ask for free text, a choice of options, or a form of its own.
   */
  schema?: Schema
  /**
   * Milliseconds to answer in, from when people are asked. Then the default counts; without one the task fails with
   * PF_INTERRUPT_EXPIRED. Default: no limit.
   */
  timeoutMs?: number
  /** What counts where nobody answers in time, or says nothing. What the model gives as default goes before it. */
  default?: JsonValue
}

const usualDescription =
  'Asks the user a question and waits for the answer. Use it where you can not go on without something that only the user knows or may decide.'

/**
 * Makes a tool with which a model asks people: free text, a choice of options, or a form by JSON Schema. The run waits as
 * an input-required task, for as long as it takes, through restarts. Answers that do not match are asked for again. A
 * model may ask several at once.
 *
 * @throws PfError PF_CONFIG_INVALID where the schema has no JSON form, the default does not match it, or the time is none
 * @example
 * ```ts
 * const agent = defineAgent({ name: 'clerk', description: 'Takes orders', version: '1.0.0', model, tools: [ask(), confirm()] })
 * const address = ask({
 *   name: 'ask_address', description: 'Asks for the address to deliver to.',
 *   schema: { type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } }, required: ['city'] },
 * })
 * ```
 */
export function ask(options: AskOptions = {}): Tool<AskArguments> {
  const { name = 'ask', description = usualDescription, timeoutMs } = options
  checkTimeout(name, timeoutMs)
  const form = formOf(name, options)
  return defineTool({
    name,
    description,
    repeatable: true,
    input: jsonSchema<AskArguments>(form === undefined ? anyArguments : formArguments),
    async run(args: AskArguments, call: ToolCall) {
      try {
        return await withName(args.name, call, async () => {
          const schema = form ?? answerSchema(args)
          const fallback = await defaultOf(args, options, schema)
          const question = { prompt: promptOf(args), schema, slot: args.name, timeoutMs, default: fallback }
          return resultOf(await pose(question, call))
        })
      } catch (error) {
        return refusal(error)
      }
    },
  })
}

function formOf(name: string, { schema, default: fallback }: AskOptions): JsonObject | undefined {
  if (schema === undefined) return undefined
  const { json, noJson, check } = compileSchema(schema)
  if (json === undefined) {
    const why = noJson === undefined ? '' : ` Its library says: ${noJson}`
    throw new PfError(
      'PF_CONFIG_INVALID',
      `The schema of ${name}() has no JSON form, so nobody could be shown what to answer.${why}`,
    )
  }
  const result = fallback === undefined ? undefined : check(fallback)
  if (result === undefined || result instanceof Promise || result.issues === undefined) return json
  throw new PfError(
    'PF_CONFIG_INVALID',
    `The default of ${name}() does not match its schema: ${result.issues[0]?.message}`,
  )
}

/** What counts where nobody answers. @throws PfError PF_INPUT_INVALID where the model gives one that does not match */
async function defaultOf(
  args: AskArguments,
  options: AskOptions,
  schema: JsonObject | undefined,
): Promise<JsonValue | undefined> {
  if (args.default !== undefined) {
    const problem = await misfit(schema, args.default)
    if (problem === undefined) return args.default
    throw new PfError('PF_INPUT_INVALID', `The default does not match: ${problem}`)
  }
  // One default can not fit every question that a model thinks of.
  if (options.default === undefined || (await misfit(schema, options.default)) !== undefined) return undefined
  return options.default
}
