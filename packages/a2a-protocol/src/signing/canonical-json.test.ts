import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json'

const settings = { seed: 20261120, numRuns: Number(process.env['PF_FUZZ'] ?? 500) }

describe('canonicalJson', () => {
  // RFC 8785, 3.2.2 and 3.2.3
  it('writes the example of the RFC', () => {
    const source = String.raw`{ "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false] }`
    expect(canonicalJson(JSON.parse(source))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  it('sorts names by UTF-16 code units, as the RFC shows', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6']
    const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])))
    expect(Object.keys(JSON.parse(text))).toEqual(['1', '\r', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'])
    expect(text.indexOf('"\\r"')).toBeLessThan(text.indexOf('"1"'))
  })

  it('agrees with the reference implementation of the RFC, and with itself', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'grapheme' }), (value) => {
        const text = canonicalJson(value)
        expect(text).toBe(canonicalize(value))
        expect(canonicalJson(JSON.parse(text))).toBe(text)
      }),
      settings,
    )
  })

  it('writes every double as ECMAScript does', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(canonicalJson(value))).toBe(value === 0 ? 0 : value)
      }),
      settings,
    )
    expect(canonicalJson(-0)).toBe('0')
  })

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed())
        expect(canonicalJson(turned)).toBe(canonicalJson(value))
      }),
      settings,
    )
  })

  it('writes a member named __proto__, and leaves out what is undefined', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"a":1},"b":2}'))).toBe('{"__proto__":{"a":1},"b":2}')
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}')
  })

  const deep = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown
  it.each([
    ['a number that is not finite', { a: Number.POSITIVE_INFINITY }],
    ['half a surrogate pair', ['\ud800x']],
    ['half a surrogate pair', { '\udc00': 1 }],
    ['a value that is not JSON', [1n]],
    ['a value that is not JSON', [() => 1]],
    ['more than 120 levels', deep(121)],
  ])('refuses %s', (what, value) => {
    expect(() => canonicalJson(value)).toThrow(
      expect.objectContaining({ code: 'PF_REQUEST_INVALID', message: expect.stringContaining(what) }),
    )
    expect(canonicalJson(deep(120))).toHaveLength(240)
  })
})
