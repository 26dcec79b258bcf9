import { describe, expect, it } from 'vitest'
import { shownCall } from './shown-call'
import { whatRuns } from './what-runs'

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

  it('tells the number of many blanks within a text, whatever they are', () => {
    const blanks = (text: string) => ({ note: `ok${text}`, amount: 1_000_000 })
    for (const one of [' ', '\u00a0', '\u3000', '\u2003', '\n', '\r', '\t'])
      expect(shown(blanks(one.repeat(1900)))).toBe('"send" with {"note":"ok… 1900 blanks …","amount":1000000}')
    expect(shown(blanks('\n \t'.repeat(100)))).toContain('"ok… 300 blanks …"')
    expect(shown({ [' '.repeat(900)]: 1, to: 'ada' })).toBe('"send" with {"… 900 blanks …":1,"to":"ada"}')
    // A few are as they are, and so are letters behind a backslash.
    expect(shown(blanks('\n\n  '))).toContain('"ok\\n\\n  "')
    const path = '\\n'.repeat(20)
    expect(shown({ path })).toBe(`"send" with ${JSON.stringify({ path })}`)
    expect(shown({ path: `${path}${' '.repeat(20)}` })).toContain('\\\\n… 20 blanks …')
  })

  it('shows odd characters in the name of a tool', () => {
    expect(shownCall({ name: 'a\u202e"b', arguments: '{}' })).toBe('"a\\u202e\\"b" with {}')
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
    ...['\u0001', '\u001b', '\u007f', '\u0080', '\u0085', '\u009b', '\u009f', '\u00ad', '\u0600', '\u06dd', '\u070f'],
    ...['\u08e2', '\u180e', '\u200d', '\u2028', '\u2060', '\u206f', '\ufeff', '\uffa0', '\ufff0', '\ufff3', '\ufffc'],
    ...['\ud800', '\udfff', '\ue000', '\ufdd0', '\uffff', '\u{110bd}', '\u{110cd}', '\u{13430}', '\u{1345f}'],
    ...[
      '\u{1bca0}',
      '\u{1bca3}',
      '\u{1fffe}',
      '\u{e0001}',
      '\u{e007f}',
      '\u{e0100}',
      '\u{e01ef}',
      '\u{f0000}',
      '\u{10ffff}',
    ],
  ])('shows what nobody would see: %j', (char) => {
    expect(shown({ to: `a${char}b` })).toMatch(/"a(\\u[0-9a-f]{4})+b"/)
  })

  it.each(['é', 'Ж', '中', 'ا', '한', '\u{1f3fe}', '\u{1f3ff}', '😀', '\u{13000}', '\u{1d100}', '\ufffd', 'a b'])(
    'leaves what people see: %j',
    (char) => expect(shown({ to: `a${char}b` })).toContain(`"a${char}b"`),
  )
})

