import { expect, it } from 'vitest'
import { decodeCursor, encodeCursor } from './cursor'

it('brings any JSON back from a token that needs no escaping in a URL', () => {
  for (const key of [['2026-11-20T10:00:00.120Z', 'tâsk-ü-🦊'], null, { a: 1 }, '', '?>~']) {
    const token = encodeCursor(key)
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(decodeCursor(token)).toEqual(key)
  }
})

it('refuses what is no token as a wrong parameter (§3.1.4)', () => {
  for (const token of ['', '!', 'abc', 'e30x', '____', encodeCursor('x').slice(1), 'ü']) {
    expect(() => decodeCursor(token)).toThrow(
      expect.objectContaining({
        kind: 'InvalidParamsError',
        violations: [{ field: 'pageToken', description: 'is not a page token' }],
      }),
    )
  }
})
