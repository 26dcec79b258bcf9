import { expect, it } from 'vitest'
import { checkOutbound, matchesOutbound, parseOutbound } from './outbound'

it.each([
  ['https://api.example.com', 'https://api.example.com/x?y', true],
  ['https://api.example.com/', 'https://api.example.com:443/', true],
  ['https://API.example.com', 'https://Api.Example.com/', true],
  ['https://api.example.com', 'https://api.example.com:8443/', false],
  ['https://api.example.com:8443', 'https://api.example.com:8443/', true],
  ['https://api.example.com', 'http://api.example.com/', false],
  ['https://api.example.com', 'https://api.example.com./', false],
  ['https://api.example.com', 'https://api.example.com.evil.test/', false],
  ['https://*.example.com', 'https://a.example.com/', true],
  ['https://*.example.com', 'https://a.b.example.com/', true],
  ['https://*.example.com', 'https://example.com/', false],
  ['https://*.example.com', 'https://evilexample.com/', false],
  ['http://127.0.0.1:*', 'http://127.0.0.1:3000/', true],
  ['http://127.0.0.1:80', 'http://2130706433/', true],
  ['http://localhost', 'http://localhost:3000/', false],
  ['http://[::1]:8080', 'http://[0:0:0:0:0:0:0:1]:8080/', true],
  ['*://*:*', 'http://any.test:1/', true],
  ['*://host', 'https://host:7/', true],
  ['https://*', 'https://any.test/', true],
  ['https://*', 'https://any.test:8443/', false],
])('%s covers %s: %s', (pattern, url, expected) => {
  expect(matchesOutbound(pattern, new URL(url))).toBe(expected)
})

it.each([
  'api.example.com',
  'https://a/path',
  'https://a?x',
  'https://u@a',
  'https://a:b',
  'https://a.*.com',
  'https://**',
  '',
  'https://',
])('%j is no pattern', (pattern) => {
  expect(() => parseOutbound(pattern)).toThrow(
    expect.objectContaining({
      code: 'PF_CONFIG_INVALID',
      message: expect.stringContaining('does not name outbound hosts') as string,
    }) as Error,
  )
})

it('names the host that is not allowed, and nothing else of the URL', () => {
  expect(() => checkOutbound([], new URL('https://user:pass@api.example.com:81/path?key=1'))).toThrow(
    "Calls to https://api.example.com:81 are not allowed. Add it to the agent's needs.outbound.",
  )
})

it('an address that was covered is not covered by other patterns, nor are those beside it', () => {
  const patterns = ['https://a.example']
  const address = 'https://a.example/v1'
  for (let times = 0; times < 2; times++) checkOutbound(patterns, address)
  expect(() => checkOutbound(['https://b.example'], address)).toThrow('https://a.example')
  expect(() => checkOutbound(patterns, 'https://b.example/v1')).toThrow('https://b.example')
  patterns[0] = 'https://b.example'
  expect(() => checkOutbound(patterns, address)).toThrow('https://a.example')
  expect(() => checkOutbound(patterns, 'v1')).toThrow(TypeError)
})
