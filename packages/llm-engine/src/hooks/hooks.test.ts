import type { Tool } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { codeOf, loopHarness, messagesOf, texts } from '../../test/loop-harness'
import type { FakeTurn } from '../testing'
import type { LoopHooks, ResultToCheck } from './hooks'

const echo: Tool<{ say?: string }> = {
  name: 'echo',
  description: 'Echoes',
  input: { type: 'object', properties: { say: { type: 'string' } } },
  run: ({ say }) => `echo ${say}`,
}
const turns = (say = 'hi'): FakeTurn[] => [
  { text: 'Let me see.', toolCalls: [{ name: 'echo', arguments: { say } }] },
  { text: 'The key is sk-1.' },
]
const setup = (...hooks: LoopHooks[]) => loopHarness(turns(), { tools: [echo] }, { loop: { hooks } })
const told = (test: ReturnType<typeof setup>) => messagesOf(test, 1).at(-1)?.content

describe('before the model', () => {
  it('a hook may let pass, rewrite this prompt alone, or end the run', async () => {
    const seen: string[] = []
    const test = setup(
      { beforeModel: ({ messages, turns: made }) => void seen.push(`${made}:${messages.length}`) },
      { beforeModel: ({ messages }) => ({ messages: [{ role: 'system', text: 'Be good.' }, ...messages] }) },
      { beforeModel: ({ messages }) => void seen.push(`${messages.length}`) },
    )
    await test.send('go')
    expect(seen).toEqual(['0:1', '2', '1:3', '4'])
    expect(messagesOf(test, 1).filter(({ role }) => role === 'developer')).toHaveLength(1)

    const blocked = setup({ beforeModel: () => ({ block: 'Not today.' }) })
    const task = await blocked.send('go')
    expect([task.task.status.state, task.task.status.message?.parts]).toEqual(['rejected', [{ text: 'Not today.' }]])
    expect(blocked.provider.requests).toHaveLength(0)
  })
})

describe('after the model', () => {
  const noKeys: LoopHooks = {
    afterModel: ({ text }) => (text.includes('sk-') ? { text: text.replace(/sk-\w+/, '[key]') } : undefined),
  }

  it('a rewrite is what everybody sees: nothing of the text was told before', async () => {
    const test = setup(noKeys)
    const task = await test.send('go')
    expect(texts(task)).toEqual(['Let me see.', 'The key is [key].'])
    expect(JSON.stringify(test.events)).not.toContain('sk-1')
    expect(
      JSON.stringify(await test.stores.conversation.read(task.key, task.task.contextId, { limit: 9 })),
    ).not.toContain('sk-1')
  })

  it('a rewritten answer keeps its calls, in the history too', async () => {
    const test = setup({ afterModel: ({ toolCalls }) => (toolCalls.length > 0 ? { text: 'One moment.' } : undefined) })
    expect(texts(await test.send('go'))).toEqual(['One moment.', 'The key is sk-1.'])
    expect(messagesOf(test, 1)[1]).toMatchObject({ content: 'One moment.', tool_calls: [{ id: 'call_1_0' }] })
  })

  it('a block ends the run before a tool is called, and nothing of the text is told', async () => {
    const test = setup({ afterModel: () => ({ block: 'Not that.' }) })
    const task = await test.send('go')
    expect([task.task.status.state, texts(task), test.provider.requests.length]).toEqual(['rejected', [], 1])
    expect(test.events.some(({ type }) => type === 'tool-result' || type === 'text-delta')).toBe(false)
  })
})

describe('around a tool', () => {
  it('a hook may rewrite arguments; they are checked again', async () => {
    const test = setup({
      beforeTool: ({ name, arguments: args }) => ({ arguments: { say: `${name} ${JSON.stringify(args)}` } }),
    })
    await test.send('go')
    expect(told(test)).toBe('echo echo {"say":"hi"}')
    const wrong = setup({ beforeTool: () => ({ arguments: { say: 1 } }) })
    await wrong.send('go')
    expect(told(wrong)).toContain('do not match the schema')
  })

  it('a block is told to the model, and the tool is not run', async () => {
    const test = setup({ beforeTool: () => ({ block: 'Not here.' }) })
    const task = await test.send('go')
    expect([task.task.status.state, told(test)]).toEqual(['completed', 'The call was refused: Not here.'])
  })

  it('a result may be rewritten or withheld', async () => {
    const test = setup(
      { afterTool: ({ parts }) => ({ parts: [...parts, { text: 'more' }] }) },
      { afterTool: ({ parts, isError }) => ({ parts: [{ text: `${parts.length} ${isError}` }], isError: true }) },
    )
    await test.send('go')
    expect(told(test)).toBe('2 false')
    expect(test.events).toContainEqual({
      type: 'tool-result',
      toolCallId: 'call_1_0',
      parts: [{ text: '2 false' }],
      isError: true,
    })
    const withheld = setup({ afterTool: () => ({ block: 'Private.' }) })
    await withheld.send('go')
    expect(told(withheld)).toBe('The result was withheld: Private.')
  })

  it("a result of the client's tools may be, too", async () => {
    const clientTools = [{ name: 'page', description: 'Reads the page', parameters: { type: 'object' } }]
    const test = loopHarness(
      [{ toolCalls: [{ name: 'page', arguments: { at: 1 } }, { name: 'page' }] }, { text: 'Done.' }],
      {},
      { loop: { hooks: [{ afterTool: (seen) => ({ parts: [{ text: said(seen) }] }) }] } },
    )
    const said = ({ name, arguments: args, parts, isError }: ResultToCheck) =>
      `${name} ${JSON.stringify(args)} ${parts[0]?.text} ${isError}`
    const asked = await test.send('go', { clientTools })
    const [first, second] = asked.facts.interrupts ?? []
    const answers = [
      { interruptId: first?.id ?? '', status: 'resolved' as const, payload: 'SECRET' },
      { interruptId: second?.id ?? '', status: 'cancelled' as const },
    ]
    await test.send('', { taskId: asked.task.id, clientTools, answers })
    const results = messagesOf(test, 1).filter(({ role }) => role === 'tool')
    expect(results.map(({ content }) => content)).toEqual([
      'page {"at":1} SECRET false',
      'page {} The client did not carry it out. true',
    ])
    expect(test.events).toContainEqual(
      expect.objectContaining({ type: 'tool-result', parts: [{ text: 'page {"at":1} SECRET false' }] }),
    )
  })

  it('what was approved is what runs: rewritten before the question, not after', async () => {
    let asked = 0
    const ran: unknown[] = []
    const tool: Tool<{ say?: string }> = { ...echo, needsApproval: true, run: ({ say }) => void ran.push(say) as never }
    const hooks: LoopHooks[] = [{ beforeTool: () => ({ arguments: { say: `rewritten ${++asked}` } }) }]
    const test = loopHarness(turns(), { tools: [tool] }, { loop: { hooks } })
    const { task, facts } = await test.send('go')
    expect(facts.interrupts?.[0]?.prompt).toContain('{"say":"rewritten 1"}')
    await test.send('yes', { taskId: task.id })
    expect([asked, ran]).toEqual([1, ['rewritten 1']])
  })
})

it('a hook that throws fails the run', async () => {
  const test = setup({
    beforeTool() {
      throw new Error('Broken')
    },
  })
  const task = await test.send('go')
  expect([task.task.status.state, codeOf(task)]).toEqual(['failed', 'PF_INTERNAL'])
})
