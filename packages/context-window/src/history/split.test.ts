import type { ModelAssistantMessage, ModelMessage } from '@pf-agents/agent-core'
import { expect, it } from 'vitest'
import { splitHistory } from './split'

const system: ModelMessage = { role: 'system', text: 'Be brief.' }
const user: ModelMessage = { role: 'user', content: [{ type: 'text', text: 'Hi' }] }
const said: ModelMessage = { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] }
const calls = (...ids: string[]): ModelAssistantMessage => ({
  role: 'assistant',
  content: ids.map((toolCallId) => ({ type: 'tool-call', toolCallId, name: 'f', arguments: '{}' })),
})
const results = (...ids: string[]): ModelMessage => ({
  role: 'tool',
  content: ids.map((toolCallId) => ({ type: 'tool-result', toolCallId, name: 'f', parts: [{ text: toolCallId }] })),
})

it('keeps parallel calls and all their results together, in as many messages as they come', () => {
  const messages = [system, system, user, calls('a', 'b', 'c'), results('a'), results('b', 'c'), said, system, user]
  const { head, steps, repaired } = splitHistory(messages)
  expect(head).toEqual([system, system])
  expect(steps).toEqual([[user], messages.slice(3, 6), [said], [system], [user]])
  expect(repaired).toBe(0)
  // Whole messages are handed on, not copied.
  expect(steps[1]?.[1]).toBe(messages[4])
})

it('keeps what a model said in several messages on end together, up to its calls', () => {
  const { steps } = splitHistory([user, said, said, calls('a'), results('a'), said])
  expect(steps.map(({ length }) => length)).toEqual([1, 4, 1])
})

it('leaves out results without a call, and those given twice', () => {
  const { steps, repaired } = splitHistory([user, results('x'), calls('a'), results('a', 'a', 'y'), results('z')])
  expect(steps).toEqual([[user], [calls('a'), results('a')]])
  expect(repaired).toBe(4)
})

it('gives calls without a result an error, behind the results there are', () => {
  const { steps, repaired } = splitHistory([user, calls('a', 'b'), results('b'), calls('c')])
  const tool = steps[1]?.[1]
  expect(tool?.role === 'tool' && tool.content.map(({ toolCallId, isError }) => [toolCallId, isError])).toEqual([
    ['b', undefined],
    ['a', true],
  ])
  expect(steps[2]?.[1]?.role).toBe('tool')
  expect(repaired).toBe(2)
})

it('knows no steps where there are orders alone, and none where there is nothing', () => {
  expect(splitHistory([system])).toEqual({ head: [system], steps: [], repaired: 0 })
  expect(splitHistory([])).toEqual({ head: [], steps: [], repaired: 0 })
})
