import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { holdsSecret } from './find-secret'

const secretOf = (key: KeyObject) => new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).d as string, 'base64url'))
const around = (text: string | Buffer, encoding?: BufferEncoding) =>
  Buffer.concat([Buffer.alloc(1001, 7), Buffer.from(text as string, encoding), Buffer.alloc(999, 9)])

const kinds: [string, () => KeyObject][] = [
  ['P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ['P-521', () => generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey],
  ['Ed25519', () => generateKeyPairSync('ed25519').privateKey],
  ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
]

describe.each(kinds)('a key of the kind %s', (name, make) => {
  const key = make()
  const secret = secretOf(key)
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' })

  it.each<[string, Buffer]>([
    ['as bytes', around(Buffer.from(secret))],
    ['as PKCS #8', around(pkcs8)],
    ['as PEM', around(key.export({ format: 'pem', type: 'pkcs8' }) as string)],
    ['as PEM in two bytes per character', around(key.export({ format: 'pem', type: 'pkcs8' }) as string, 'utf16le')],
    ['as a JWK', around(JSON.stringify(key.export({ format: 'jwk' })))],
    ['as a JWK in base64', around(Buffer.from(secret).toString('base64'))],
    ['as PKCS #8 in base64url', around(pkcs8.toString('base64url'))],
    ['in hex', around(Buffer.from(secret).toString('hex'))],
    ['in hex in capitals', around(pkcs8.toString('hex').toUpperCase())],
  ])('is found %s', (_how, bytes) => expect(holdsSecret(bytes, secret)).toBe(true))

  // The older form, of which each kind has its own or none.
  const type = name === 'RSA' ? 'pkcs1' : name === 'Ed25519' ? 'pkcs8' : 'sec1'
  it(`is found as PEM (${type})`, () =>
    expect(holdsSecret(around(key.export({ format: 'pem', type }) as string), secret)).toBe(true))

  it('is not found in its public half, nor in another key', () => {
    const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...open } = key.export({ format: 'jwk' })
    expect(holdsSecret(around(JSON.stringify(open)), secret)).toBe(false)
    expect(holdsSecret(around(make().export({ format: 'pem', type: 'pkcs8' }) as string), secret)).toBe(false)
  })
})

it('is found wherever a line of a PEM file ends', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const text = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')
  for (let first = 1; first <= 64; first++) {
    const lines = text.slice(first).replace(/.{64}/g, '$&\n')
    expect([first, holdsSecret(Buffer.from(`${text.slice(0, first)}\n${lines}`), secretOf(privateKey))]).toEqual([
      first,
      true,
    ])
  }
})

it('is found without the zeros at its beginning', () => {
  const secret = new Uint8Array(32).fill(0xa5)
  secret[0] = secret[1] = 0
  expect(holdsSecret(around(Buffer.from(secret.subarray(2))), secret)).toBe(true)
})
