import type { JsonValue } from '../model/json'
import type { Reply } from '../reply/reply'
import type { RunEvent } from '../event/run-event'
import type { RunContext } from '../runtime/run-context'
import type { Schema, SchemaOutput } from '../schema/schema'

/**
 * What a handler gives: a reply (a string is a text reply), or an iterable of events that may end with a reply;
 * strings in it are text as it is made. Nothing at all completes the task.
 */
export type HandlerResult = HandlerEnd | Promise<HandlerEnd> | AsyncIterable<RunEvent | Reply | string>

/** How a handler ends. */
export type HandlerEnd = Reply | string | undefined | void | AsyncIterable<RunEvent | Reply | string>

/** Does the work of a skill or an agent. */
export type Handler<Input> = (input: Input, context: RunContext) => HandlerResult

/** Something an agent can do, as its card shows it. */
export interface Skill {
  id: string
  name: string
  description: string
  tags: readonly string[]
  examples?: readonly string[]
  /** Media types it takes; default the agent's. */
  inputModes?: readonly string[]
  /** Media types it gives; default the agent's. */
  outputModes?: readonly string[]
  /**
   * Scopes a caller must have to use it, whichever way it gets there; they stand on the card. Who lacks one is told so
   * where its message names the skill, and rejected where the skill was chosen for it. Default none.
   */
  scopes?: readonly string[]
  /** Schema of the input: the message's one data part, or its text where the schema takes a string. */
  input?: Schema
  /** Schema of the data it gives. */
  output?: Schema
  /** What a model is told about how to do it. */
  instructions?: string
  // A method, so that a list may hold skills of different inputs.
  handler?(input: never, context: RunContext): HandlerResult
}

/** {@link Skill} with its handler's input typed by the schema. */
export type SkillDefinition<I extends Schema | undefined> = Omit<Skill, 'handler' | 'input' | 'tags'> & {
  tags?: readonly string[]
  input?: I
  handler?: Handler<I extends Schema ? SchemaOutput<I> : JsonValue>
}

/**
 * Defines a skill. The handler's input is what the schema gives; without a schema it is the message's data or text.
 *
 * @example
 * ```ts
 * const greet = defineSkill({
 *   id: 'greet', name: 'Greet', description: 'Greets somebody by name',
 *   input: jsonSchema<{ name: string }>({ type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }),
 *   handler: ({ name }) => reply.text(`Hello ${name}`),
 * })
 * ```
 */
export function defineSkill<const I extends Schema | undefined = undefined>(definition: SkillDefinition<I>): Skill {
  return { tags: [], ...definition } as Skill
}
