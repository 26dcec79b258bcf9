import { readFileSync } from 'node:fs'
import {
  type AgentDefinition,
  defineSkill,
  type JsonObject,
  jsonSchema,
  reply,
  type Skill,
  type StoredTask,
  type Tool,
} from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { codeOf, loopHarness, texts } from '../../test/loop-harness'
import type { FakeTurn } from '../testing'

const what = jsonSchema<{ what: string }>({
  type: 'object',
  properties: { what: { type: 'string' } },
  required: ['what'],
})

/** What the loops of the fixtures had to buy with, and what they did with it since. */
function shop() {
  const ran: string[] = []
  const tool = (name: string, needsApproval: boolean): Tool<{ what: string }> => ({
    name,
    description: name,
    input: what,
    needsApproval,
    run: (args) => `${name} ${ran.push(`${name} ${args.what}`)}`,
  })
  return { ran, tools: [tool('pay', true), tool('charge', false)] as Tool[] }
}

const buyer = (tools: Tool[], isKeyed = false): Partial<AgentDefinition> => ({
  tools: [
    {
      name: 'buy',
      description: 'Buys',
      input: what,
      run: async (args: { what: string }, { context, toolCallId }) =>
        (await context.llm.run({ ...(isKeyed && { key: toolCallId }), prompt: `buy ${args.what}`, tools })).text,
    } as Tool,
  ],
})

const agents: Record<string, (tools: Tool[]) => Partial<AgentDefinition>> = {
  tool: (tools) => buyer(tools),
  'tool-with-key': (tools) => buyer(tools, true),
  'two-tools': (tools) => buyer(tools),
  'two-tools-alike': (tools) => buyer(tools),
  'tool-again': (tools) => buyer(tools),
  handler: (tools) => ({
    tools,
    onMessage: async (_, { llm }) => reply.text((await llm.run({ prompt: 'buy ticket' })).text),
  }),
  'skill-with-instructions': (tools) => ({
    tools,
    skills: [
      defineSkill({ id: 'buy', name: 'Buy', description: 'B', input: what, instructions: 'Buy.' }) as unknown as Skill,
    ],
  }),
}

/** Goes on with what version 2 stored of such an agent. */
async function goOn(name: string) {
  const { ran, tools } = shop()
  let turns = 0
  const ask: FakeTurn = { toolCalls: [{ name: 'pay', arguments: { what: 'something' } }] }
  const test = loopHarness(() => (turns++ === 0 ? ask : { text: 'Done.' }), agents[name]?.(tools))
  // A task that waits, in place of which the old one is put.
  const waiting = loopHarness([ask], { tools }, { stores: test.stores, clock: test.clock, random: test.random })
  const asked = await waiting.send('go')
  const file = new URL(`../../test/kept-runs/${name}-v2.json`, import.meta.url)
  const { facts } = JSON.parse(readFileSync(file, 'utf8')) as Pick<StoredTask, 'facts'>
  turns = 1
  await test.stores.runStore.commit({ key: asked.key, expectedVersion: asked.version, events: [], facts })
  const open = (facts.interrupts ?? []).filter(({ status }) => status === 'open')
  const answers = open.map(({ id }) => ({ interruptId: id, status: 'resolved' as const, payload: true }))
  return { ran, task: await test.send('', { taskId: asked.task.id, answers }) }
}

describe('loops within others that version 2 stored', () => {
  it.each([
    ['tool', ['pay ticket']],
    ['tool-with-key', ['pay ticket']],
    ['two-tools', ['pay ticket', 'pay hotel']],
    ['two-tools-alike', ['pay ticket', 'pay ticket']],
    ['handler', ['pay ticket']],
    ['skill-with-instructions', ['pay ticket']],
  ])('go on (%s): what had finished does not run again', async (name, did) => {
    const { ran, task } = await goOn(name)
    expect([task.task.status.state, ran.toSorted()]).toEqual(['completed', did.toSorted()])
    expect(texts(task)).toEqual(['Done.'])
    expect(Object.keys(task.facts.state ?? {}).filter((one) => one.startsWith('pf.llm/'))).toEqual([])
  })

  it('are refused where it can not be told whose they are: nothing runs, and the questions are open again', async () => {
    const { ran, task } = await goOn('tool-again')
    expect([task.task.status.state, codeOf(task), ran]).toEqual(['input-required', 'PF_CHECKPOINT_SCHEMA', []])
  })
})

describe('loops within others that a newer version stored', () => {
  it.each(['handler', 'tool'])('leave the questions open for whoever can read them (%s)', async (name) => {
    const { ran, tools } = shop()
    let turns = 0
    const ask: FakeTurn = { toolCalls: [{ name: 'pay', arguments: { what: 'ticket' } }] }
    const buy: FakeTurn = { toolCalls: [{ name: 'buy', arguments: { what: 'ticket' } }] }
    const script = name === 'tool' ? [buy, ask] : [ask]
    const test = loopHarness(() => script[turns++] ?? { text: 'Done.' }, agents[name]?.(tools))
    const asked = await test.send('go')
    const setVersions = async (version: number): Promise<void> => {
      const stored = (await test.stores.runStore.load(asked.key)) as StoredTask
      const state = Object.fromEntries(
        Object.entries(stored.facts.state ?? {}).map(([key, value]) => [
          key,
          Object.hasOwn(value as object, 'waiting') ? { ...(value as JsonObject), version } : value,
        ]),
      )
      expect(JSON.stringify(state)).toContain(`"version":${version}`)
      await test.stores.runStore.commit({
        key: asked.key,
        expectedVersion: stored.version,
        events: [],
        facts: { state },
      })
    }
    await setVersions(4)
    const refused = await test.send('yes', { taskId: asked.task.id })
    expect([refused.task.status.state, codeOf(refused), ran]).toEqual(['input-required', 'PF_CHECKPOINT_SCHEMA', []])
    await setVersions(3)
    const done = await test.send('yes', { taskId: asked.task.id })
    expect([done.task.status.state, ran]).toEqual(['completed', ['pay ticket']])
  })
})
