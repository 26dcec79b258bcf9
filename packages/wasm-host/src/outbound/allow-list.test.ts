import { describe, expect, test } from 'vitest'
import { AllowList, parseTarget, type Target } from './allow-list'
import { isPublicAddress } from './public-address'

const target = (url: string): Target => {
  const { protocol, host } = new URL(url)
  return parseTarget(protocol.slice(0, -1), host) as Target
}
const check = (patterns: string[], url: string, self?: string) => new AllowList(patterns).check(target(url), self)

describe('AllowList', () => {
  test.each([
    [['https://api.example.com'], 'https://api.example.com/x', 'by-name'],
    [['https://api.example.com'], 'https://API.example.com:443/x', 'by-name'],
    [['https://api.example.com'], 'http://api.example.com/', 'denied'],
    [['https://api.example.com'], 'https://api.example.com:8443/', 'denied'],
    [['https://api.example.com:*'], 'https://api.example.com:8443/', 'by-name'],
    [['https://*.example.com'], 'https://a.b.example.com/', 'by-name'],
    [['https://*.example.com'], 'https://example.com/', 'denied'],
    [['https://*.example.com'], 'https://badexample.com/', 'denied'],
    [['*://example.com'], 'http://example.com/', 'by-name'],
    [['http://127.0.0.1:*'], 'http://127.0.0.1:99/', 'literal'],
    [['http://localhost:99'], 'http://localhost:99/', 'literal'],
    [['http://[::1]:99'], 'http://[::1]:99/', 'literal'],
    [['http://*:*'], 'http://127.0.0.1:99/', 'by-name'],
    [[], 'https://example.com/', 'denied'],
  ])('%j %s → %s', (patterns, url, expected) => {
    expect(check(patterns as string[], url as string)).toBe(expected)
  })

  test('self is the served address, by name or by address', () => {
    expect(check(['self'], 'http://127.0.0.1:3000/', '127.0.0.1:3000')).toBe('self')
    expect(check(['http://self'], 'http://self/', '127.0.0.1:3000')).toBe('self')
    expect(check(['self'], 'http://127.0.0.1:3001/', '127.0.0.1:3000')).toBe('denied')
  })

  test.each([
    'example.com',
    'ftp://example.com',
    'https://ex*mple.com',
    'https://example.com/path',
    'https://user@example.com',
  ])('%s is not a pattern', (pattern) => {
    expect(() => new AllowList([pattern])).toThrow(TypeError)
  })
})

describe('parseTarget', () => {
  test.each(['user@host', 'host/path', 'host:99999', '', 'a b', '[::1', 'h#x'])(
    '%j is not an authority',
    (authority) => {
      expect(parseTarget('http', authority)).toBeUndefined()
    },
  )
})

test.each([
  ['8.8.8.8', true],
  ['2606:4700::1111', true],
  ['127.0.0.1', false],
  ['10.1.2.3', false],
  ['172.16.0.1', false],
  ['192.168.1.1', false],
  ['169.254.169.254', false],
  ['100.64.0.1', false],
  ['0.0.0.0', false],
  ['224.0.0.1', false],
  ['::1', false],
  ['::', false],
  ['fe80::1', false],
  ['fd00::1', false],
  ['::ffff:10.0.0.1', false],
  ['64:ff9b::a00:1', false],
  ['2002:7f00:1::', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected)
})
