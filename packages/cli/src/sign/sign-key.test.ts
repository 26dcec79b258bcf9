import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signAgentCard } from '@pf-agents/a2a-protocol'
import type { PfError } from '@pf-agents/agent-core'
import { createCardVerifier } from '@pf-agents/auth/jwt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseSignKey, readSignKeys, type SignKeySource } from './sign-key'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pf-sign-key-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
function fileOf(content: string | object): string {
  const file = join(folder, `key-${files++}`)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
  return file
}
const ec = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve }).privateKey
const rsa = (modulusLength = 2048) => generateKeyPairSync('rsa', { modulusLength }).privateKey
const pem = (key: KeyObject, type: 'pkcs8' | 'sec1' | 'pkcs1' = 'pkcs8') =>
  key.export({ format: 'pem', type }) as string
const jwk = (key: KeyObject, more: object = {}) => ({ ...key.export({ format: 'jwk' }), ...more })
const read = async (source: SignKeySource) => {
  const [key] = await readSignKeys([source])
  return key as NonNullable<typeof key>
}

const card = {
  name: 'n',
  description: 'd',
  version: '1',
  supportedInterfaces: [],
  capabilities: {},
  defaultInputModes: [],
  defaultOutputModes: [],
  skills: [],
}

describe('a key', () => {
  it.each<[string, () => string | object, string]>([
    ['P-256 as PKCS #8', () => pem(ec()), 'ES256'],
    ['P-256 as SEC 1', () => pem(ec(), 'sec1'), 'ES256'],
    ['P-384 as a JWK', () => jwk(ec('P-384')), 'ES384'],
    ['P-521 as PKCS #8', () => pem(ec('P-521')), 'ES512'],
    ['RSA as PKCS #8', () => pem(rsa()), 'RS256'],
    ['RSA as PKCS #1', () => pem(rsa(), 'pkcs1'), 'RS256'],
    ['RSA as a JWK with an algorithm', () => jwk(rsa(), { alg: 'PS256' }), 'PS256'],
    ['Ed25519 as PKCS #8', () => pem(generateKeyPairSync('ed25519').privateKey), 'EdDSA'],
  ])('%s signs a card that its public half verifies', async (_name, content, alg) => {
    const { kid, signer, publicJwk } = await read({ file: fileOf(content()) })
    expect(Object.keys(publicJwk)).not.toContain('d')
    const signed = await signAgentCard(card as never, [signer])
    const verify = createCardVerifier({ keys: { [kid]: { key: publicJwk as never } } })
    await expect(verify(signed as never, {})).resolves.toMatchObject({ kid, alg })
    await expect(verify({ ...signed, name: 'm' } as never, {})).rejects.toMatchObject({ code: 'PF_REMOTE_CARD' })
  })

  it('is named by the caller, else by its JWK, else by its thumbprint', async () => {
    const file = fileOf(jwk(ec(), { kid: 'own' }))
    expect((await read({ file, kid: 'given' })).kid).toBe('given')
    expect((await read({ file })).kid).toBe('own')
    // RFC 8037, A.3
    const example = { kty: 'OKP', crv: 'Ed25519', d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A' }
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
    expect((await read({ file: fileOf({ ...example, x }) })).kid).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
  })

  it('is the same to the cache under the same name only', async () => {
    const key = ec()
    const [file, same] = [fileOf(jwk(key)), fileOf(pem(key))]
    const { identity, kid } = await read({ file })
    expect((await read({ file: same })).identity).toBe(identity)
    expect((await read({ file, kid: 'other' })).identity).not.toBe(identity)
    expect((await read({ file, jku: 'https://keys.example/set' })).identity).not.toBe(identity)
    expect((await read({ file: fileOf(ec().export({ format: 'jwk' })), kid })).identity).not.toBe(identity)
    expect(identity).not.toContain(jwk(key).d)
  })

  it.each<[string, () => string | object, Partial<SignKeySource>, RegExp]>([
    ['that is public (PEM)', () => publicPem(ec()), {}, /no private key as JWK or PEM/],
    ['that is public (JWK)', () => ({ ...jwk(ec()), d: undefined }), {}, /has no private key/],
    ['that is a shared secret', () => ({ kty: 'oct', k: 'c2VjcmV0LXNlY3JldA' }), {}, /shared secret/],
    ['that is a set of keys', () => ({ keys: [jwk(ec())] }), {}, /set of keys/],
    ['that is encrypted', () => encrypted(ec(), 'pkcs8'), {}, /is encrypted/],
    ['that is encrypted in the older way', () => encrypted(ec(), 'sec1'), {}, /is encrypted/],
    ['that is too weak', () => pem(rsa(1024)), {}, /1024 bits is too weak/],
    ['of another curve', () => pem(ec('secp256k1')), {}, /secp256k1 can not sign cards/],
    ['of another kind', () => pem(generateKeyPairSync('x25519').privateKey), {}, /x25519 can not sign cards/],
    ['that is no JSON', () => '{ "d": "s3cret-part"', {}, /neither PEM nor JSON/],
    ['that is nothing', () => 'hello', {}, /no private key as JWK or PEM/],
    ['with an algorithm of another kind', () => pem(ec()), { alg: 'RS256' }, /RS256/],
    ['with an algorithm of another curve', () => pem(ec()), { alg: 'ES384' }, /ES384/],
    ['with a shared-secret algorithm', () => pem(ec()), { alg: 'HS256' }, /"HS256" can not be allowed/],
    ['with no algorithm', () => pem(ec()), { alg: 'none' }, /"none" can not be allowed/],
    ['with an address that is none', () => pem(ec()), { jku: 'keys' }, /jku/],
  ])('%s is refused, and nothing of it quoted', async (_what, content, more, message) => {
    const text = content()
    const file = fileOf(text)
    const error = (await readSignKeys([{ file, ...more }]).catch((thrown: unknown) => thrown)) as PfError
    expect(error).toMatchObject({ code: 'PF_CONFIG_INVALID', message: expect.stringMatching(message) as string })
    expect(error.message).toContain(file)
    expect(error.cause).toBeUndefined()
    expect(error.message).not.toMatch(/s3cret/)
    const parts = (typeof text === 'string' ? text : JSON.stringify(text)).match(/[\w+/-]{30,}/g) ?? []
    for (const part of parts) expect(error.message).not.toContain(part)
  })

  it('that is not there is refused, and so are two of one name', async () => {
    const nowhere = join(folder, 'nowhere.pem')
    await expect(readSignKeys([{ file: nowhere }])).rejects.toMatchObject({
      code: 'PF_CONFIG_INVALID',
      message: `The card can not be signed with ${nowhere}: it can not be read (ENOENT).`,
    })
    const two = [fileOf(pem(ec())), fileOf(pem(ec()))].map((file) => ({ file, kid: 'same' }))
    await expect(readSignKeys(two)).rejects.toMatchObject({
      code: 'PF_CONFIG_INVALID',
      message: expect.stringContaining('named same') as string,
    })
  })
})

const publicPem = (key: KeyObject) => createPublicKey(key).export({ format: 'pem', type: 'spki' }) as string
const encrypted = (key: KeyObject, type: 'pkcs8' | 'sec1') =>
  key.export({ format: 'pem', type, cipher: 'aes-256-cbc', passphrase: 'open sesame' }) as string

describe('the command line', () => {
  it.each<[string, SignKeySource]>([
    ['key.pem', { file: 'key.pem' }],
    ['a,b/key.pem,kid=2026-11', { file: 'a,b/key.pem', kid: '2026-11' }],
    ['key.jwk,alg=PS256,kid=k', { file: 'key.jwk', alg: 'PS256', kid: 'k' }],
    ['key.jwk,jku=https://keys.example/set?a=b', { file: 'key.jwk', jku: 'https://keys.example/set?a=b' }],
    ['kid=x', { file: 'kid=x' }],
    ['key.pem,other=x', { file: 'key.pem,other=x' }],
  ])('reads %s', (text, source) => expect(parseSignKey(text)).toEqual(source))
})
