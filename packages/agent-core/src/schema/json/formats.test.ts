import { expect, it } from 'vitest'
import { hasFormat } from './formats'

it.each<[string, string[], string[]]>([
  [
    'date',
    ['2024-02-29', '0001-01-01', '9999-12-31'],
    ['2023-02-29', '2023-13-01', '2023-1-1', '02023-01-01', '2023-04-31'],
  ],
  [
    'time',
    ['00:00:00Z', '23:59:60Z', '01:59:60+02:00', '21:59:60.5-02:00', '12:00:00.123z'],
    ['24:00:00Z', '12:00:00', '22:59:60Z', '12:00Z', '12:00:00+24:00'],
  ],
  [
    'date-time',
    ['2024-02-29T12:00:00Z', '2024-02-29 12:00:00+01:00'],
    ['2024-02-30T12:00:00Z', '2024-02-29', '2024-02-29T12:00:00', '2024-02-29TT12:00:00Z'],
  ],
  [
    'duration',
    ['P1Y2M3DT4H5M6S', 'P1W', 'PT0S', 'P1M', 'P1DT1H'],
    ['P', 'PT', 'P1YT', 'P1Y2D', 'PT1H2S', '1D', 'P1W1D', 'P1S'],
  ],
  [
    'uri',
    ['https://u:p@example.com:80/a?b#c', 'urn:a:b', 'a:', 'http://[::1]:8080/', 'http://[v1.a]/', 'x:/a%20b'],
    ['/a', 'a', '//a', 'http://[::1', 'http://[1]/', 'http://a b/', 'a:%zz', 'http://a:b:c/', '1:a', 'a://b\\c'],
  ],
  ['uri-reference', ['', 'a/b:c', '//h/p', '#a', '?a', '../a', 'urn:a'], ['1:b', 'a b', '#a#b', '//[x]/', '\\a']],
  ['uri-template', ['/a{?b,c*}{/d:3}', '{+a.b}', ''], ['{', '{}', '{a', 'a}', '{a..b}', '{a:0}', 'a b']],
  ['url', ['http://localhost:1/a', 'https://example.com'], ['mailto:a@b', 'example.com', 'http://', 'http://a b']],
  [
    'email',
    ['a@b', 'a.b+c@example.com', '"a b"@c', 'a@[127.0.0.1]', 'a@[IPv6:::1]'],
    ['a', '@b', 'a@', '.a@b', 'a.@b', 'a..b@c', 'a b@c', 'a@b..c', `${'a'.repeat(65)}@b`, 'a@[1]'],
  ],
  [
    'hostname',
    ['a', 'example.com', 'xn--a', '1.a-b'],
    ['', '-a', 'a-', 'a_b', '.', 'a.', `${'a'.repeat(64)}.b`, Array(130).fill('a').join('.')],
  ],
  ['ipv4', ['0.0.0.0', '255.255.255.255'], ['256.0.0.1', '1.2.3', '1.2.3.4.', '1.2.3.4.5', '01.2.3.4', '']],
  [
    'ipv6',
    ['::', '::1', '1::', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::', '::ffff:1.2.3.4', '1:2:3:4:5:6:1.2.3.4'],
    [
      '',
      ':',
      ':::',
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8::',
      '12345::',
      '1.2.3.4',
      '1.2.3.4::',
      '::1.2.3.256',
      '::1%0',
      '1:2:3:4:5:6:7:1.2.3.4',
    ],
  ],
  [
    'uri-template',
    [
      `{a${',b.c:12,d*'.repeat(2_000)}}`,
      `{a${'.b'.repeat(2_000)}*}x`,
      '{a}'.repeat(2_000),
      'a{b,c}'.repeat(2_000),
      `x{a${',a'.repeat(19)}}`,
      `x{a${',a'.repeat(20)}}`,
      `x{a${',a'.repeat(21)}}`,
    ],
    [
      `{a${',b.c:12,d*'.repeat(2_000)}`,
      `{a${'.b'.repeat(2_000)}.}`,
      `${'{a}'.repeat(2_000)}{`,
      `${'{a}'.repeat(100)}}`,
    ],
  ],
  ['regex', ['^a+$', '\\p{L}', ''], ['(', '[', '\\a', 'a\\Z']],
  [
    'uuid',
    ['2EB8AA08-aa98-11ea-b4aa-73b441d16380'],
    ['2eb8aa08aa9811eab4aa73b441d16380', '2eb8aa08-aa98-11ea-b4aa-73b441d1638'],
  ],
  ['json-pointer', ['', '/', '/a~0b~1c//'], ['a', '/~', '/~2', '#/a']],
  ['relative-json-pointer', ['0', '1#', '10/a'], ['', '01', '/a', '-1', '1##', '1a']],
  ['unheard-of', ['anything'], []],
  ['toString', ['anything'], []],
])('%s', (name, takes, refuses) => {
  expect(takes.filter((text) => !hasFormat(text, name))).toEqual([])
  expect(refuses.filter((text) => hasFormat(text, name))).toEqual([])
})

it.each([
  ['uri', `x:${'a'.repeat(1e5)} `],
  ['uri', `http://${'a:'.repeat(5e4)} `],
  ['email', `${'a.'.repeat(5e4)}@ `],
  ['uri-template', `{${'a'.repeat(1e5)}`],
  ['hostname', `${'a-'.repeat(5e4)}`],
  ['ipv6', ':'.repeat(1e5)],
  ['ipv6', '1:'.repeat(5e4)],
  ['date-time', 't'.repeat(1e5)],
  ['json-pointer', `${'/'.repeat(1e5)}~`],
  ['uri-template', `{a${',a'.repeat(1e5)}`],
  ['regex', 'a'.repeat(10_001)],
  ['email', `"${'a'.repeat(1e5)}"@b`],
])('%s takes no time that grows faster than the text', (name, text) => {
  const from = performance.now()
  expect(hasFormat(text, name)).toBe(false)
  expect(performance.now() - from).toBeLessThan(5000)
})
