import {
  type AgentDefinition,
  type Interrupt,
  jsonSchema,
  type JsonValue,
  type LlmRequest,
  type Reply,
  type RunContext,
  type StoredTask,
  type Tool,
  type ToolCall,
} from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import type { LoopOptions } from '../src/loop/options'
import type { FakeScript } from '../src/testing'
import { type LoopHarness, loopHarness } from './loop-harness'

/** What a handler asks the model for. */
export type Request = LlmRequest<undefined>
/** The questions that are open. */
export const open = ({ facts }: StoredTask): Interrupt[] =>
  (facts.interrupts ?? []).filter(({ status }) => status === 'open')
const what = jsonSchema<{ what: string }>({
  type: 'object',
  properties: { what: { type: 'string' } },
  required: ['what'],
})

/** A model that does what the prompt lists, one tool after the other: "pay hotel, mail ada". Says what came of it. */
const script: FakeScript = ({ body }) => {
  const messages = body['messages'] as { role: string; content: string }[]
  const user = messages.find(({ role }) => role === 'user')?.content ?? ''
  const results = messages.flatMap(({ role, content }) => (role === 'tool' ? [content] : []))
  const step = user.split(':').at(-1)?.split(',')[results.length]
  if (step === undefined) return { text: results.join('; ') }
  const [name = '', thing = ''] = step.trim().split(' ')
  return { toolCalls: [{ name, arguments: { what: thing } }] }
}

/** An agent with three tools: `pay` is asked for, `mail` is not; `look` takes as long as it is told to. */
export function desk(
  handler: (ctx: RunContext, kit: Kit) => Promise<string | Reply>,
  where: 'handler' | 'tool' = 'handler',
  limits: Partial<Tool> = {},
  loop: LoopOptions = {},
) {
  const clock = createFakeClock()
  const did: string[] = []
  const tool = (name: string, more: Partial<Tool> = {}): Tool => ({
    name,
    description: name,
    input: what,
    run: (args: { what: string }) => `${did.push(`${name} ${args.what}`)} ${name} ${args.what}`,
    ...(more as object),
  })
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve))
  const look = async (args: { what: string }): Promise<string> => {
    did.push(`look ${args.what}`)
    await wait(Number(args.what))
    return 'looked'
  }
  const tools = [tool('pay', { needsApproval: true }), tool('mail'), tool('look', { run: look })]
  const kit: Kit = { tools, wait, did, passes: 0 }
  const own = (ctx: RunContext): Promise<string | Reply> => {
    kit.passes++
    return handler(ctx, kit)
  }
  const agent: Partial<AgentDefinition> =
    where === 'handler'
      ? { tools, onMessage: (_, ctx) => own(ctx) }
      : {
          tools: [tool('desk', { ...limits, run: (_: never, { context }: ToolCall) => own(context) } as Partial<Tool>)],
        }
  const test = loopHarness(script, agent, { clock, loop })
  return { ...kit, kit, test, did, go: () => test.send(where === 'handler' ? 'go' : 'go: desk x') }
}
export interface Kit {
  tools: Tool[]
  wait: (ms: number) => Promise<void>
  did: string[]
  passes: number
}

/** A yes to all that is open. */
export const yes = (
  test: LoopHarness,
  stored: StoredTask,
  payload: JsonValue = true,
  on = test.restarted(),
): Promise<StoredTask> =>
  test.clock
    .until(
      test.submit(
        '',
        {
          taskId: stored.task.id,
          answers: open(stored).map(({ id }) => ({ interruptId: id, status: 'resolved', payload })),
        },
        on,
      ).outcome,
    )
    .then(({ task }) => task as StoredTask)

/** What is asked to be allowed. */
export const asked = (stored: StoredTask): string[] =>
  open(stored).map(({ prompt }) => /"what":"(\w+)"/.exec(prompt)?.[1] ?? '')
