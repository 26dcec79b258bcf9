import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AgentDefinition,
  defineSkill,
  type Interrupt,
  jsonSchema,
  reply,
  type RunContext,
  type Skill,
  type StoredTask,
  type Tool,
} from '@pf-agents/agent-core'
import { createFakeClock, createSeededRandom } from '@pf-agents/agent-core/testing'
import { createSqliteStores } from '@pf-agents/sqlite-storage'
import { describe, expect, it } from 'vitest'
import { codeOf, type LoopHarness, loopHarness, type LoopHarnessOptions, texts } from '../../test/loop-harness'
import type { FakeScript, FakeTurn } from '../testing'

const open = ({ facts }: StoredTask): Interrupt[] => (facts.interrupts ?? []).filter(({ status }) => status === 'open')
const kept = ({ facts }: StoredTask): string[] => Object.keys(facts.state ?? {}).filter((name) => name !== 'pf.calls')

/** What was said: the first thing the user said in this loop, and the results so far. */
function said({ body }: { body: unknown }): { asked: string; results: string[] } {
  const messages = (body as { messages: { role: string; content: unknown }[] }).messages
  const { content } = messages.find(({ role }) => role === 'user') ?? { content: '' }
  return {
    asked: typeof content === 'string' ? content : JSON.stringify(content),
    results: messages.filter(({ role }) => role === 'tool').map((one) => String(one.content)),
  }
}

