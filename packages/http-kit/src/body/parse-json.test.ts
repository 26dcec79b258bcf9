import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { parseJson } from './parse-json'
import { readJson } from './read-json'

const bytes = (text: string) => new TextEncoder().encode(text)
const reasonOf = (source: Uint8Array | string, maxDepth?: number) => {
  try {
    parseJson(source, { maxDepth })
  } catch (error) {
    return (error as { details: { reason: string } }).details.reason
  }
  return undefined
}

describe('parseJson', () => {
  it('gives what JSON.parse gives, from bytes and from text', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        const text = JSON.stringify(value)
        expect(parseJson(bytes(text))).toEqual(JSON.parse(text))
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('refuses what is not UTF-8', () => {
    for (const bad of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc3, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0xc0, 0x80],
      [0xfe, 0xff, 0x00, 0x31],
    ]) {
      expect(reasonOf(new Uint8Array(bad))).toBe('utf-8')
    }
  })

  it('skips one byte order mark and no second', () => {
    expect(parseJson(new Uint8Array([0xef, 0xbb, 0xbf, 0x31]))).toBe(1)
    expect(parseJson('\ufeff1')).toBe(1)
    expect(reasonOf('\ufeff\ufeff1')).toBe('syntax')
  })

  it.each(['', ' ', '{', '[1,]', "{'a':1}", '{"a":1}}', 'NaN', '01', '"\n"', 'undefined', '{"a":1,}', '//x\n1'])(
    'refuses %j',
    (text) => {
      expect(reasonOf(text)).toBe('syntax')
      expect(() => parseJson(text)).toThrow(expect.objectContaining({ code: 'PF_REQUEST_INVALID' }))
      expect(() => parseJson(text, { code: 'PF_REMOTE_RESPONSE' })).toThrow(
        expect.objectContaining({ code: 'PF_REMOTE_RESPONSE' }),
      )
    },
  )

  it('allows exactly the depth it is told', () => {
    const nested = (depth: number) => '[{"a":'.repeat(depth / 2) + '1' + '}]'.repeat(depth / 2)
    expect(reasonOf(nested(100))).toBeUndefined()
    expect(reasonOf(nested(102))).toBe('depth')
    expect(reasonOf('[[1]]', 2)).toBeUndefined()
    expect(reasonOf('[[[1]]]', 2)).toBe('depth')
    // Side by side is not deep.
    expect(reasonOf(`[${'[[1]],'.repeat(1000)}1]`, 3)).toBeUndefined()
  })

  it('counts no brackets inside strings, whatever is escaped there', () => {
    const text = '[[[[[[[[[['
    for (const value of [text, `"${text}`, `\\${text}`, `\\"${text}`, `\\\\${text}`, `\\\\"${text}`]) {
      expect(reasonOf(JSON.stringify({ [value]: [value] }), 2)).toBeUndefined()
    }
    fc.assert(
      fc.property(fc.array(fc.constantFrom('"', '\\', '[', '{', ']', 'x'), { maxLength: 30 }), (parts) => {
        const value = parts.join('')
        expect(reasonOf(JSON.stringify([value, value]), 1)).toBeUndefined()
        expect(reasonOf(JSON.stringify([[value]]), 1)).toBe('depth')
      }),
      { seed: 2, numRuns: 500 },
    )
  })

  it('counts values as they are, and no commas inside strings', () => {
    const count = (value: unknown): number =>
      typeof value !== 'object' || value === null
        ? 1
        : Object.values(value).reduce((sum: number, one) => sum + count(one), 1)
    const values = fc.oneof(fc.jsonValue({ maxDepth: 5 }), fc.array(fc.constantFrom('a,b', '[,', '\\",', ',"', '')))
    fc.assert(
      fc.property(values, (value) => {
        const text = JSON.stringify(value)
        const number = count(JSON.parse(text))
        expect(parseJson(text, { maxValues: number })).toEqual(JSON.parse(text))
        fc.pre(number > 1)
        expect(() => parseJson(text, { maxValues: number - 1 })).toThrow(
          expect.objectContaining({
            code: 'PF_REQUEST_TOO_LARGE',
            message: `The JSON has more than ${number - 1} values. Send less at once, or raise limits.jsonValues of the app.`,
          }),
        )
      }),
      { seed: 3, numRuns: 500 },
    )
    expect(() => parseJson('[1,2]', { maxValues: 2, code: 'PF_REMOTE_RESPONSE' })).toThrow(
      expect.objectContaining({
        code: 'PF_REMOTE_RESPONSE',
        message: 'The JSON has more than 2 values.',
        details: { reason: 'values', maxValues: 2 },
      }),
    )
  })

  it('does not take what the engine runs out of for a fault of the text', () => {
    // StarlingMonkey throws this very string; a component shows the real one.
    for (const lack of ['out of memory', new RangeError('Invalid string length')]) {
      const parse = vi.spyOn(JSON, 'parse').mockImplementationOnce(() => {
        throw lack
      })
      let thrown: unknown
      try {
        parseJson('[1]')
      } catch (error) {
        thrown = error
      }
      parse.mockRestore()
      expect(thrown).toBe(lack)
    }
  })

  it('refuses ten megabytes of brackets without building anything', () => {
    const deep = bytes('['.repeat(10_000_000))
    const before = process.memoryUsage().heapUsed
    const start = performance.now()
    for (let round = 0; round < 5; round++) expect(reasonOf(deep)).toBe('depth')
    expect(performance.now() - start).toBeLessThan(5000)
    // JSON.parse would build ten million arrays, at 16 bytes and more each.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000)
  })
})

it('readJson is both at once', async () => {
  expect(await readJson(new Response('{"a":[1]}'), 100)).toEqual({ a: [1] })
  await expect(readJson(new Response('{"a":[1]}'), 5)).rejects.toMatchObject({ code: 'PF_REQUEST_TOO_LARGE' })
  await expect(readJson(new Response('{"a":[1]}'), 100, { maxDepth: 1 })).rejects.toMatchObject({
    code: 'PF_REQUEST_INVALID',
    details: { reason: 'depth' },
  })
})
