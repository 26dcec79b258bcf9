import type { ModelToolResultPart } from '@pf-agents/agent-core'
import { expect, it } from 'vitest'
import { shortenResult, textOfResult } from './shorten'

const result = (...parts: ModelToolResultPart['parts']): ModelToolResultPart => ({
  type: 'tool-result',
  toolCallId: 'c',
  name: 'search',
  parts,
  isError: true,
})

it('shows a beginning and an end, and how much is between', () => {
  const { parts, ...rest } = shortenResult(result({ text: '0123456789' }), { head: 3, tail: 2 })
  expect(parts).toEqual([{ text: '012\n[5 of 10 characters are left out here.]\n89' }])
  expect(rest).toEqual({ type: 'tool-result', toolCallId: 'c', name: 'search', isError: true })
})

it('says where the rest can be read', () => {
  const { parts } = shortenResult(result({ text: '0123456789' }), { head: 3, tail: 0, id: 'r1' })
  expect(parts[0]?.text).toBe(
    '012\n[7 of 10 characters are left out here. To read them, call read_tool_result with id "r1" and offset 3.]',
  )
})

it('tears no character in two', () => {
  const { parts } = shortenResult(result({ text: '😀😀😀😀' }), { head: 3, tail: 3 })
  expect(parts[0]?.text).toBe('😀\n[2 of 8 characters are left out here.]\n😀😀')
})

it('shows nothing twice where head and tail meet', () => {
  const { parts } = shortenResult(result({ text: '0123456789' }), { head: 8, tail: 8 })
  expect(parts[0]?.text).toBe('01234567\n[0 of 10 characters are left out here.]\n89')
})

it('takes data as JSON, and leaves files alone', () => {
  const file = { raw: 'AAAA', mediaType: 'image/png' }
  const link = { url: 'https://example.com/a.pdf', mediaType: 'application/pdf' }
  const given = result({ text: 'one' }, file, { data: { two: null } }, link, { data: null })
  expect(textOfResult(given.parts)).toBe('one\n{"two":null}\nnull')
  expect(shortenResult(given, { head: 4, tail: 0 }).parts.slice(1)).toEqual([file, link])
})
