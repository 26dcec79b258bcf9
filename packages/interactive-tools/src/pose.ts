import {
  compileSchema,
  type JsonObject,
  type JsonValue,
  PfError,
  suspend,
  type ToolCall,
  type ToolResult,
} from '@pf-agents/agent-core'
import { answerTimeoutsPort } from './answer-timeouts'

/** A question of a tool, and what is to be done about it. */
export interface Question {
  prompt: string
  /** JSON Schema of the answer; any text where there is none. */
  schema?: JsonObject | undefined
  /** Names what the answer fills, where several questions are open. */
  slot?: string | undefined
  timeoutMs?: number | undefined
  /** What counts where nobody answers in time, or says nothing. */
  default?: JsonValue | undefined
}

/** What came of a question. */
export type Answered =
  | { answer: JsonValue; isDefault: boolean }
  | { answer?: undefined; cancelled: true }
  | { answer?: undefined; asked: ToolResult }

/**
 * Asks, or takes the answer of a call that was asked before. An answer that does not match is asked for again, with what
 * is wrong about it.
 */
export async function pose(question: Question, call: ToolCall): Promise<Answered> {
  const { answer } = call
  if (answer === undefined) return { asked: await ask(question, call) }
  const timeouts = call.context.services.find(answerTimeoutsPort)
  const isOver = (await timeouts?.settle(call.context, call.toolCallId)) === true
  if (answer.status === 'cancelled') return { cancelled: true }
  const { payload } = answer
  const isNothing = payload === undefined || payload === null || payload === ''
  if (isNothing && question.default !== undefined) return { answer: question.default, isDefault: true }
  const problem = isNothing ? 'An answer is missing.' : await misfit(question.schema, payload)
  // Somebody may have answered at the very moment.
  const isDefault = isOver && JSON.stringify(payload) === JSON.stringify(question.default)
  if (problem === undefined) return { answer: payload as JsonValue, isDefault }
  return { asked: await ask({ ...question, prompt: `${question.prompt} (${problem})` }, call) }
}

/** What is wrong with a value, if anything. */
export async function misfit(
  schema: JsonObject | undefined,
  value: JsonValue | undefined,
): Promise<string | undefined> {
  if (schema === undefined) return undefined
  const { issues } = await compileSchema(schema).check(value)
  return issues?.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' ')
}

async function ask(question: Question, { context, toolCallId }: ToolCall): Promise<ToolResult> {
  const { prompt, schema, slot, timeoutMs, default: payload } = question
  // What expires fails its task; where the default can be given in time, nothing has to expire.
  const hasDefault =
    timeoutMs !== undefined &&
    payload !== undefined &&
    (await context.services.find(answerTimeoutsPort)?.watch(context, { toolCallId, timeoutMs, payload })) === true
  return suspend({
    kind: 'input',
    prompt,
    ...(schema && { schema }),
    ...(slot !== undefined && { slot }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(hasDefault && { hasDefault }),
  })
}

/** @throws PfError PF_CONFIG_INVALID where an option of a tool is no time */
export function checkTimeout(name: string, timeoutMs: number | undefined): void {
  if (timeoutMs === undefined || (Number.isFinite(timeoutMs) && timeoutMs > 0)) return
  throw new PfError('PF_CONFIG_INVALID', `${name}({ timeoutMs }) must be milliseconds above 0.`)
}
