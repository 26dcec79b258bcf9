import {
  createMemoryKeyValue,
  type KeyValue,
  type ModelMessage,
  type ToolCall,
  type ToolResult,
} from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { createContextStrategy, readToolResult } from '../src/index'
import { resultStore } from '../src/results/result-store'
import { count } from './check-prompt'
import { testContext, testRequest } from './request'

const counter = { name: 'thirds', count }
const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] })
const called = (id: string, text: string): ModelMessage[] => [
  { role: 'assistant', content: [{ type: 'tool-call', toolCallId: id, name: 'search', arguments: '{}' }] },
  {
    role: 'tool',
    content: [
      {
        type: 'tool-result',
        toolCallId: id,
        name: 'search',
        parts: [{ text }, { raw: 'AAAA', mediaType: 'image/png' }],
      },
    ],
  },
]
const page = (index: number): string => Array.from({ length: 400 }, (_, at) => `word${index}x${at}`).join(' ')
const history = (many: number): ModelMessage[] => [
  user('Find all of them.'),
  ...Array.from({ length: many }, (_, index) => called(`c${index}`, page(index))).flat(),
]
const textOf = (result: ToolResult): string => (result as { parts: { text: string }[] }).parts[0]?.text ?? ''
const fileTokens = () => 50

describe('results put aside', () => {
  it('are shown by their beginning, keep their pictures, and can be read back whole', async () => {
    const context = testContext()
    const strategy = createContextStrategy({ counter, fileTokens, offload: { minTokens: 500 } })
    const { messages, removed } = await strategy.fit(testRequest(history(12), 16_000, { context }))
    expect(messages.length).toBe(history(12).length)
    expect(removed).toBe(11)
    const stub = messages[2]?.role === 'tool' ? messages[2].content[0] : undefined
    expect(stub?.parts[1]).toEqual({ raw: 'AAAA', mediaType: 'image/png' })
    const shown = stub?.parts[0]?.text ?? ''
    expect(shown.startsWith(page(0).slice(0, 400))).toBe(true)
    const id = /id "(\w+)" and offset 400/.exec(shown)?.[1] as string

    const tool = readToolResult()
    const read = async (args: object, from = context) =>
      textOf(await tool.run({ id, ...args }, { context: from } as unknown as ToolCall))
    const pieces: string[] = []
    for (let offset = 0; offset < page(0).length; offset += 1_000) {
      pieces.push((await read({ offset, length: 1_000 })).replace(/^.*\n/, ''))
    }
    expect(pieces.join('')).toBe(page(0))
    expect(await read({ find: 'WORD0x399' })).toMatch(/^At \d+: … .*word0x399 …$/)
    expect(await read({ find: 'no such thing' })).toBe('The text is not in this result.')
    // Somebody else, and another conversation, have no such result.
    for (const other of [testContext({ principal: 'p2' }), testContext({ contextId: 'c2' })])
      expect(await read({}, other)).toMatch(/^There is no result/)
  })

  it('stay aside and stay the same from call to call', async () => {
    const context = testContext()
    const strategy = createContextStrategy({ counter, fileTokens, offload: { minTokens: 500 } })
    const first = await strategy.fit(testRequest(history(12), 16_000, { context }))
    const second = await strategy.fit({ ...testRequest(history(13), 16_000, { context }), state: first.state as never })
    expect(second.messages.slice(0, first.messages.length)).toEqual(first.messages)
  })

  it('stay in the prompt where they can not be kept, and the run goes on', async () => {
    const broken: KeyValue = { ...createMemoryKeyValue(), set: () => Promise.reject(new Error('disk full')) }
    const context = testContext({ keyValue: broken })
    const strategy = createContextStrategy({ counter, fileTokens, offload: { minTokens: 500 } })
    const { messages } = await strategy.fit(testRequest(history(12), 16_000, { context }))
    expect(JSON.stringify(messages)).not.toContain('read_tool_result')
    expect(context.logs.map(({ message }) => message)).toContain('A long result could not be put aside.')
  })

  it('are bounded in number and length, the oldest going first', async () => {
    const keyValue = createMemoryKeyValue()
    const store = resultStore(testContext({ keyValue }), { maxResults: 3, maxLength: 100 })
    for (const id of ['a', 'b', 'c', 'd']) expect(await store?.put(id, id.repeat(20))).toBe(true)
    expect(await store?.get('a')).toBeUndefined()
    expect(await store?.get('b')).toBe('b'.repeat(20))
    await store?.put('e', 'e'.repeat(70))
    expect(await store?.get('c')).toBeUndefined()
    expect(await store?.get('d')).toBe('d'.repeat(20))
    expect(await store?.put('f', 'f'.repeat(101))).toBe(false)
    expect(keyValue.keys('').length).toBe(3)
  })

  it('are all listed where several runs put some aside at once', async () => {
    const keyValue = createMemoryKeyValue()
    const stores = Array.from({ length: 8 }, () => resultStore(testContext({ keyValue }), { maxResults: 5 }))
    await Promise.all(stores.map((store, index) => store?.put(`r${index}`, 'x')))
    expect(keyValue.keys('').length).toBe(6)
  })
})
