import type { Message } from '@ag-ui/client'
import { expect, it } from 'vitest'
import { transcript } from '../../page/chat/transcript'

const call = (id: string, name: string, args = '{}') => ({
  id,
  type: 'function' as const,
  function: { name, arguments: args },
})

it('has results with their calls, and nothing twice', () => {
  const messages: Message[] = [
    { id: 'u', role: 'user', content: 'Go' },
    { id: 'r', role: 'reasoning', content: 'Hm', subagentRunId: 'sub' },
    { id: 'a', role: 'assistant', content: 'Let me look.', toolCalls: [call('c1', 'one'), call('c2', 'two', '{"a":')] },
    { id: 't', role: 'tool', toolCallId: 'c1', content: '0' },
    { id: 'v', role: 'activity', activityType: 'plan', content: { done: 1 } },
    { id: 's', role: 'system', content: 'unseen' },
  ]
  expect(transcript(messages)).toEqual([
    { kind: 'user', id: 'u', text: 'Go', media: [] },
    { kind: 'reasoning', id: 'r', text: 'Hm', by: 'sub' },
    {
      kind: 'assistant',
      id: 'a',
      text: 'Let me look.',
      calls: [
        { id: 'c1', name: 'one', args: '{}', result: '0', isError: false },
        { id: 'c2', name: 'two', args: '{"a":', isError: false },
      ],
    },
    { kind: 'activity', id: 'v', type: 'plan', content: { done: 1 } },
  ])
})

it('tells a call that failed', () => {
  const failed = (more: object): Message[] => [
    { id: 'a', role: 'assistant', toolCalls: [call('c', 'one')] },
    { id: 't', role: 'tool', toolCallId: 'c', content: 'no', ...more } as Message,
  ]
  for (const more of [{ error: 'no' }, { metadata: { 'pf-agents': { isError: true } } }])
    expect(transcript(failed(more))[0]).toMatchObject({ calls: [{ isError: true }] })
  expect(transcript(failed({ metadata: { 'pf-agents': {} } }))[0]).toMatchObject({ calls: [{ isError: false }] })
})

it('has the text of parts, and counts the rest', () => {
  const image = { type: 'image', source: { type: 'url', value: 'https://x.example/p.png' } } as const
  const [entry] = transcript([
    { id: 'u', role: 'user', content: [{ type: 'text', text: 'See ' }, image, { type: 'text', text: 'this' }] },
  ])
  expect(entry).toEqual({ kind: 'user', id: 'u', text: 'See this', media: [image] })
})

it('leaves out what is empty so far', () => {
  expect(transcript([{ id: 'a', role: 'assistant', content: '' }])).toEqual([])
})
