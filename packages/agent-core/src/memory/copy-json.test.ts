import { describe, expect, test } from 'vitest'
import { copyJson, freezeJson } from './copy-json'
import { incomingMessage } from '../model/message'

const copy = <T>(value: T): T => copyJson(value, { bytes: 0 })

describe('copyJson', () => {
  test('gives what a trip through JSON text gives', () => {
    const values: unknown[] = [
      null,
      'text',
      0.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      [1, undefined, 'b', [null, () => 1]],
      { a: { b: [{ c: 'd' }] }, gone: undefined, call: () => 1, at: new Date(0) },
      { nested: { gone: undefined, stays: 1 } },
      Object.create(null, { a: { value: 1, enumerable: true } }),
      JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1},"a":{"__proto__":"text"}}'),
      { text: '\ud800 \u0000 😀', '\ud800': 1 },
      incomingMessage({ messageId: 'm', role: 'user', parts: [{ text: 'a' }] }),
    ]
    for (const value of values) expect(JSON.stringify(copy(value))).toBe(JSON.stringify(value))
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('shares nothing that could be changed', () => {
    const source = JSON.parse('{"list":[{"a":1}],"__proto__":{"b":[2]}}') as { list: { a: number }[] }
    const own = copy(source)
    ;(source.list[0] as { a: number }).a = 2
    ;(Object.getOwnPropertyDescriptor(source, '__proto__')!.value as { b: number[] }).b.push(3)
    expect(JSON.stringify(own)).toBe('{"list":[{"a":1}],"__proto__":{"b":[2]}}')
  })

  test('weighs what it copies, in proportion', () => {
    const weight = (value: unknown): number => {
      const meter = { bytes: 0 }
      copyJson(value, meter)
      return meter.bytes
    }
    expect(weight('x'.repeat(10_000))).toBeGreaterThanOrEqual(10_000)
    expect(weight({ parts: Array.from({ length: 100 }, () => ({ text: 'x'.repeat(100) })) })).toBeGreaterThan(100 * 100)
    expect(weight({ parts: Array.from({ length: 100 }, () => ({ text: 'x'.repeat(100) })) })).toBeLessThan(
      3 * 100 * 100,
    )
  })

  test('refuses what JSON has no form for', () => {
    expect(() => copy({ value: 1n })).toThrow(TypeError)
  })
})

test('freezeJson freezes all the way down', () => {
  const value = freezeJson({ list: [{ a: { b: 1 } }] })
  expect(() => ((value.list[0] as { a: { b: number } }).a.b = 2)).toThrow(TypeError)
  expect(() => value.list.push({ a: { b: 3 } })).toThrow(TypeError)
})
