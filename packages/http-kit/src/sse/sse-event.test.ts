import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseDecoder } from './sse-decoder'
import { encodeSseComment, encodeSseEvent } from './sse-event'

const decode = (text: string) => createSseDecoder().push(new TextEncoder().encode(text))

describe('encodeSseEvent', () => {
  it('writes one line of data, or several', () => {
    expect(encodeSseEvent({ data: '{"a":1}' })).toBe('data: {"a":1}\n\n')
    expect(encodeSseEvent({ data: 'a\nb\r\nc\rd', event: 'note', id: '7' })).toBe(
      'event: note\nid: 7\ndata: a\ndata: b\ndata: c\ndata: d\n\n',
    )
    expect(encodeSseEvent({ data: '' })).toBe('data: \n\n')
  })

  it('refuses names and ids that could forge an event', () => {
    for (const bad of ['a\nb', 'a\rb', 'a\0']) {
      expect(() => encodeSseEvent({ data: '', event: bad })).toThrow(
        expect.objectContaining({ code: 'PF_CONFIG_INVALID' }),
      )
      expect(() => encodeSseEvent({ data: '', id: bad })).toThrow(
        expect.objectContaining({ code: 'PF_CONFIG_INVALID' }),
      )
    }
  })

  it('is read back as it was, whatever the data', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '\r', '\ufeff', '€', 'data') }), (data) => {
        expect(decode(encodeSseEvent({ data, event: 'e' }))).toEqual([
          { data: data.replace(/\r\n|\r/g, '\n'), event: 'e', id: undefined },
        ])
      }),
      { seed: 3, numRuns: 500 },
    )
  })
})

it('a comment is no event, even with line ends', () => {
  expect(decode(encodeSseComment('x\ndata: forged\n\n'))).toEqual([])
})
