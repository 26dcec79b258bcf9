import { expect, it } from 'vitest'
import { isAuthority, onlyHost, requestTarget } from './request-target'

it.each([
  'a',
  'localhost:3000',
  'Agent.Example',
  'my_agent.internal:1',
  'xn--bcher-kva.example',
  '127.0.0.1',
  '127.0.0.1:65535',
  '[::1]',
  '[::1]:80',
  '[::ffff:1.2.3.4]:80',
])('%j is an authority', (text) => {
  expect(isAuthority(text)).toBe(true)
  expect(new URL(`http://${text}/x`).username).toBe('')
})

it.each([
  '',
  ' ',
  'a b',
  ' a',
  '[',
  '[]',
  '[::1',
  '[g::1]',
  '::1',
  'a:',
  'a:99999',
  'a:123456',
  'a:b',
  'a:1:2',
  '%00',
  'a%41',
  'evil"<script>',
  'u:p@evil',
  'u@evil',
  'a/b?c#d',
  'a\\b',
  'a,b',
  '\u00ff\u00fe',
  'b\u00fccher.example',
  '1.2.3.4.5',
  '256.0.0.1',
])('%j is none', (text) => {
  expect(isAuthority(text)).toBe(false)
})

it('the Host header says whom a request is for, and in HTTP/1.0 its absence says nothing', () => {
  expect(requestTarget('/x?y', 'a:1', 'own:2')).toEqual({ authority: 'a:1', path: '/x?y' })
  expect(requestTarget('//b/x', 'a', 'own:2')).toEqual({ authority: 'a', path: '//b/x' })
  expect(requestTarget('/x', undefined, 'own:2')).toEqual({ authority: 'own:2', path: '/x' })
  expect(requestTarget('/x', '', 'own:2')).toBeUndefined()
  expect(requestTarget('/x', 'u@a', 'own:2')).toBeUndefined()
})

it('what was good is good again, and nothing else is for that', () => {
  for (const [text, is] of [
    ['', false],
    ['a:1', true],
    ['a:1', true],
    ['', false],
    ['a:1 ', false],
    ['b', true],
    ['a:1', true],
    ['a:99999', false],
    ['a:99999', false],
  ] as const)
    expect([text, isAuthority(text)]).toEqual([text, is])
})

it('one of several Host headers is none, the same one twice included', () => {
  expect(onlyHost(['Host', 'a', 'x-host', 'b', 'Hosts', 'c'], 'a')).toBe('a')
  expect(onlyHost(['x', 'host'], undefined)).toBeUndefined()
  for (const second of ['Host', 'host', 'hOST']) expect(onlyHost(['Host', 'a', 'x', 'y', second, 'a'], 'a')).toBe('')
  expect(requestTarget('http://b/', onlyHost(['host', 'a', 'host', 'b'], 'a'), 'own')).toBeUndefined()
})

it('an address in the request line comes before the Host header', () => {
  expect(requestTarget('http://b:1/x?y', 'a', 'own')).toEqual({ authority: 'b:1', path: '/x?y' })
  expect(requestTarget('HTTPS://b?y', 'a', 'own')).toEqual({ authority: 'b', path: '/?y' })
  expect(requestTarget('http://b', undefined, 'own')).toEqual({ authority: 'b', path: '/' })
  for (const bad of ['http://', 'http:///x', 'http://[/', 'http://u:p@b/x', 'ftp://b/x', '*', 'a:1', '', 'x/y'])
    expect(requestTarget(bad, 'a', 'own')).toBeUndefined()
  expect(requestTarget('http://b/', 'u@a', 'own')).toBeUndefined()
})
