import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseDecoder } from './sse-decoder'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('createSseDecoder', () => {
  it('reads every kind of line end, comments, several lines, names and ids', () => {
    const events = createSseDecoder().push(
      bytes('\ufeffdata: a\n\ndata: b\r\ndata:c\r\n\r\n: hi\revent: e\rid: 1\rdata:  d\r\rretry: 5\n\nunknown: x\n\n'),
    )
    expect(events).toEqual([
      { data: 'a', event: undefined, id: undefined },
      { data: 'b\nc', event: undefined, id: undefined },
      { data: ' d', event: 'e', id: '1' },
    ])
  })

  it('does not mind where chunks are cut, even inside a character or a CRLF', () => {
    const stream = bytes(
      '\ufeff: hi\r\ndata: héllo €\r\ndata: 2\r\n\r\nid: 7\ndata: {"x":"😀"}\n\nevent: end\rdata\r\r\n',
    )
    const whole = createSseDecoder().push(stream)
    expect(whole).toHaveLength(3)
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 30 }), (cuts) => {
        const decoder = createSseDecoder()
        const edges = [0, ...cuts.sort((a, b) => a - b), stream.length]
        expect(edges.slice(1).flatMap((end, index) => decoder.push(stream.subarray(edges[index], end)))).toEqual(whole)
      }),
      { seed: 4, numRuns: 500 },
    )
  })

  it('does not count an event without its blank line', () => {
    expect(createSseDecoder().push(bytes('data: a\n\ndata: half\n'))).toHaveLength(1)
  })

  it('tells the reconnection time', () => {
    const times: number[] = []
    createSseDecoder({ onRetry: (ms) => times.push(ms) }).push(bytes('retry: 1500\n\nretry: soon\n\n'))
    expect(times).toEqual([1500])
  })

  it.each([
    ['in one chunk', ['data: 12345678901\n\n']],
    ['on one line over many chunks', ['data: 12345', '67890', '12345']],
    ['over many lines', ['data: 12345\n', 'data: 67890\n', 'data: 1\n\n']],
    ['over many lines without an end', ['data: 12345\n', 'data: 67890\n', 'data: 12345\n']],
  ])('refuses an event over the limit %s, and goes on refusing', (_, chunks) => {
    const decoder = createSseDecoder({ maxEventLength: 10 })
    const push = () => chunks.forEach((chunk) => decoder.push(bytes(chunk)))
    expect(push).toThrow(expect.objectContaining({ code: 'PF_REMOTE_RESPONSE', details: { maxEventLength: 10 } }))
    expect(() => decoder.push(bytes('data: ok\n\n'))).toThrow(expect.objectContaining({ code: 'PF_REMOTE_RESPONSE' }))
  })

  it('answers what was in front of an event over the limit, and nothing behind it, wherever chunks end', () => {
    const read = (stream: Uint8Array, size: number) => {
      const decoder = createSseDecoder({ maxEventLength: 10 })
      const seen: string[] = []
      try {
        for (let at = 0; at < stream.length; at += size) {
          seen.push(...decoder.push(stream.subarray(at, at + size)).map(({ data }) => data))
          if (decoder.failure) throw decoder.failure
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'PF_REMOTE_RESPONSE', message: expect.stringContaining('maxEventLength') })
        return { seen, error: (error as Error).message }
      }
      return { seen, error: undefined }
    }
    // Right at the limit and a little over it: on one line, on two, and with the end of the line in another chunk.
    for (const long of ['1234567890', '12345678901', '123456789012345', '1234\ndata: 56789', '1234\ndata: 567890']) {
      for (const end of ['\n', '\r\n', '\r']) {
        const text = `data: a\n\ndata: b\n\ndata: ${long}\n\ndata: c\n\n: \n`
        const stream = bytes(text.replaceAll('\n', end))
        const whole = read(stream, stream.length)
        const data = long.replaceAll('data: ', '')
        expect(whole.seen).toEqual(data.length > 10 ? ['a', 'b'] : ['a', 'b', data, 'c'])
        for (let size = 1; size < stream.length; size++) expect(read(stream, size)).toEqual(whole)
      }
    }
  })

  it('takes events at the limit, and any number of them', () => {
    const decoder = createSseDecoder({ maxEventLength: 10 })
    expect(decoder.push(bytes('data: 1234567890\n\n'.repeat(1000)))).toHaveLength(1000)
  })

  it('does not keep a line that is no field', () => {
    const decoder = createSseDecoder({ maxEventLength: 10 })
    for (let chunk = 0; chunk < 1000; chunk++) decoder.push(bytes(': comment without an end '))
    expect(decoder.push(bytes('\ndata: ok\n\n'))).toHaveLength(1)
  })

  it('answers at the end what stands there without a blank line, where it is asked', () => {
    const decoder = createSseDecoder()
    expect(decoder.push(new TextEncoder().encode('data: a\n\ndata: ü'))).toMatchObject([{ data: 'a' }])
    expect(decoder.end()).toMatchObject([{ data: 'ü' }])
    expect(decoder.end()).toEqual([])
  })
})
