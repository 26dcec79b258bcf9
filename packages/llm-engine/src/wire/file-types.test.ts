import { expect, it } from 'vitest'
import { longestForRegex } from '../../test/regex-lengths'
import { plainFile } from './file-types'

const file = (url: string, mediaType = 'application/octet-stream') => plainFile({ type: 'file', mediaType, url })

it.each([
  ['data:image/jpg;base64,AAAA', { mediaType: 'image/jpeg', raw: 'AAAA' }],
  ['DATA:text/plain;charset=utf-8;BASE64,AA,A', { mediaType: 'text/plain', raw: 'AA,A' }],
  ['data:;base64,AAAA', { mediaType: 'application/octet-stream', raw: 'AAAA' }],
  ['data:;base64,', { mediaType: 'application/octet-stream', raw: '' }],
])('the bytes of %s', (url, bytes) => {
  expect(file(url)).toEqual({ type: 'file', ...bytes })
})

it.each([
  'data:text/plain,a;base64',
  'data:text/plain;base64',
  'data:text/plain;base64;x,AAAA',
  'data:',
  'https://x/;base64,A',
])('%s stays an address', (url) =>
  expect(file(url, 'image/jpg')).toEqual({ type: 'file', mediaType: 'image/jpeg', url }),
)

it('an address of any length is looked through once', async () => {
  const url = `data:${'a'.repeat(1_000_000)}`
  expect(await longestForRegex(() => expect(file(url)).toMatchObject({ url }))).toBeLessThan(100)
})