describe('what a call runs with', () => {
  it('is JSON word for word where it is JSON', () => {
    const args = { a: [1, -1.5, 'x', null, true, {}], b: { c: undefined, d: Object.create(null) as object } }
    expect(whatRuns(args)).toEqual({ json: JSON.stringify(args), isWhole: true })
    for (const plain of ['x', 5, null, true, []])
      expect(whatRuns(plain)).toEqual({ json: JSON.stringify(plain), isWhole: true })
  })

  class Order {
    total = 5
  }
  class Day extends Date {}
  class Signed extends Uint8Array {}
  const circle: { self?: object } = {}
  circle.self = circle

  it.each<[string, unknown, unknown, string?]>([
    ['a date', new Date(0), { '(Date)': '1970-01-01T00:00:00.000Z' }],
    ['a date that is none', new Date(Number.NaN), { '(Date)': 'none' }],
    ['a big number', 5n, { '(bigint)': '5' }],
    ['no number', Number.NaN, { '(number)': 'NaN' }],
    ['a map', new Map([['a', 1n]]), { '(Map)': [['a', { '(bigint)': '1' }]] }],
    ['a set', new Set(['a']), { '(Set)': ['a'] }],
    ['an address', new URL('https://a.example/b'), { '(URL)': 'https://a.example/b' }],
    ['bytes', new Uint8Array([1, 2]), { '(Uint8Array)': [1, 2] }],
    ['an object of a class', new Order(), { '(Order)': { total: 5 } }, 'Order'],
    ['a date of a class', new Day(0), { '(Day)': '1970-01-01T00:00:00.000Z' }, 'Day'],
    ['bytes of Node', Buffer.from('a'), { '(Buffer)': [97] }],
    ['bytes of a class', new Signed([1]), { '(Signed)': [1] }, 'Signed'],
    ['bytes with a field', Object.assign(new Uint8Array([1]), { to: 'eve' }), { '(Uint8Array)': [1] }, 'Uint8Array'],
    ['bytes of Node with a field', Object.assign(Buffer.from('a'), { to: 'eve' }), { '(Buffer)': [97] }, 'Buffer'],
    ['a pattern', /a/g, { '(RegExp)': '/a/g' }],
    ['a pattern with a place', Object.assign(/a/g, { lastIndex: 1 }), { '(RegExp)': '/a/g' }, 'RegExp'],
    ['a date with a field', Object.assign(new Date(Number.NaN), { lastIndex: 0 }), { '(Date)': 'none' }, 'Date'],
    ['an array with a field', Object.assign([5n], { to: 'eve' }), [{ '(bigint)': '5' }], 'field that is no plain one'],
    ['a list under a symbol', Object.assign([], { [Symbol('s')]: 1 }), [], 'field that is no plain one'],
    ['a function', Order, { '(function)': 'Order' }, 'function'],
    ['nothing', undefined, { '(undefined)': 'undefined' }],
    ['a symbol', Symbol('s'), { '(symbol)': 'Symbol(s)' }, 'symbol'],
    ['a circle', circle, { self: { '(circular)': null } }, 'circular'],
    [
      'what can not be read',
      {
        get a() {
          throw new Error('no')
        },
      },
      { '(unreadable)': 'no' },
      'unreadable',
    ],
    ['a field under a symbol', { [Symbol('s')]: 1 }, {}, 'field that is no plain one'],
  ])('is described where it is %s', (_, value, described, hidden) => {
    const json = JSON.stringify(described)
    expect(whatRuns(value)).toEqual({ json, isWhole: false, ...(hidden && { hidden }) })
    expect(shownCall({ name: 'pay', arguments: '{"v":1}' }, whatRuns({ v: [value] }))).toMatch(
      /^"pay" with \{"v":.*\}, which is not all JSON; written as \{"v":1\}$/,
    )
  })

  it('has nothing hidden where a copy of what is shown runs', () => {
    class List extends Array<number> {}
    let reads = 0
    const counted = {
      get n() {
        return ++reads
      },
    }
    const wide = Object.defineProperty({ a: 1 }, 'unseen', { value: 2 })
    const args = { list: List.of(1), counted, wide }
    expect(whatRuns(args)).toEqual({ json: '{"list":[1],"counted":{"n":1},"wide":{"a":1}}', isWhole: true })
    for (const odd of [List.of(1), counted, wide]) expect(whatRuns([odd, new Date(0)]).hidden).toBeDefined()
  })

  it('is told whole where it is JSON, however deep it is and whatever number of values it has', () => {
    const nested = (depth: number): unknown => JSON.parse(`${'{"a":['.repeat(depth)}${']}'.repeat(depth)}`)
    for (const depth of [10, 11, 1500, 50_000]) {
      const { json, ...rest } = whatRuns({ doc: nested(depth) })
      expect([json.length, rest]).toEqual([8 + 8 * depth, { isWhole: true }])
      expect(json.startsWith('{"doc":{"a":[{"a":[')).toBe(true)
    }
    const rows = Array.from({ length: 20_000 }, () => ({ n: [1] }))
    expect(whatRuns(rows)).toEqual({ json: JSON.stringify(rows), isWhole: true })
  })

  it('shows of what is deep as much as of what is wide', () => {
    const json = `${'['.repeat(50_000)}"eve"${']'.repeat(50_000)}`
    const shown = shownCall({ name: 'pay', arguments: json })
    expect(shown).toMatch(/^"pay" with \[{8000}… \(100005 characters; the rest is NOT shown\)$/)
    expect(shownCall({ name: 'pay', arguments: '{}' }, whatRuns(JSON.parse(json)))).toBe(shown)
  })

  it('ends at a length, whatever it is made of', () => {
    const endless = { isWhole: false, hidden: 'text without end' }
    let shared: unknown = []
    for (let level = 0; level < 60; level++) shared = [shared, shared]
    const long = { note: 'x'.repeat(3_000_000) }
    for (const value of [long, shared, new Array(600_000).fill(0), new Uint8Array(600_000), [new Date(0), long]]) {
      const { json, ...rest } = whatRuns(value)
      expect(rest).toEqual(endless)
      expect(json.length).toBeLessThan(1_100_000)
    }
  })
})
