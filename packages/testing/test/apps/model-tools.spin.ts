// A scripted model over the features that work on what it says: each request is a new instance, so what it says follows
// from what it is told.
import { a2aServer } from '@pf-agents/a2a-server'
import { defineAgent, defineTool, jsonSchema, type ModelMessage, secret, type Tool } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { contextWindow, conversationMemory } from '@pf-agents/context-window'
import { interactiveTools } from '@pf-agents/interactive-tools'
import { llmEngine } from '@pf-agents/llm-engine'
import { spinStorage } from '@pf-agents/spin-storage'
import { mockModel, type MockTurn } from '../../src/index'

const pages = 12
const page = (index: number): string => Array.from({ length: 300 }, (_, at) => `page${index}word${at}`).join(' ')

const fetchPage = defineTool({
  name: 'fetch_page',
  description: 'Fetches a page.',
  input: jsonSchema<{ index: number }>({
    type: 'object',
    properties: { index: { type: 'integer' } },
    required: ['index'],
  }),
  run: ({ index }) => page(index),
})

function textsOf(messages: readonly ModelMessage[]): { asked: string; results: string[] } {
  const last = messages.findLast((message) => message.role === 'user')
  const part = last?.role === 'user' ? last.content[0] : undefined
  const results = messages.flatMap((message) =>
    message.role === 'tool'
      ? message.content.map(({ parts }) => parts.map(({ text, data }) => text ?? JSON.stringify(data)).join(''))
      : [],
  )
  return { asked: part?.type === 'text' ? part.text : '', results }
}

/** A prompt in short, message by message. */
function inShort(messages: readonly ModelMessage[]): string {
  const short = messages.flatMap((message) => {
    if (message.role === 'system') return []
    const parts = message.content.map((part) =>
      part.type === 'text' ? part.text : part.type === 'tool-call' ? `call ${part.name}` : part.type,
    )
    return [`${message.role}: ${parts.join(', ')}`]
  })
  return short.join('; ')
}

const optional: Tool = {
  name: 'optional',
  description: 'Reads what the host need not have.',
  async run(_, { context }) {
    const key = await context.secret(secret('HOOK_KEY', { optional: true }))
    return `${String(key)} ${String(await context.variable('TONE'))}`
  },
}

const call = (name: string, args: object): MockTurn => ({ toolCalls: [{ name, arguments: args as never }] })

const model = mockModel({
  profile: { contextWindow: 6_000, maxOutputTokens: 500 },
  turns({ messages, tools = [] }) {
    const { asked, results } = textsOf(messages)
    const newest = results.at(-1) ?? ''
    const usage = { inputTokens: Math.round(JSON.stringify(messages).length / 2.6), outputTokens: 5 }
    if (usage.inputTokens > 6_000) return { error: 'PF_MODEL_CONTEXT_LENGTH' }
    const [verb, ...rest] = asked.split(' ')
    if (verb === 'what') return { text: inShort(messages), usage }
    const argument = rest.join(' ')
    if (verb === 'read') {
      const index = /page(\d+)word/.exec(newest)?.[1]
      if (newest.startsWith('Characters')) return { text: newest, usage }
      if (Number(index ?? -1) < pages - 1) return { ...call('fetch_page', { index: Number(index ?? -1) + 1 }), usage }
      const id = /id "(r\w+)"/.exec(results.find((text) => text.includes('left out here')) ?? '')?.[1] ?? 'none'
      return { ...call('read_tool_result', { id, offset: 0, length: 20 }), usage }
    }
    if (newest !== '') return { text: `I was told: ${newest}`, usage }
    if (verb === 'ask') return { ...call('ask', { question: 'Which city?', options: ['Oslo', 'Rome'] }), usage }
    if (verb === 'optional') return { ...call('optional', {}), usage }
    if (verb === 'remember') return { ...call('remember', { text: argument }), usage }
    if (verb === 'recall') return { ...call('recall', { query: argument }), usage }
    return { text: tools.map(({ name }) => name).join(' '), usage }
  },
})

const agent = defineAgent({
  name: 'tools',
  description: 'Uses tools',
  version: '1.0.0',
  model,
  tools: [fetchPage, optional],
  needs: { secrets: [secret('HOOK_KEY', { optional: true })], variables: { TONE: { optional: true } } },
})

export default createApp(agent, [
  a2aServer(),
  llmEngine({ maxTurns: 30 }),
  contextWindow({ offload: { minTokens: 300 } }),
  conversationMemory(),
  interactiveTools(),
  spinStorage(),
])
