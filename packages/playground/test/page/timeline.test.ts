import type { RunEvent, StoredEvent } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { stays } from '../../page/inspector/stays'
import { timeline } from '../../page/inspector/timeline'

const stored = (events: RunEvent[]): StoredEvent[] => events.map((event, index) => ({ seq: index + 1, event }))
const status = (state: 'working' | 'input-required' | 'completed', second: number): RunEvent => ({
  type: 'status',
  status: { state, timestamp: `2027-01-01T00:00:0${second}.000Z` },
})

describe('a timeline', () => {
  it('has pieces of one thing in one line, as long as nothing comes between', () => {
    const rows = timeline(
      stored([
        { type: 'text-start', messageId: 'm' },
        { type: 'text-delta', messageId: 'm', delta: 'one ' },
        { type: 'text-delta', messageId: 'm', delta: 'two ' },
        { type: 'tool-call-start', toolCallId: 'c', name: 'find' },
        { type: 'tool-call-delta', toolCallId: 'c', delta: '{"a":' },
        { type: 'tool-call-delta', toolCallId: 'c', delta: '1}' },
        { type: 'text-delta', messageId: 'm', delta: 'three' },
        { type: 'text-delta', messageId: 'n', delta: 'other' },
      ]),
    )
    expect(rows.map(({ seq, untilSeq, title, text }) => [seq, untilSeq, title, text])).toEqual([
      [1, 3, 'Answer', 'one two '],
      [4, 6, 'Calls find', '{"a":1}'],
      [7, 7, 'Answer', 'three'],
      [8, 8, 'Answer', 'other'],
    ])
    expect(rows.flatMap(({ events }) => events.map(({ seq }) => seq))).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('has a line for every other event', () => {
    const rows = timeline(
      stored([
        { type: 'message', message: { messageId: 'u', role: 'user', parts: [{ text: 'Hi' }] } },
        status('working', 0),
        { type: 'step-start', name: 's' },
        { type: 'tool-result', toolCallId: 'c', parts: [{ data: { a: 1 } }], isError: true },
        { type: 'interrupt-start', interrupt: { id: 'i', kind: 'input', prompt: 'Which?', status: 'open' } },
        { type: 'interrupt-end', interruptId: 'i', status: 'answered' },
        { type: 'usage', usage: { inputTokens: 3, costUsd: 0.1 } },
        { type: 'state-delta', patch: [{ op: 'remove', path: '/a' }] },
        { type: 'custom', name: 'own', value: null },
        { type: 'metadata', metadata: {} },
      ]),
    )
    expect(rows.map(({ kind, title, text }) => [kind, title, text])).toEqual([
      ['message', 'User says', 'Hi'],
      ['status', 'working', undefined],
      ['step', 'Step begins: s', undefined],
      ['result', 'Tool failed', '{"a":1}'],
      ['question', 'Asks: input', 'Which?'],
      ['question', 'Question answered', undefined],
      ['usage', 'Usage', 'inputTokens 3, costUsd 0.1'],
      ['state', 'State, 1 change', '[{"op":"remove","path":"/a"}]'],
      ['other', 'Custom own', 'null'],
      ['other', 'Metadata', '{}'],
    ])
  })
})

it('states have how long the task was in them, and one that is told again is one', () => {
  expect(
    stays(stored([status('working', 1), status('working', 2), status('input-required', 4), status('completed', 9)])),
  ).toEqual([{ state: 'working', ms: 3000 }, { state: 'input-required', ms: 5000 }, { state: 'completed' }])
  expect(stays([])).toEqual([])
})