/** Sends `go`, then a yes to all that is asked, each in a process of its own where the stores are files. */
async function answered(
  script: FakeScript,
  agent: Partial<AgentDefinition>,
  storage: 'memory' | 'sqlite',
  loop: LoopHarnessOptions['loop'] = {},
): Promise<{ task: StoredTask; prompts: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'pf-nested-'))
  const shared = { clock: createFakeClock(), random: createSeededRandom(), loop }
  const memory = loopHarness(script, agent, shared)
  const prompts: string[] = []
  let stored: StoredTask | undefined
  try {
    for (let count = 0; count < 12; count++) {
      const sqlite = storage === 'sqlite' ? createSqliteStores({ file: join(folder, 'tasks.db') }) : undefined
      const test = sqlite ? loopHarness(script, agent, { ...shared, stores: sqlite as never }) : memory
      const next: StoredTask = stored ? await yesTo(test, stored) : await test.send('go')
      stored = next
      sqlite?.close()
      if (open(next).length === 0) return { task: next, prompts }
      prompts.push(...open(next).map(({ prompt }) => prompt))
    }
    throw new Error(`It asked for ever: ${prompts.join('\n')}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A yes to all that is open: a word where that is one question. */
function yesTo(test: LoopHarness, stored: StoredTask): Promise<StoredTask> {
  const { id: taskId } = stored.task
  const ids = open(stored).map(({ id }) => id)
  if (ids.length === 1) return test.send('yes', { taskId })
  return test.send('', {
    taskId,
    answers: ids.map((interruptId) => ({ interruptId, status: 'resolved', payload: true })),
  })
}

const what = jsonSchema<{ what: string }>({
  type: 'object',
  properties: { what: { type: 'string' } },
  required: ['what'],
})

/** A purse that keeps a list, and must be asked. */
function purse() {
  const paid: string[] = []
  const charged: string[] = []
  const pay: Tool<{ what: string }> = {
    name: 'pay',
    description: 'Pays',
    input: what,
    needsApproval: true,
    run: (args) => `receipt ${paid.push(args.what)}`,
  }
  const charge: Tool<{ what: string }> = {
    name: 'charge',
    description: 'Charges',
    input: what,
    run: (args) => `charge ${charged.push(args.what)}`,
  }
  return { paid, charged, tools: [pay, charge] as Tool[] }
}
const buyCall = (...things: string[]): FakeTurn => ({
  toolCalls: things.map((one) => ({ name: 'buy', arguments: { what: one } })),
})
/** Buys by a charge, a payment that is asked for, and an answer. */
const buys = (thing: string, results: readonly string[]): FakeTurn =>
  [
    { toolCalls: [{ name: 'charge', arguments: { what: thing } }] },
    { toolCalls: [{ name: 'pay', arguments: { what: thing } }] },
    { text: `${thing}: ${results.join(', ')}` },
  ][results.length] as FakeTurn

/** A model that buys these, one turn after the other, or all in one. */
const shopper =
  (turns: readonly (readonly string[])[]): FakeScript =>
  (request) => {
    const { asked, results } = said(request)
    if (asked !== 'go') return buys(asked.replace('buy ', ''), results)
    let count = 0
    for (const turn of turns) {
      if (results.length === count) return buyCall(...turn)
      count += turn.length
    }
    return { text: results.join(' | ') }
  }

type Buyers = (tools: Tool[]) => Partial<AgentDefinition>
const run = async (thing: string, { llm }: RunContext, tools: Tool[]): Promise<string> =>
  (await llm.run({ prompt: `buy ${thing}`, tools })).text
const buyers: Record<string, Buyers> = {
  'a tool': (tools) => ({
    tools: [
      {
        name: 'buy',
        description: 'Buys',
        input: what,
        run: (args: { what: string }, { context }) => run(args.what, context, tools),
      } as Tool,
    ],
  }),
  'a tool with a key': (tools) => ({
    tools: [
      {
        name: 'buy',
        description: 'Buys',
        input: what,
        run: async (args: { what: string }, { context }) =>
          (await context.llm.run({ key: 'buy', prompt: `buy ${args.what}`, tools })).text,
      } as Tool,
    ],
  }),
  'a skill with a handler': (tools) => ({
    skills: [
      defineSkill({
        id: 'buy',
        name: 'Buy',
        description: 'Buys',
        input: what,
        handler: (input, ctx) => run(input.what, ctx, tools),
      }) as Skill,
    ],
  }),
}

describe.each(Object.entries(buyers))('%s that asks the model', (_, buyer) => {
  it.each<[string, string[][]]>([
    ['called twice for the same, one after the other', [['ticket'], ['ticket']]],
    ['called twice for something else', [['ticket'], ['hotel']]],
    ['called side by side for the same', [['ticket', 'ticket']]],
    ['called side by side, then again', [['ticket', 'hotel'], ['ticket']]],
  ])('%s, buys each once and asks once', async (__, turns) => {
    for (const storage of ['memory', 'sqlite'] as const) {
      const { paid, charged, tools } = purse()
      const things = turns.flat()
      const script = shopper(turns)
      const { task, prompts } = await answered(script, buyer(tools), storage)
      expect([paid.toSorted(), charged.toSorted(), prompts.length]).toEqual([
        things.toSorted(),
        things.toSorted(),
        things.length,
      ])
      expect(task.task.status.state).toBe('completed')
      for (let count = 1; count <= things.length; count++) {
        expect(texts(task).at(-1)).toContain(`receipt ${count}`)
        expect(texts(task).at(-1)).toContain(`charge ${count}`)
      }
      expect(kept(task)).toEqual([])
    }
  })
})

describe('requests of one task', () => {
  it('with a key that reads like a number are not those without one', async () => {
    const { paid, charged, tools } = purse()
    const script: FakeScript = (request) => {
      const { asked, results } = said(request)
      if (asked === 'first') return buys('first', results.length === 1 ? [...results, ''] : results)
      return results.length === 0 ? { toolCalls: [{ name: 'pay', arguments: { what: asked } }] } : { text: 'second' }
    }
    const { task, prompts } = await answered(
      script,
      {
        tools,
        async onMessage(_, { llm }) {
          const first = await llm.run({ key: '1', prompt: 'first' })
          const second = await llm.run({ prompt: 'second' })
          return reply.text(`${first.text} ${second.text}`)
        },
      },
      'sqlite',
    )
    expect([charged, paid, prompts.length]).toEqual([['first'], ['second'], 1])
    expect(texts(task)).toEqual(['first: charge 1,  second'])
  })

  it('that hooks and predicates make do not count among them', async () => {
    const { paid, charged, tools } = purse()
    let looks = 0
    const script: FakeScript = (request) => {
      const { asked, results } = said(request)
      if (asked === 'look') return { text: `${++looks}` }
      return buys(asked.replace('buy ', ''), results)
    }
    const look = async (context: RunContext): Promise<void> => {
      await context.llm.run({ prompt: 'look', tools: [] })
    }
    const asking = tools.map((tool): Tool => {
      const isPay = tool.name === 'pay'
      return { ...tool, needsApproval: async (__: unknown, { context }) => (await look(context), isPay) }
    })
    const { prompts } = await answered(
      script,
      {
        async onMessage(_, { llm }) {
          await llm.run({ prompt: 'buy ticket', tools: asking })
          return (await llm.run({ prompt: 'buy hotel', tools: asking })).text
        },
      },
      'sqlite',
      { hooks: [{ beforeTool: ({ name, context }) => (name === 'charge' ? look(context) : undefined) }] },
    )
    expect([paid, charged, prompts.length]).toEqual([['ticket', 'hotel'], ['ticket', 'hotel'], 2])
  })

  it('of a hook can not wait: nobody could go on from there', async () => {
    const { paid, tools } = purse()
    const script: FakeScript = (request) =>
      said(request).asked === 'look'
        ? buys('x', ['done'])
        : { toolCalls: [{ name: 'charge', arguments: { what: 'y' } }] }
    const { task } = await answered(script, { tools }, 'memory', {
      hooks: [
        {
          beforeTool: async ({ name, context }) =>
            void (name === 'charge' && (await context.llm.run({ prompt: 'look' }))),
        },
      ],
    })
    expect([codeOf(task), paid]).toEqual(['PF_CONFIG_INVALID', []])
  })
})
