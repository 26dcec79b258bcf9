import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addLongStrings } from './long-strings'

/** A JSON whose native part can't quote more than so many characters at once, as in a component. */
function scarce(most: number): { json: JSON; refused: () => number } {
  let refused = 0
  const json = {
    stringify(value: unknown, replacer: unknown, space: unknown) {
      const text = JSON.stringify(value, replacer as null, space as number)
      if (text?.length > most) {
        refused++
        throw 'out of memory'
      }
      return text
    },
  } as unknown as JSON
  addLongStrings(json)
  return { json, refused: () => refused }
}

it('writes long strings as JSON.stringify does, where it has no memory to', () => {
  const { json, refused } = scarce(100_000)
  const unit = fc.constantFrom('x', '"', '\\', '\n', '\u0000', '\u00e9', '\ud83d\ude00', '\ud800', '\udc00', '$&', '$1')
  const long = fc.tuple(fc.array(unit, { minLength: 1, maxLength: 7 }), fc.integer({ min: 70_000, max: 90_000 }))
  fc.assert(
    fc.property(fc.array(long, { minLength: 2, maxLength: 3 }), fc.constantFrom(undefined, 2), (parts, space) => {
      const texts = parts.map(([units, length]) => units.join('').repeat(Math.ceil(length / units.join('').length)))
      const value = { a: texts, b: [1, null, 'short', { c: texts[0] }], d: undefined }
      const before = refused()
      expect(json.stringify(value, null, space)).toBe(JSON.stringify(value, null, space))
      expect(refused()).toBe(before + 1)
    }),
    { seed: 4, numRuns: 40 },
  )
})

it('writes long keys as JSON.stringify does, wherever they stand', () => {
  const { json, refused } = scarce(100_000)
  const key = 'k"\n\u00e9'.repeat(30_000)
  for (const value of [
    { [key]: 1 },
    { a: 1, [key]: key, b: [{ c: { [key]: { [`${key}2`]: [key] } } }], d: undefined },
    { at: { toJSON: () => ({ [key]: undefined, [`${key}3`]: null }) } },
    JSON.parse(`{"__proto__":{"a":1},${JSON.stringify(key)}:{"__proto__":2}}`),
  ]) {
    const before = refused()
    expect(json.stringify(value)).toBe(JSON.stringify(value))
    expect(json.stringify(value, null, 2)).toBe(JSON.stringify(value, null, 2))
    expect(refused()).toBe(before + 2)
  }
  const replacer = (name: string, value: unknown) => (name === key ? 'found' : value)
  expect(json.stringify({ [key]: 1, b: key }, replacer)).toBe(JSON.stringify({ [key]: 1, b: key }, replacer))
})

it('honours a replacer and toJSON', () => {
  const { json } = scarce(100_000)
  const text = 'y'.repeat(200_000)
  const replacer = (key: string, value: unknown) => (key === 'secret' ? undefined : key === 'n' ? text : value)
  const value = { secret: text, n: 1, at: { toJSON: () => `at ${text}` } }
  expect(json.stringify(value, replacer)).toBe(JSON.stringify(value, replacer))
  expect(json.stringify(text)).toBe(JSON.stringify(text))
})

it('leaves everything else as it is', () => {
  const { json, refused } = scarce(100_000)
  expect(json.stringify({ a: 1 })).toBe('{"a":1}')
  expect(json.stringify(undefined)).toBeUndefined()
  expect(refused()).toBe(0)
  const circle: unknown[] = []
  circle.push(circle)
  expect(() => json.stringify(circle)).toThrow(TypeError)
  // No long string is to blame.
  expect(() => json.stringify(Array.from({ length: 60_000 }, () => 1))).toThrow('out of memory')
})
