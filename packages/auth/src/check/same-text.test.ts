import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sameText } from './same-text'

it('is equality, but for the empty secret, which nothing equals', () => {
  const text = fc.string({ unit: 'binary', maxLength: 6 })
  fc.assert(
    fc.property(text, text, (a, b) => {
      const encode = (value: string) => Buffer.from(value).toString('hex')
      expect(sameText(a, b)).toBe(a !== '' && encode(a) === encode(b))
      expect(sameText(a, a)).toBe(a !== '')
      expect(sameText(a, a + b)).toBe(a !== '' && b === '')
    }),
    { seed: 20261120, numRuns: 500 },
  )
})
