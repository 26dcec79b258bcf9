import { describe, expect, it } from 'vitest'
import { parseHttpDate, parseRetryAfter } from './retry-after'

const now = Date.UTC(2026, 10, 20, 10, 0, 0)

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['7', 7000],
    [' 120 ', 120_000],
    // However long a number is, it asks for a long wait, and is not none.
    ['99999999999', 2 ** 31 * 1000],
    ['9'.repeat(400), 2 ** 31 * 1000],
    ['00000000000000000007', 7000],
    ['Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 09:59:00 GMT', 0],
    ['Friday, 20-Nov-26 10:01:00 GMT', 60_000],
    ['Fri Nov 20 10:00:05 2026', 5_000],
  ])('reads %j', (value, ms) => {
    expect(parseRetryAfter(value, now)).toBe(ms)
  })

  it.each([
    null,
    undefined,
    '',
    '-1',
    '1.5',
    '1e3',
    '0x10',
    'soon',
    '2026-11-20T10:00:30Z',
    'Fri, 20 Nov 2026 10:00:30 CET',
    'Fri, 20 Xyz 2026 10:00:30 GMT',
    'Fri, 20 Nov 2026 25:00:30 GMT',
    'Fri, 00 Nov 2026 10:00:30 GMT',
  ])('takes %j for none', (value) => {
    expect(parseRetryAfter(value, now)).toBeUndefined()
  })
})

describe('parseHttpDate', () => {
  it('reads the three forms of RFC 9110 as the same time', () => {
    const time = Date.UTC(1994, 10, 6, 8, 49, 37)
    expect(parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT', now)).toBe(time)
    expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', now)).toBe(time)
    expect(parseHttpDate('Sun Nov  6 08:49:37 1994', now)).toBe(time)
  })

  it('agrees with what Date writes', () => {
    for (let day = 0; day < 800; day++) {
      const time = now + day * 86_400_000 + day * 1000
      expect(parseHttpDate(new Date(time).toUTCString(), now)).toBe(time)
    }
  })
})
