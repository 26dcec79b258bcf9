import { expect, test } from 'vitest'
import { fromColumn, toColumn } from './text-key'

test('texts that SQLite would make one stay apart, and come back', () => {
  const odd = [
    '\ud800',
    '\udc00',
    '\ufffd',
    '\u0001',
    '\u0001d800',
    'a\ud83db',
    '😀',
    '\udc00\ud800',
    '\u0000',
    'plain',
    '',
    '\u00010001',
  ]
  const columns = odd.map(toColumn)
  expect(new Set(columns).size).toBe(odd.length)
  expect(columns.map(fromColumn)).toEqual(odd)
  // What is stored is well formed, so that UTF-8 carries it.
  expect(columns.map((column) => Buffer.from(column).toString())).toEqual(columns)
  expect(columns.join('')).not.toContain('\u0000')
  expect(toColumn('😀 plain')).toBe('😀 plain')
})

test('a prefix stays a prefix', () => {
  expect(toColumn('a\ud800b').startsWith(toColumn('a\ud800'))).toBe(true)
})
