import { describe, expect, it } from 'vitest'
import { normaliseBase64 } from './base64'
import { MAX_JSON_DEPTH, readJson, readJsonObject } from './free-form'
import {
  intBetween,
  listOf,
  type Member,
  readBoolean,
  readFlag,
  readString,
  readStrings,
  requireString,
  someOf,
} from './read'
import { oneOf, shape } from './shape'
import { readTimestamp } from './timestamp'
import { MAX_VIOLATIONS, type Violations } from './violations'

function read<T>(member: Member<T>, value: unknown): { value: T; wrong: string[] } {
  const out: Violations = []
  const result = member(value, 'f', out)
  return { value: result, wrong: out.map(({ field, description }) => `${field}: ${description}`) }
}

describe('scalars', () => {
  it('takes null and the empty string for "not set" (§5.5, ProtoJSON)', () => {
    for (const value of [undefined, null, '']) expect(read(readString, value)).toEqual({ value: undefined, wrong: [] })
    expect(read(readString, 7).wrong).toEqual(['f: must be a string'])
  })

  it('wants required strings present and not empty (§5.7)', () => {
    expect(read(requireString, 'x')).toEqual({ value: 'x', wrong: [] })
    for (const value of [undefined, null, '']) expect(read(requireString, value).wrong).toEqual(['f: is required'])
    expect(read(requireString, ['x']).wrong).toEqual(['f: must be a string'])
  })

  it('takes int32 as number or decimal string, within bounds', () => {
    const read32 = intBetween(-0x80000000)
    for (const [given, number] of [
      [5, 5],
      ['5', 5],
      ['-3', -3],
      [5.0, 5],
      ['2147483647', 2147483647],
    ] as const) {
      expect(read(read32, given)).toEqual({ value: number, wrong: [] })
    }
    for (const bad of [1.5, '1.5', '', ' 1', '0x10', '99999999999', true, {}, NaN, Infinity]) {
      expect(read(read32, bad).wrong).toEqual(['f: must be an integer'])
    }
    expect(read(read32, 2147483648).wrong).toEqual(['f: must be -2147483648 to 2147483647'])
    expect(read(intBetween(1, 100), 0).wrong).toEqual(['f: must be 1 to 100'])
  })

  it('takes no other values for booleans', () => {
    expect(read(readBoolean, false)).toEqual({ value: false, wrong: [] })
    expect(read(readFlag, false)).toEqual({ value: undefined, wrong: [] })
    for (const bad of ['true', 1, 0, {}]) expect(read(readBoolean, bad).wrong).toEqual(['f: must be true or false'])
  })
})

describe('lists', () => {
  it('hands back the very list where nothing had to change, a new one where something had', () => {
    const strings = ['a', 'b']
    expect(read(readStrings, strings).value).toBe(strings)
    const upper = listOf<string>((value) => String(value).toUpperCase())
    const given = ['A', 'b', 'C']
    expect(read(upper, given).value).toEqual(['A', 'B', 'C'])
    expect(given).toEqual(['A', 'b', 'C'])
  })

  it('names the place of what is wrong', () => {
    expect(read(readStrings, ['a', null, 3]).wrong).toEqual(['f[1]: must be a string', 'f[2]: must be a string'])
    expect(read(readStrings, 'a').wrong).toEqual(['f: must be an array'])
    for (const empty of [undefined, null, []])
      expect(read(someOf(readItem), empty).wrong).toEqual(['f: needs one element or more'])
  })

  it('stops collecting after a fixed number of violations', () => {
    const { wrong } = read(
      readStrings,
      Array.from({ length: 100_000 }, () => 1),
    )
    expect(wrong).toHaveLength(MAX_VIOLATIONS)
    expect(wrong.at(-1)).toBe(`f[${MAX_VIOLATIONS - 1}]: must be a string`)
  })
})

const readItem = (value: unknown) => String(value)

