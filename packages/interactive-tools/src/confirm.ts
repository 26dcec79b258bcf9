import { defineTool, type JsonObject, jsonSchema, type JsonValue, type Tool } from '@pf-agents/agent-core'
import { checkTimeout, pose } from './pose'
import { withName } from './question-names'
import { refusal, resultOf } from './results'

/** Options of {@link confirm}. */
export interface ConfirmOptions {
  /** Default `confirm`. */
  name?: string
  /** What the model is told the tool is for. */
  description?: string
  /**
   * Words for yes and no beside `true` and `false`, however they are spelled. Default `yes`, `y`, `ok`, `okay` and `no`, `n`.
   */
  words?: { yes: readonly string[]; no: readonly string[] }
  /**
   * Milliseconds to answer in, from when people are asked. Then the default counts; without one the task fails with
   * PF_INTERRUPT_EXPIRED.
   */
  timeoutMs?: number
  /** What counts where nobody answers in time, or says nothing. */
  default?: boolean
}

type ConfirmArguments = { question: string; name?: string }

const usualDescription =
  'Asks the user to confirm something, yes or no, and waits for the answer. It only asks: it does not do what is confirmed.'

const parameters: JsonObject = {
  type: 'object',
  properties: {
    question: {
      type: 'string',
      minLength: 1,
      maxLength: 4_000,
      description: 'What is to be confirmed, as a question that can be answered by yes or no.',
    },
    name: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]{0,39}$', description: 'A short name of what is asked.' },
  },
  required: ['question'],
  additionalProperties: false,
}

/**
 * Makes a tool with which a model has something confirmed: the result is `{ confirmed: true }` or `{ confirmed: false }`.
 * It is a question like any other; for tools that must not run without consent, use `needsApproval`, which the engine
 * enforces whatever the model does.
 *
 * @throws PfError PF_CONFIG_INVALID where the time is none
 * @example
 * ```ts
 * const tools = [confirm({ timeoutMs: 60_000, default: false, words: { yes: ['ja', 'j'], no: ['nein', 'n'] } })]
 * ```
 */
export function confirm(options: ConfirmOptions = {}): Tool<ConfirmArguments> {
  const { name = 'confirm', description = usualDescription, timeoutMs, default: fallback } = options
  const { words = { yes: ['yes', 'y', 'ok', 'okay'], no: ['no', 'n'] } } = options
  checkTimeout(name, timeoutMs)
  const yes = new Set(words.yes.map((word) => word.toLowerCase()))
  const schema: JsonObject = {
    anyOf: [
      { type: 'boolean' },
      { type: 'string', enum: ['true', 'false', ...spellings([...words.yes, ...words.no])] },
    ],
  }
  return defineTool({
    name,
    description,
    repeatable: true,
    input: jsonSchema<ConfirmArguments>(parameters),
    async run(args: ConfirmArguments, call) {
      try {
        return await withName(args.name, call, async () => {
          const question = { prompt: args.question, schema, slot: args.name, timeoutMs, default: fallback }
          return resultOf(await pose(question, call), (answer) => ({ confirmed: isYes(answer, yes) }))
        })
      } catch (error) {
        return refusal(error)
      }
    },
  })
}

/** Anything that is not clearly a yes is a no. */
function isYes(answer: JsonValue, yes: ReadonlySet<string>): boolean {
  if (typeof answer !== 'string') return answer === true
  const word = answer.toLowerCase()
  return word === 'true' || yes.has(word)
}

/** Words as people write them: small, with a capital, in capitals. */
function spellings(words: readonly string[]): string[] {
  return [
    ...new Set(
      words.flatMap((word) => [
        word,
        word.toLowerCase(),
        word.toUpperCase(),
        word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase(),
      ]),
    ),
  ]
}
