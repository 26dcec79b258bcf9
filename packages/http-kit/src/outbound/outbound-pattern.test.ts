import { expect, it } from 'vitest'
import { createOutboundMatcher, parseOutboundPattern } from './outbound-pattern'

const allowed = (pattern: string, url: string) => createOutboundMatcher([pattern])(new URL(url))

it.each([
  ['https://api.example.com', 'https://api.example.com/x?y', true],
  ['https://api.example.com', 'https://API.example.com:443/', true],
  ['https://api.example.com', 'https://api.example.com:8443/', false],
  ['https://api.example.com', 'http://api.example.com/', false],
  ['https://api.example.com', 'https://api.example.com.evil.test/', false],
  ['https://api.example.com:*', 'https://api.example.com:8443/', true],
  ['https://*.example.com', 'https://a.b.example.com/', true],
  ['https://*.example.com', 'https://example.com/', false],
  ['https://*.example.com', 'https://.example.com/', false],
  ['https://*.example.com', 'https://evilexample.com/', false],
  ['http://localhost:*', 'http://localhost:3000/', true],
  ['http://localhost', 'http://localhost:3000/', false],
  ['http://127.0.0.1:80', 'http://2130706433/', true],
  ['http://[::1]:8080', 'http://[0:0:0:0:0:0:0:1]:8080/', true],
  ['*://*:*', 'http://any.test:1/', true],
  ['*://host', 'https://host:7/', true],
  ['https://*', 'https://any.test/', true],
  ['https://*', 'https://any.test:8443/', false],
])('%s on %s: %s', (pattern, url, expected) => {
  expect(allowed(pattern, url)).toBe(expected)
})

it.each(['example.com', 'https://', 'https://a/b', 'https://a:b', 'https://a.*.com', 'https://u@a', '', 'https://a b'])(
  'does not take %j for a rule',
  (pattern) => {
    expect(() => parseOutboundPattern(pattern)).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }))
  },
)
