import { expect, it } from 'vitest'
import { incomingMessage } from './message'
import { dataOf, textOf } from './part'
import { isActive, isInterrupted, isTerminal, type TaskState } from './task-state'

it('text and data are read out of parts', () => {
  expect(textOf([])).toBe('')
  expect(textOf([{ url: 'x' }])).toBe('')
  expect(textOf([{ text: 'a' }, { data: 'no' }, { text: 'b' }])).toBe('ab')
  expect(dataOf([{ text: 'a' }])).toBeUndefined()
  expect(dataOf([{ text: 'a' }, { data: null }, { data: 1 }])).toBeNull()
})

it('an incoming message reads as the message itself, with text and data beside it', () => {
  const message = {
    messageId: 'm',
    role: 'user' as const,
    parts: [{ text: 'a' }, { data: { b: 1 } }],
    metadata: { c: 1 },
  }
  const incoming = incomingMessage(message)
  expect([incoming.text, incoming.data]).toEqual(['a', { b: 1 }])
  expect(JSON.parse(JSON.stringify(incoming))).toEqual(message)
  expect({ ...incoming }).toEqual(message)
})

it('every state is either over, waiting, under way, or unknown', () => {
  const states: TaskState[] = [
    'unspecified',
    'submitted',
    'working',
    'input-required',
    'auth-required',
    'completed',
    'failed',
    'canceled',
    'rejected',
  ]
  expect(
    states.map((state) => [isActive(state), isInterrupted(state), isTerminal(state)].map(Number).join('')),
  ).toEqual(['000', '100', '100', '010', '010', '001', '001', '001', '001'])
})