describe('shape', () => {
  const person = shape<{ firstName: string; age?: number }>({ firstName: requireString, age: intBetween(0) })
  const run = (value: unknown) => {
    const out: Violations = []
    return { value: person(value, out), out }
  }

  it('takes camelCase and snake_case, camelCase first, and ignores what it does not know (§5.5, §5.7)', () => {
    expect(run({ first_name: 'Ada', age: null, shoe: 38 })).toEqual({ value: { firstName: 'Ada' }, out: [] })
    expect(run({ first_name: 'Ada', firstName: 'Eve' }).value).toEqual({ firstName: 'Eve' })
  })

  it('has nothing to do with prototypes', () => {
    const { value } = run(JSON.parse('{"firstName":"Ada","__proto__":{"age":7},"constructor":{"prototype":{"x":1}}}'))
    expect(value).toEqual({ firstName: 'Ada' })
    expect(value.age).toBeUndefined()
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  it('refuses what is no object', () => {
    for (const bad of [null, undefined, 'x', 1, [], true])
      expect(run(bad).out).toEqual([{ field: '', description: 'must be an object' }])
  })

  it('wants exactly one member of a oneof', () => {
    const either = oneOf<{ one?: string; two?: string }>({ one: readString, two: readString })
    const wrong = (value: unknown) => {
      const out: Violations = []
      either(value, out)
      return out.map(({ description }) => description)
    }
    expect(wrong({ one: 'a', two: null })).toEqual([])
    expect(wrong({})).toEqual(['must have exactly one of one, two'])
    expect(wrong({ one: 'a', two: 'b' })).toEqual(['must have exactly one of one, two'])
  })
})

describe('free-form JSON', () => {
  const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown

  it('is handed back as it is', () => {
    const value = { a: [1, null, { b: 'x' }], c: false }
    expect(read(readJson, value)).toEqual({ value, wrong: [] })
    expect(read(readJsonObject, value).value).toBe(value)
    expect(read(readJsonObject, []).wrong).toEqual(['f: must be an object'])
  })

  it('has a bounded depth, without running out of stack', () => {
    expect(read(readJson, nested(MAX_JSON_DEPTH)).wrong).toEqual([])
    expect(read(readJson, nested(MAX_JSON_DEPTH + 1)).wrong).toEqual(['f: is nested more than 100 deep'])
    expect(read(readJson, nested(200_000)).wrong).toEqual(['f: is nested more than 100 deep'])
  })

  it('refuses numbers that no double holds: they would leave as null', () => {
    expect(read(readJson, JSON.parse('{"n":[1e999]}')).wrong).toEqual(['f: has a number that is out of range'])
  })

  it('refuses __proto__ as a key at any depth', () => {
    expect(read(readJsonObject, JSON.parse('{"a":[{"__proto__":{"admin":true}}]}')).wrong).toEqual([
      'f: has the key __proto__',
    ])
  })

  it('refuses what JSON can not carry', () => {
    for (const bad of [undefined, 1n, () => 1, Symbol('x')])
      expect(read(readJson, { bad }).wrong).toEqual(['f: must be JSON'])
  })
})

describe('normaliseBase64', () => {
  it('hands back standard base64, and makes it of the URL alphabet and of missing padding (ProtoJSON bytes)', () => {
    for (const [given, standard] of [
      ['', ''],
      ['QQ==', 'QQ=='],
      ['QQ', 'QQ=='],
      ['-_-_', '+/+/'],
      ['-_8', '+/8='],
      ['iVBORw0K', 'iVBORw0K'],
    ] as const) {
      expect(normaliseBase64(given)).toBe(standard)
    }
  })

  it('refuses anything else', () => {
    for (const bad of ['Q', 'QQ=', 'QQ===', 'Q===', '====', 'QQ==QQ==', 'Q Q=', 'QQ==\n', 'ü', 'AAAAA', 'A=AA']) {
      expect([bad, normaliseBase64(bad)]).toEqual([bad, undefined])
    }
  })
})

describe('readTimestamp', () => {
  it('makes UTC with milliseconds of any RFC 3339 time (§5.6.1)', () => {
    for (const [given, utc] of [
      ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00.000Z'],
      ['2026-11-20T10:00:00.1Z', '2026-11-20T10:00:00.100Z'],
      ['2026-11-20t11:00:00.123456789+01:00', '2026-11-20T10:00:00.123Z'],
      ['2024-02-29T00:00:00z', '2024-02-29T00:00:00.000Z'],
      ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ] as const) {
      expect(read(readTimestamp, given)).toEqual({ value: utc, wrong: [] })
    }
  })

  it('rounds up for a filter, so that no earlier time passes', () => {
    const up: Member<string | undefined> = (value, field, out) => readTimestamp(value, field, out, true)
    expect(read(up, '2026-11-20T10:00:00.1230001Z').value).toBe('2026-11-20T10:00:00.124Z')
    expect(read(up, '2026-11-20T10:00:00.123000Z').value).toBe('2026-11-20T10:00:00.123Z')
  })

  it('refuses days that are not in the calendar and everything else', () => {
    for (const bad of [
      '2026-02-30T00:00:00Z',
      '2025-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-11-20T24:30:00Z',
      '2026-11-20T10:00:60Z',
      '2026-11-20 10:00:00Z',
      '2026-11-20T10:00:00',
      '2026-11-20',
      'now',
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59-01:00',
      1_700_000_000,
      {},
    ]) {
      expect([bad, read(readTimestamp, bad).wrong]).toEqual([bad, ['f: must be an RFC 3339 time']])
    }
  })
})
