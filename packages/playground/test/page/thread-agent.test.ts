import type { Message, RunAgentInput } from '@ag-ui/client'
import { expect, it } from 'vitest'
import { shortened } from '../../page/session/thread-agent'

const input = (messages: Message[]): RunAgentInput => ({ threadId: 't', runId: 'r', messages, tools: [], context: [] })
const user = (id: string): Message => ({ id, role: 'user', content: id })
const answer = (id: string, content: string): Message => ({ id, role: 'assistant', content })
const result: Message = { id: 'r', role: 'tool', toolCallId: 'c', content: '1' }

it('sends a short transcript whole', () => {
  const given = input([user('a'), answer('b', 'x'), user('c')])
  expect(shortened(given)).toBe(given)
})

it('sends what was said last, and results behind it, of a long one', () => {
  const long = answer('b', 'x'.repeat(600_000))
  const ids = (messages: Message[]) => shortened(input(messages)).messages.map(({ id }) => id)
  expect(ids([user('a'), long, user('c')])).toEqual(['c'])
  expect(ids([user('a'), long, user('c'), answer('d', 'calls'), result])).toEqual(['c', 'r'])
  expect(ids([long])).toEqual(['b'])
})
