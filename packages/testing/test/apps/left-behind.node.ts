// Says "wrapped": two requests in functions of its own, one waited for after the other. "noted": a tool that asks the
// model when it is over. "late": a tool that takes too long does so twice. "broken": a mistake of its own that nobody catches.
import { a2aServer } from '@pf-agents/a2a-server'
import { defineAgent, defineTool, jsonSchema } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { serve } from '@pf-agents/app/node'
import { llmEngine } from '@pf-agents/llm-engine'
import { mockModel } from '@pf-agents/testing'

const none = jsonSchema({ type: 'object' })
const pay = defineTool({ name: 'pay', description: 'Pays', input: none, needsApproval: true, run: () => 'paid' })
const note = defineTool({
  name: 'note',
  description: 'Notes',
  input: none,
  run: (_, { context }) => {
    const later = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      await context.llm.run({ prompt: 'later', tools: [] })
    }
    void later()
    return 'noted'
  },
})

const slow = defineTool({
  name: 'slow',
  description: 'Takes long',
  input: none,
  timeoutMs: 100,
  run: async (_, { context }) => {
    const one = async (): Promise<string> => (await context.llm.run({ prompt: 'stall', tools: [] })).text
    const first = one()
    const second = one()
    return `${await first} ${await second}`
  },
})

const agent = defineAgent({
  name: 'left-behind',
  description: 'Leaves things behind',
  version: '1.0.0',
  model: mockModel({
    turns: ({ messages, tools = [] }) => {
      if (JSON.stringify(messages).includes('stall')) return { stall: true }
      const name = tools[0]?.name
      return messages.at(-1)?.role === 'tool' || name === undefined ? 'done' : { toolCalls: [{ name }] }
    },
  }),
  async onMessage({ text }, { llm }) {
    if (text === 'broken') {
      void Promise.reject(new Error('A mistake of its own'))
      return 'broken'
    }
    const one = async (prompt: string): Promise<string> =>
      (
        await llm.run({
          prompt,
          tools: [({ noted: note, late: slow } as Record<string, unknown>)[text] ?? pay] as never,
        })
      ).text
    const first = one('a')
    const second = one('b')
    return `${await first} ${await second}`
  },
})
const { url } = await serve(createApp(agent, [llmEngine(), a2aServer()]), { port: Number(process.env['PORT']) })
console.log(url)
