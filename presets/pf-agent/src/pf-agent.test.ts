import { readFileSync } from 'node:fs'
import { HttpAgent } from '@ag-ui/client'
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { defineAgent, type Tool } from '@pf-agents/agent-core'
import { llmEngine } from '@pf-agents/llm-engine'
import { mockModel, type MockTurnSource } from '@pf-agents/testing'
import { startNode } from '@pf-agents/testing/node'
import { describe, expect, it } from 'vitest'
import { pfAgent } from './pf-agent'

const quiet = { logger: { log: () => {} } }
const asks: MockTurnSource = {
  toolCalls: [{ name: 'ask', arguments: { question: 'Which city?', options: ['Oslo', 'Rome'] } }],
}
const thinking = (turns: MockTurnSource[], tools: Tool[] = []) => {
  const model = mockModel({ turns, profile: { contextWindow: 4_000, maxOutputTokens: 200 } })
  const agent = defineAgent({ name: 'guide', description: 'Guides', version: '1.0.0', model, tools })
  return { model, agent }
}

describe('the full agent', () => {
  it('thinks and asks over A2A, and over AG-UI', async () => {
    const { agent } = thinking([asks, 'To Rome.', asks, 'To Oslo.'])
    await using app = await startNode(pfAgent(agent, quiet))
    const client = createA2AClient({ url: app.url })
    const asked = await client.sendMessage({ message: userMessage('Where to?') })
    if (!('task' in asked)) throw new Error('No task.')
    expect(asked.task.status).toMatchObject({ state: 'input-required' })
    const { id: taskId, contextId } = asked.task
    const done = await client.sendMessage({ message: { ...userMessage('Rome'), taskId, contextId } })
    expect(JSON.stringify(done)).toContain('To Rome.')

    const page = new HttpAgent({ url: `${app.url}/agui`, threadId: 't1' })
    page.addMessage({ id: 'u1', role: 'user', content: 'Where to?' })
    let interrupts: { id: string }[] = []
    await page.runAgent(
      {},
      {
        onRunFinishedEvent: ({ event }) => {
          interrupts = (event as unknown as { outcome: { interrupts: { id: string }[] } }).outcome.interrupts
        },
      },
    )
    const resume = [{ interruptId: interrupts[0]?.id ?? '', status: 'resolved' as const, payload: 'Oslo' }]
    await page.runAgent({ resume })
    expect(page.messages.at(-1)?.content).toBe('To Oslo.')
  })

  it('keeps prompts within the window of the model', async () => {
    const long: Tool = { name: 'read', description: 'Reads', run: () => 'word '.repeat(9_000) }
    const { agent, model } = thinking([{ toolCalls: [{ name: 'read' }] }, 'Read.'], [long])
    await using app = await startNode(pfAgent(agent, quiet))
    await createA2AClient({ url: app.url }).sendMessage({ message: userMessage('Read it') })
    expect(JSON.stringify(model.calls[1]?.messages).length).toBeLessThan(20_000)
    expect(JSON.stringify(model.calls[1]?.messages)).toContain('word word')
  })

  it("takes the agent's own tool where it has one of the name of another", async () => {
    const own: Tool = { name: 'ask', description: 'Asks an oracle', run: () => '42' }
    const { agent, model } = thinking([{ toolCalls: [{ name: 'ask' }] }, 'So be it.'], [own])
    await using app = await startNode(pfAgent(agent, quiet))
    const done = await createA2AClient({ url: app.url }).sendMessage({ message: userMessage('?') })
    expect(JSON.stringify(done)).toContain('So be it.')
    expect(model.calls[0]?.tools?.map(({ name, description }) => [name, description?.slice(0, 14)])).toEqual([
      ['ask', 'Asks an oracle'],
      ['confirm', expect.any(String)],
    ])
  })

  it('serves an agent without a model just as well', async () => {
    const agent = defineAgent({
      name: 'echo',
      description: 'd',
      version: '1',
      onMessage: ({ text }) => `Echo: ${text}`,
    })
    await using app = await startNode(pfAgent(agent, quiet))
    const { message } = (await createA2AClient({ url: app.url }).sendMessage({ message: userMessage('hi') })) as {
      message: unknown
    }
    expect(JSON.stringify(message)).toContain('Echo: hi')
  })

  it('has what is set, replaced or switched off', () => {
    const { agent } = thinking([])
    const app = pfAgent(agent, {
      ...quiet,
      features: { 'llm-engine': llmEngine({ maxTurns: 1 }), 'interactive-tools': false, 'agui-stream': false },
    })
    expect(
      app
        .describe()
        .features.map(({ name }) => name)
        .sort(),
    ).toEqual(['a2a-server', 'context-window', 'event-stream', 'llm-engine'])
    expect(() => pfAgent(agent, { ...quiet, features: { 'llm-engine': false } })).toThrow(
      'Nothing provides pf.agent-engine; the agent "guide" has a model. Install @pf-agents/llm-engine and pass llmEngine()',
    )
  })

  it('says why it does not work in a component, in the words of its package', () => {
    const { pf } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    expect(pfAgent.definition.unavailable).toEqual(pf.unavailable['.'])
  })
})
