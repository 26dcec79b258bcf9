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

  it.each(['\u202e', '\u200b', '\u3164', '\u{e0041}'])('shows what nobody would see: %j', (char) => {
    expect(shown({ to: `a${char}b` })).toMatch(/"a(\\u[0-9a-f]{4})+b"/)
  })
})
