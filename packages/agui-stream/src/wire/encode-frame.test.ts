import { describe, expect, it } from 'vitest'
import { Dice } from '../../test/random-events'
import { whole } from '../../test/fatal-streams'
import { createFrameEncoder, quote } from './encode-frame'
import type { WireEvent } from './event'

/** Characters of every kind that JSON treats in a way of its own. */
const characters = [
  'a',
  'é',
  '€',
  '"',
  '\\',
  '/',
  '\n',
  '\r',
  '\t',
  '\b',
  '\u0000',
  '\u001f',
  '\u007f',
  '\u2028',
  '\ud83d',
  '\ude00',
  '😀',
  '\uffff',
  '\ud7ff',
  '\ue000',
]

describe('an event as a frame', () => {
  it.each(whole.map((event) => [event as WireEvent]))('is what JSON makes of it: $type', (event) => {
    const encode = createFrameEncoder()
    for (let count = 0; count < 2; count++) expect(encode(event)).toBe(`data: ${JSON.stringify(event)}\n\n`)
  })

  it('goes on with what went before only where it is of the same', () => {
    const encode = createFrameEncoder()
    const events = [
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'a', delta: 'x' },
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'a', delta: '"\n' },
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'b"', delta: 'x' },
      { type: 'REASONING_MESSAGE_CONTENT', messageId: 'b"', delta: 'x' },
      { type: 'TOOL_CALL_ARGS', toolCallId: 'b"', delta: '{' },
      { type: 'TOOL_CALL_ARGS', toolCallId: 'b"', delta: '}', timestamp: 1 },
      { type: 'TOOL_CALL_ARGS', toolCallId: 'b"', delta: '}', subagentRunId: 's' },
      { type: 'TOOL_CALL_ARGS', toolCallId: 'b"', delta: 'x' },
    ] as WireEvent[]
    for (const event of events) expect(JSON.parse(encode(event).slice(6))).toEqual(event)
  })

  it('of a value that is no JSON throws', () => {
    const encode = createFrameEncoder()
    expect(() => encode({ type: 'CUSTOM', name: 'n', value: 1n } as unknown as WireEvent)).toThrow(TypeError)
  })
})

describe('a text', () => {
  it('is quoted as JSON does, whatever it is made of', () => {
    const dice = new Dice(7)
    for (let count = 0; count < 20_000; count++) {
      const text = Array.from({ length: dice.below(80) }, () => dice.pick(characters)).join('')
      expect(quote(text)).toBe(JSON.stringify(text))
    }
    for (let code = 0; code <= 0xffff; code++)
      if (quote(String.fromCharCode(code)) !== JSON.stringify(String.fromCharCode(code))) expect.unreachable(`${code}`)
  })
})
