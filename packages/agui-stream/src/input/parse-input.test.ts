import { describe, expect, it } from 'vitest'
import { parseRunInput } from './parse-input'

const base = { threadId: 't', runId: 'r', messages: [] }

function parse(value: object) {
  const warnings: string[] = []
  return { input: parseRunInput({ ...base, ...value } as never, (warning) => warnings.push(warning)), warnings }
}

describe('the input of a run', () => {
  it('takes null for what is absent, as older clients have it', () => {
    const { input } = parse({
      state: null,
      tools: null,
      context: null,
      forwardedProps: null,
      resume: null,
      parentRunId: null,
      messages: [{ id: 'a', role: 'assistant', content: null, toolCalls: null, name: null }],
    })
    expect(input).toEqual({ ...base, messages: [{ id: 'a', role: 'assistant' }], tools: [], context: [], resume: [] })
  })

  it('keeps what is falsy and an answer', () => {
    const resume = [false, 0, '', null].map((payload, index) => ({
      interruptId: `i${index}`,
      status: 'resolved',
      payload,
    }))
    expect(parse({ resume, state: 0, forwardedProps: false }).input).toMatchObject({
      resume,
      state: 0,
      forwardedProps: false,
    })
    expect(parse({ resume: [{ interruptId: 'i', status: 'resolved' }] }).input.resume).toEqual([
      { interruptId: 'i', status: 'resolved' },
    ])
  })

  it('reads the parts of older clients, and leaves out what it does not know', () => {
    const { input, warnings } = parse({
      messages: [
        {
          id: 'u',
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            { type: 'binary', mimeType: 'image/png', data: 'AAAA' },
            { type: 'binary', mimeType: 'application/pdf', url: 'https://x.test/a.pdf' },
            { type: 'binary', mimeType: 'audio/mp3', id: 'kept-elsewhere' },
            { type: 'hologram' },
            { type: 'video', source: { type: 'ether', value: 'x' } },
          ],
        },
        { id: 'x', role: 'narrator', content: 'once upon a time' },
        { id: 'y', role: 'activity', activityType: 'plan', content: {} },
      ],
    })
    expect(input.messages).toEqual([
      {
        id: 'u',
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image', source: { type: 'data', value: 'AAAA', mimeType: 'image/png' } },
          { type: 'document', source: { type: 'url', value: 'https://x.test/a.pdf', mimeType: 'application/pdf' } },
        ],
      },
    ])
    expect(warnings).toHaveLength(4)
  })

  it.each<[string, unknown]>([
    ['threadId', { threadId: 7 }],
    ['threadId', { threadId: '' }],
    ['runId', { runId: undefined }],
    ['runId', { runId: 'x'.repeat(600) }],
    ['messages', { messages: {} }],
    ['messages[0]', { messages: ['hi'] }],
    ['messages[0].id', { messages: [{ role: 'user', content: 'x' }] }],
    ['messages[0].content', { messages: [{ id: 'a', role: 'user', content: 7 }] }],
    ['messages[0].content[0].text', { messages: [{ id: 'a', role: 'user', content: [{ type: 'text' }] }] }],
    ['messages[0].content[0].source', { messages: [{ id: 'a', role: 'user', content: [{ type: 'image' }] }] }],
    ['messages[0].toolCalls[0].function', { messages: [{ id: 'a', role: 'assistant', toolCalls: [{ id: 'c' }] }] }],
    ['messages[0].toolCallId', { messages: [{ id: 'a', role: 'tool', content: 'x' }] }],
    ['tools[0].name', { tools: [{ description: 'x' }] }],
    ['context[0].description', { context: [{ value: 'x' }] }],
    ['resume[0].status', { resume: [{ interruptId: 'i', status: 'maybe' }] }],
    ['resume[0].interruptId', { resume: [{ status: 'resolved' }] }],
    ['protocolVersion', { protocolVersion: 1 }],
  ])('names %s where it is wrong', (field, value) => {
    expect(() => parse(value as object)).toThrow(
      expect.objectContaining({ code: 'PF_RUN_INPUT_INVALID', message: expect.stringContaining(field) }),
    )
  })

  it('tells a bounded number of issues', () => {
    const messages = Array.from({ length: 1000 }, () => 7)
    expect(() => parse({ messages })).toThrow(
      expect.objectContaining({ details: { issues: expect.objectContaining({ length: 20 }) } }),
    )
  })
})
