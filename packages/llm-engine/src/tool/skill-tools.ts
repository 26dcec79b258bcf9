import {
  type Agent,
  checkSkillScopes,
  compileSchema,
  dataOf,
  isReply,
  jsonSchema,
  type Part,
  type Reply,
  type RunContext,
  type RunEvent,
  type Skill,
  textOf,
  ThrownReply,
  type Tool,
  type ToolCall,
  type ToolResult,
} from '@pf-agents/agent-core'
import { skillContext } from '../loop/scope'
import { issuesText } from '../output/answer'
import { failure } from './result-parts'

/** Carries out a skill that has instructions and no handler. */
export type SkillRun = (agent: Agent, skill: Skill, input: unknown, call: ToolCall) => Promise<ToolResult>

const words = jsonSchema<{ input: string }>({
  type: 'object',
  properties: { input: { type: 'string', description: 'What is to be done, in words.' } },
  required: ['input'],
})

/** An agent's skills as tools of its own model, in their order. */
export function skillTools(agent: Agent, runSkill: SkillRun): readonly Tool[] {
  return agent.skills.map((skill) => skillTool(agent, skill, runSkill))
}

function skillTool(agent: Agent, skill: Skill, runSkill: SkillRun): Tool {
  const { id, name, description, examples = [], input } = skill
  const output = skill.output && compileSchema(skill.output)
  return {
    name: id,
    description: [`${name}: ${description}`, ...examples.map((example) => `Example: ${example}`)].join('\n'),
    input: input ?? words,
    async run(args: unknown, call) {
      checkSkillScopes(skill, call.context.principal)
      const given = input === undefined ? (args as { input: string }).input : args
      if (skill.handler === undefined) return runSkill(agent, skill, given, call)
      const unanswered = call.context.interrupts.find(
        (one) => one.toolCallId === call.toolCallId && one.status === 'canceled',
      )
      // Called again it would only ask again.
      if (unanswered !== undefined) return failure(`The user does not answer "${unanswered.prompt}". Go on without it.`)
      const context = skillContext(call.context, call.toolCallId)
      const result = await handled(skill.handler(given as never, context), context)
      if (output === undefined || result.isError === true) return result
      const data = dataOf(result.parts)
      const checked = await output.check(data === undefined && output.takesText ? textOf(result.parts) : data)
      if (checked.issues === undefined) return result
      return failure(`The skill gave output that does not match its schema. ${issuesText(checked.issues)}`)
    },
  }
}

/** Waits for what a handler gives. What it asks, the run asks. */
async function handled(
  result: ReturnType<NonNullable<Skill['handler']>>,
  context: RunContext,
): Promise<{ parts: readonly Part[]; isError?: boolean }> {
  const end = await result
  if (end === undefined) return { parts: [] }
  if (typeof end === 'string') return { parts: [{ text: end }] }
  if (isReply(end)) return replied(end)
  return streamed(end as AsyncIterable<RunEvent | Reply | string>, context)
}

/** Text that a handler streams is its result; its events are told. */
async function streamed(
  stream: AsyncIterable<RunEvent | Reply | string>,
  context: RunContext,
): Promise<{ parts: readonly Part[]; isError?: boolean }> {
  const texts: string[] = []
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<
    RunEvent | Reply | string,
    Reply | string | undefined
  >
  for (;;) {
    const { done, value } = await iterator.next()
    if (done !== true && typeof value === 'string') texts.push(value)
    else if (done !== true && !isReply(value)) context.emit(value as RunEvent)
    else {
      if (done !== true) await iterator.return?.()
      const { parts, isError } = await handled(value as Reply | string | undefined, context)
      const text: Part[] = texts.length > 0 ? [{ text: texts.join('') }] : []
      return { parts: [...text, ...parts], ...(isError && { isError }) }
    }
  }
}

function replied(reply: Reply): { parts: readonly Part[]; isError?: boolean } {
  switch (reply.reply) {
    case 'message':
      return { parts: reply.parts }
    case 'completed':
      return { parts: [...(reply.parts ?? []), ...reply.artifacts.flatMap(({ parts }) => parts)] }
    case 'suspended':
      throw new ThrownReply(reply)
    default:
      return { parts: reply.parts, isError: true }
  }
}
