import { describe, expect, it } from 'vitest'
import { shownCall } from './shown-call'

describe('the question', () => {
  const shown = (args: object): string => shownCall({ name: 'send', arguments: JSON.stringify(args) })

  it('shows a call as it will run', () => {
    expect(shown({ to: 'ada', n: [1, { a: null }] })).toBe('"send" with {"to":"ada","n":[1,{"a":null}]}')
  })

  it('of long arguments shows a part of each: none is hidden behind another', () => {
    const text = shown({ note: 'x'.repeat(50_000), list: Array.from({ length: 5000 }, (_, n) => n), to: 'mallory' })
    expect(text).toContain('"to":"mallory"')
    expect(text).toMatch(/x… \d+ characters …x/)
    expect(text).toMatch(/\(\d+ characters; long texts are shown in part\)$/)
    expect(text.length).toBeLessThan(2500)
    expect(shown({ note: `${'x'.repeat(3000)} to mallory` })).toContain('to mallory')
  })

  it('says where not all of it is shown', () => {
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`field${n}`, n]))
    expect(shown(many)).toMatch(/the rest is NOT shown\)$/)
    expect(shown(many).length).toBeLessThan(9000)
  })

  it('has no blanks that push an argument out of view', () => {
    const json = `{"path":"/tmp/a",${'\n'.repeat(1900)}"force" : true}`
    expect(shownCall({ name: 'rm', arguments: json })).toBe('"rm" with {"path":"/tmp/a","force":true}')
  })

  it('of two arguments with one name shows the one that counts', () => {
    expect(shownCall({ name: 'rm', arguments: '{"path":"/tmp/a","path":"/"}' })).toBe('"rm" with {"path":"/"}')
  })

  it('shows what is no JSON in one line, of much its beginning and its end', () => {
    expect(shownCall({ name: 'rm', arguments: '{"a":\n\n1' })).toBe('"rm" with "{\\"a\\":\\n\\n1"')
    const text = shownCall({ name: 'rm', arguments: `{"a":${'"x'.repeat(3000)} to mallory` })
    expect(text).toMatch(/^"rm" with "{.* to mallory" \(\d+ characters; long texts are shown in part\)$/)
    expect(text.length).toBeLessThan(2500)
  })

  it.each([
    ...[
      '\u202e',
      '\u200b',
      '\u3164',
      '\u{e0041}',
      '\u034f',
      '\u061c',
      '\u17b4',
      '\u17b5',
      '\u180b',
      '\u180f',
      '\u2800',
    ],
    ...['\ufe00', '\ufe0f', '\ufff9', '\ufffb', '\u{1d173}', '\u{1d17a}'],
  ])('shows what nobody would see: %j', (char) => {
    expect(shown({ to: `a${char}b` })).toMatch(/"a(\\u[0-9a-f]{4})+b"/)
  })
})
