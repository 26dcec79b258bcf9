import { canonicalizeAgentCard, generateAgentCardSignature, verifyAgentCardSignature } from '@a2a-js/sdk'
import {
  type AgentCard,
  canonicalAgentCard,
  type CardForm,
  cardFormHeader,
  type CardSigner,
  signAgentCard,
} from '@pf-agents/a2a-protocol'
import type { JsonValue } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { exportPKCS8, importPKCS8 } from 'jose'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { testKey, type TestKey } from '../../test/issuer'
import { createCardSigner } from './card-signer'
import { createCardVerifier, type CardVerifierOptions } from './card-verifier'

const plain: AgentCard = {
  name: 'Trip agent',
  description: 'Plans trips: é€😀',
  version: '2.1.0',
  supportedInterfaces: [{ url: 'https://a.example/rpc', protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
  capabilities: { streaming: false },
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [{ id: 'plan', name: 'Plan', description: 'Makes itineraries', tags: ['travel'] }],
}
/** With what the specification and the SDKs write differently. */
const guarded: AgentCard = {
  ...plain,
  skills: [],
  securitySchemes: {
    mtls: { mtlsSecurityScheme: {} },
    key: { apiKeySecurityScheme: { location: 'header', name: 'K' } },
  },
  securityRequirements: [{ schemes: { mtls: { list: [] } } }],
  capabilities: { extensions: [{ uri: 'urn:x', params: { empty: '', none: null, list: [{}] } }] },
}
const cards: [string, AgentCard][] = [
  ['a plain card', plain],
  ['a card with empty members', guarded],
]
const clientFlow = { clientCredentials: { tokenUrl: 'https://t.example/token', scopes: {} } }
/** As it comes off the wire. */
const received = (card: object) => JSON.parse(JSON.stringify(card)) as { [name: string]: JsonValue }

let key: TestKey
let other: TestKey
let signer: CardSigner

beforeAll(async () => {
  // The SDK prints every signature that is not good.
  vi.spyOn(console, 'debug').mockImplementation(() => {})
  ;[key, other] = await Promise.all([testKey('2026-11'), testKey('2026-12', 'EdDSA')])
  signer = await createCardSigner({ key: key.privateJwk })
})

const trusts = (...keys: TestKey[]) => Object.fromEntries(keys.map((one) => [one.kid, { key: one.publicJwk }]))
const verifier = (options: CardVerifierOptions = { keys: trusts(key) }) => createCardVerifier(options)
const untrusted = { code: 'PF_REMOTE_CARD', details: { reason: 'signature' } }

describe('a card signed here', () => {
  it.each(cards)('%s is verified here, in the form of the specification', async (_what, card) => {
    const signed = received(await signAgentCard(card, [signer]))
    const [first] = signed['signatures'] as JsonValue[]
    expect(await verifier()(signed, {})).toEqual({
      kid: '2026-11',
      alg: 'ES256',
      form: 'spec',
      card: { ...(JSON.parse(canonicalAgentCard(card)) as object), signatures: [first] },
    })
  })

  it.each(cards)('%s is verified by the official SDK', async (_what, card) => {
    const signed = received(await signAgentCard(card, [signer]))
    const asked: unknown[] = []
    await verifyAgentCardSignature(async (kid, jku) => {
      asked.push(kid, jku)
      return key.publicJwk
    })(signed as never)
    expect(asked.slice(0, 2)).toEqual(['2026-11', undefined])
    const changed = { ...signed, description: 'Steals trips' }
    await expect(verifyAgentCardSignature(async () => key.publicJwk)(changed as never)).rejects.toThrow(
      'No valid signatures',
    )
  })

  it.each(['ES256', 'ES384', 'EdDSA', 'PS256', 'RS256'])('can be signed with %s', async (alg) => {
    const pair = await testKey('k', alg)
    const made = await createCardSigner({ key: pair.privateKey, kid: 'k', jku: 'https://a.example/keys', alg })
    const signed = received(await signAgentCard(plain, [made]))
    expect(await verifier({ keys: trusts(pair) })(signed, {})).toMatchObject({ kid: 'k', alg, form: 'spec' })
    const [{ protected: header }] = signed['signatures'] as [{ protected: string }]
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg,
      kid: 'k',
      typ: 'JOSE',
      jku: 'https://a.example/keys',
      [cardFormHeader]: 'spec',
    })
    await expect(verifyAgentCardSignature(async () => pair.publicJwk)(signed as never)).resolves.toBeUndefined()
  })

  it('takes an imported key, and finds the algorithm by it', async () => {
    const imported = await importPKCS8(await exportPKCS8((await testKey('p', 'ES384')).privateKey), 'ES384')
    const { protected: header } = await (await createCardSigner({ key: imported, kid: 'p' })).sign(Uint8Array.of(1))
    expect(Buffer.from(header, 'base64url').toString()).toContain('"ES384"')
    const { alg: _alg, ...nameless } = key.privateJwk
    const again = await (await createCardSigner({ key: nameless, kid: 'q' })).sign(Uint8Array.of(1))
    expect(Buffer.from(again.protected, 'base64url').toString()).toContain('"ES256"')
  })
})

describe('what a signature says it covers', () => {
  /** What it asks for is empty, and nothing else is: what the SDKs' form leaves of it is a card of its own. */
  const asking: AgentCard = { ...guarded, skills: plain.skills }
  /** The card as the SDKs' form has it, which is a card that asks for less. */
  const stripped = JSON.parse(canonicalAgentCard(asking, 'sdk')) as object
  const signaturesOf = (card: object) => received(card)['signatures'] as [JsonValue, ...JsonValue[]]
  /** A signer that knows nothing of forms, as those of this SDK were once, and those of other SDKs are. */
  const plainSigner: CardSigner = { kid: '2026-11', sign: (payload) => signer.sign(payload) }
  const signedPlainly = async (card: object, form: CardForm) =>
    received({ ...card, signatures: [await signer.sign(new TextEncoder().encode(canonicalAgentCard(card, form)))] })
  const headerOf = ({ protected: encoded }: { protected: string }) =>
    JSON.parse(Buffer.from(encoded, 'base64url').toString()) as Record<string, unknown>

  it('is its form; that of the specification where they are the same', async () => {
    const of = async (card: AgentCard, forms?: CardForm[]) =>
      ((await signAgentCard(card, [signer], forms && { forms })).signatures ?? []).map(
        (one) => headerOf(one)[cardFormHeader],
      )
    expect(await of(asking)).toEqual(['spec', 'sdk'])
    expect(await of(asking, ['sdk'])).toEqual(['sdk'])
    expect(await of(plain)).toEqual(['spec'])
    expect(await of(plain, ['sdk'])).toEqual(['spec'])
  })

  it('keeps a card from being made one that asks for less', async () => {
    const [whole, less] = signaturesOf(await signAgentCard(asking, [signer])) as [JsonValue, JsonValue]
    // The text is the same in both forms: only the header tells them apart.
    expect(canonicalAgentCard(stripped)).toBe(canonicalAgentCard(asking, 'sdk'))
    for (const one of [whole, less])
      await expect(verifier()(received({ ...stripped, signatures: [one] }), {})).rejects.toMatchObject(untrusted)
    // Whoever is content with less is told that it is less.
    const content = verifier({ keys: trusts(key), forms: ['spec', 'sdk'] })
    expect(await content(received({ ...stripped, signatures: [less] }), {})).toMatchObject({ form: 'sdk' })
    // The order of signatures and forms makes no difference.
    const mixed = received({ ...asking, signatures: [less, whole] })
    expect(await verifier()(mixed, {})).toMatchObject({ form: 'spec', card: { signatures: [whole] } })
  })

  it('can not be changed or taken out', async () => {
    const [, less] = signaturesOf(await signAgentCard(asking, [signer])) as [JsonValue, { protected: string }]
    const { [cardFormHeader]: _form, ...silent } = headerOf(less)
    for (const header of [silent, { ...silent, [cardFormHeader]: 'spec' }]) {
      const changed = { ...less, protected: Buffer.from(JSON.stringify(header)).toString('base64url') }
      await expect(verifier()(received({ ...stripped, signatures: [changed] }), {})).rejects.toMatchObject(untrusted)
    }
    const outside = { ...less, header: { [cardFormHeader]: 'spec' } }
    await expect(verifier()(received({ ...stripped, signatures: [outside] }), {})).rejects.toMatchObject(untrusted)
  })

  it.each(['SPEC', '', 'both', 7, null, ['spec']])('is not taken where it is %j', async (said) => {
    const payload = new TextEncoder().encode(canonicalAgentCard(plain))
    const one = await signer.sign(payload, { [cardFormHeader]: said as string })
    const all = verifier({ keys: trusts(key), forms: ['spec', 'sdk'] })
    await expect(all(received({ ...plain, signatures: [one] }), {})).rejects.toMatchObject(untrusted)
  })

  it('of the specification is good for who asks for the form of the SDKs: it left nothing out', async () => {
    const signed = received(await signAgentCard(plain, [signer]))
    const [only] = signaturesOf(signed)
    const sdk = verifier({ keys: trusts(key), forms: ['sdk'] })
    expect(await sdk(signed, {})).toMatchObject({ card: { ...plain, signatures: [only] } })
    await expect(sdk(received({ ...plain, description: 'x', signatures: [only] }), {})).rejects.toMatchObject(untrusted)
  })

  it('may be asked for: then one that does not say is not good, such as those of before', async () => {
    const strict = verifier({ keys: trusts(key), requireForm: true })
    // Made when signatures did not say it: nothing tells that the card asked for more.
    const [less] = signaturesOf(await signedPlainly(asking, 'sdk'))
    const old = received({ ...stripped, signatures: [less] })
    expect(await verifier()(old, {})).toMatchObject({ form: 'spec' })
    await expect(strict(old, {})).rejects.toMatchObject(untrusted)
    await expect(strict(await signedPlainly(asking, 'spec'), {})).rejects.toMatchObject(untrusted)
    // Beside those, new ones of the same key are good.
    const renewed = received(await signAgentCard((await signedPlainly(asking, 'sdk')) as never, [signer]))
    expect(await strict(renewed, {})).toMatchObject({ form: 'spec' })
  })

  it('must be put there by any signer', async () => {
    await expect(signAgentCard(asking, [plainSigner])).rejects.toMatchObject({
      code: 'PF_CONFIG_INVALID',
      message: expect.stringContaining(cardFormHeader) as string,
    })
    const broken: CardSigner = { kid: 'k', sign: async () => ({ protected: '!', signature: '' }) }
    await expect(signAgentCard(plain, [broken])).rejects.toMatchObject({ code: 'PF_CONFIG_INVALID' })
  })
})

describe('a card signed by the official SDK', () => {
  const signedBySdk = async (card: object) => {
    const sign = generateAgentCardSignature(key.privateKey, { alg: 'ES256', kid: '2026-11', typ: 'JOSE' })
    return received(await sign({ ...card, signatures: [] } as never))
  }
  const both = () => verifier({ keys: trusts(key), forms: ['spec', 'sdk'] })

  it('is verified here as the specification asks where nothing is empty', async () => {
    expect(canonicalAgentCard(plain)).toBe(canonicalizeAgentCard(plain as never))
    expect(await verifier()(await signedBySdk(plain), {})).toMatchObject({ alg: 'ES256', form: 'spec' })
  })

  it.each<[string, object]>([
    ['required members', { skills: [], description: '' }],
    ['scopes', { securitySchemes: { o: { oauth2SecurityScheme: { flows: clientFlow } } } }],
    ['a text', { documentationUrl: '', iconUrl: '' }],
  ])('is verified here where asked to, if it is empty where that makes no difference: %s', async (_what, empty) => {
    const signed = await signedBySdk({ ...plain, ...empty })
    await expect(verifier()(signed, {})).rejects.toMatchObject(untrusted)
    const { form, card } = await both()(signed, {})
    expect(form).toBe('sdk')
    expect(card).toEqual({
      ...(JSON.parse(canonicalizeAgentCard(signed as never)) as object),
      signatures: signed['signatures'],
    })
  })

  it('is refused where what is empty means something: it is not in what was signed', async () => {
    const signed = await signedBySdk(guarded)
    await expect(verifyAgentCardSignature(async () => key.publicJwk)(signed as never)).resolves.toBeUndefined()
    await expect(verifier()(signed, {})).rejects.toMatchObject(untrusted)
    await expect(both()(signed, {})).rejects.toMatchObject({
      ...untrusted,
      message: 'The agent card can not be trusted: it does not say what its signature covers.',
    })
  })
})

describe('a card that was changed', () => {
  const changes: [string, (card: AgentCard) => object][] = [
    [
      'another address',
      (card) => ({ ...card, supportedInterfaces: [{ ...card.supportedInterfaces[0], url: 'https://evil.example' }] }),
    ],
    [
      'one more interface',
      (card) => ({ ...card, supportedInterfaces: [...card.supportedInterfaces, ...card.supportedInterfaces] }),
    ],
    ['a capability', (card) => ({ ...card, capabilities: { ...card.capabilities, streaming: true } })],
    ['a tenant', (card) => ({ ...card, supportedInterfaces: [{ ...card.supportedInterfaces[0], tenant: 't' }] })],
    ['a scheme', (card) => ({ ...card, securitySchemes: { x: { httpAuthSecurityScheme: { scheme: 'Basic' } } } })],
    ['no skills', (card) => ({ ...card, skills: undefined })],
    ['half a surrogate pair', (card) => ({ ...card, iconUrl: '\ud800' })],
  ]
  it.each(changes)('(%s) is refused', async (_what, change) => {
    const signed = received(change((await signAgentCard(plain, [signer])) as AgentCard))
    await expect(verifier()(signed, {})).rejects.toMatchObject(untrusted)
  })

  it.each([
    ['an unknown member', { future: 1 }],
    ['an unknown member of an own name', JSON.parse('{"__proto__":{"url":"x"}}') as object],
    ['a wrong type', { provider: [] }],
  ])('(%s) is refused by the form of the specification', async (_what, more) => {
    const signed = received(await signAgentCard(plain, [signer], { forms: ['spec'] }))
    for (const [name, value] of Object.entries(more)) Object.defineProperty(signed, name, { value, enumerable: true })
    await expect(verifier({ keys: trusts(key), forms: ['spec'] })(signed, {})).rejects.toMatchObject(untrusted)
  })
})

describe('keys', () => {
  it('can be changed: one good signature is enough', async () => {
    const signed = received(await signAgentCard(plain, [signer, await createCardSigner({ key: other.privateJwk })]))
    expect(signed['signatures']).toHaveLength(2)
    for (const known of [key, other]) {
      expect(await verifier({ keys: trusts(known) })(signed, {})).toMatchObject({ kid: known.kid })
    }
    await expect(verifier({ keys: trusts(await testKey('2026-10')) })(signed, {})).rejects.toMatchObject(untrusted)
  })

  it('that are over are not good [CARD-SIGN-004]', async () => {
    const clock = createFakeClock(Date.parse('2026-11-20T00:00:00Z'))
    const signed = received(await signAgentCard(plain, [signer]))
    const keys = { '2026-11': { key: key.publicJwk, expires: '2026-12-01T00:00:00Z' } }
    const verify = verifier({ keys, clock })
    expect(await verify(signed, {})).toBeDefined()
    await clock.advance(12 * 86_400_000)
    await expect(verify(signed, {})).rejects.toMatchObject(untrusted)
    const odd = verifier({ keys: { '2026-11': { key: key.publicJwk, expires: 'soon' } } })
    await expect(odd(signed, {})).rejects.toMatchObject(untrusted)
  })

  it('of the same name by somebody else are not good', async () => {
    const impostor = await testKey('2026-11')
    const signed = received(await signAgentCard(plain, [await createCardSigner({ key: impostor.privateJwk })]))
    await expect(verifier()(signed, {})).rejects.toMatchObject(untrusted)
  })

  it.each(['__proto__', 'toString', 'constructor'])('named %s are not found where nobody put them', async (kid) => {
    const signed = received(await signAgentCard(plain, [await createCardSigner({ key: other.privateJwk, kid })]))
    await expect(verifier()(signed, {})).rejects.toMatchObject(untrusted)
  })

  it('may be found by a function that knows whose card it is', async () => {
    const signed = received(await signAgentCard(plain, [signer]))
    const asked: unknown[] = []
    const verify = verifier({
      keys: (kid, { alg, card, url }) => {
        asked.push([kid, alg, (card as { name: string }).name, url])
        return url === 'https://a.example/card' ? { key: key.publicJwk } : undefined
      },
    })
    expect(await verify(signed, { url: 'https://a.example/card' })).toMatchObject({ kid: '2026-11' })
    await expect(verify(signed, { url: 'https://b.example/card?x=s3cret' })).rejects.toMatchObject({
      ...untrusted,
      message: expect.not.stringContaining('s3cret') as string,
    })
    expect(asked).toEqual([
      ['2026-11', 'ES256', 'Trip agent', 'https://a.example/card'],
      ['2026-11', 'ES256', 'Trip agent', 'https://b.example/card?x=s3cret'],
    ])
  })
})

describe('a signature that is no good', () => {
  const encode = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
  const good = async () => (await signAgentCard(plain, [signer])).signatures?.[0] ?? expect.unreachable()

  it.each<[string, (one: { protected: string; signature: string }) => unknown]>([
    ['alg none', () => ({ protected: encode({ alg: 'none', kid: '2026-11' }), signature: '' })],
    [
      'alg HS256, with the public key as the secret',
      ({ signature }) => ({ protected: encode({ alg: 'HS256', kid: '2026-11' }), signature }),
    ],
    ['no kid', ({ signature }) => ({ protected: encode({ alg: 'ES256' }), signature })],
    [
      'a kid that is no text',
      ({ signature }) => ({ protected: encode({ alg: 'ES256', kid: ['2026-11'] }), signature }),
    ],
    ['a header that is no JSON', ({ signature }) => ({ protected: encode('{'), signature })],
    ['a header that is no object', ({ signature }) => ({ protected: encode('null'), signature })],
    [
      'a critical header nobody knows',
      ({ signature }) => ({ protected: encode({ alg: 'ES256', kid: '2026-11', crit: ['x'], x: 1 }), signature }),
    ],
    ['an empty signature', (one) => ({ ...one, signature: '' })],
    ['no base64', (one) => ({ ...one, signature: '!!' })],
    [
      'a huge header',
      ({ signature }) => ({ protected: encode({ alg: 'ES256', kid: '2026-11', x: 'x'.repeat(5_000) }), signature }),
    ],
    ['no object', () => 'signature'],
    ['nothing', () => null],
    [
      'its header outside of what is signed',
      ({ signature }) => ({ header: { alg: 'ES256', kid: '2026-11' }, signature }),
    ],
  ])('(%s) does not hide one that is', async (_what, make) => {
    const one = await good()
    await expect(verifier()(received({ ...plain, signatures: [make(one)] }), {})).rejects.toMatchObject(untrusted)
    expect(await verifier()(received({ ...plain, signatures: [make(one), one] }), {})).toMatchObject({ kid: '2026-11' })
  })

  it('is looked for among the first eight', async () => {
    const one = await good()
    const bad = { ...one, signature: one.signature.split('').toReversed().join('') }
    const among = (count: number) => received({ ...plain, signatures: [...Array<object>(count).fill(bad), one] })
    expect(await verifier()(among(7), {})).toBeDefined()
    await expect(verifier()(among(8), {})).rejects.toMatchObject(untrusted)
  })

  it.each<[string, JsonValue]>([
    ['null', null],
    ['a list', []],
    ['no signatures', received(plain)],
    ['signatures that are none', { signatures: 'x' }],
  ])('is not found in %s', async (_what, card) => {
    await expect(verifier()(card, {})).rejects.toMatchObject({
      ...untrusted,
      message: 'The agent card can not be trusted: it is not signed.',
    })
  })

  it('only allowed algorithms are', async () => {
    const signed = received({ ...plain, signatures: [await good()] })
    await expect(verifier({ keys: trusts(key), algorithms: ['EdDSA'] })(signed, {})).rejects.toMatchObject(untrusted)
  })
})

describe('a key set that the signature names', () => {
  const asked: string[] = []
  const publish = (keys: object[]) => async (url: string, init?: RequestInit) => {
    asked.push(url)
    expect(init?.redirect).toBe('manual')
    return Response.json({ keys })
  }
  const signedBy = async (jku: string) =>
    received(await signAgentCard(plain, [await createCardSigner({ key: key.privateJwk, jku })]))

  it('is gone by where its host is trusted, and loaded once', async () => {
    asked.length = 0
    const clock = createFakeClock()
    const verify = verifier({ trustedOrigins: ['https://keys.example'], fetch: publish([key.publicJwk]), clock })
    const signed = await signedBy('https://keys.example/a.json')
    for (let count = 0; count < 3; count++) expect(await verify(signed, {})).toMatchObject({ kid: '2026-11' })
    expect(asked).toEqual(['https://keys.example/a.json'])
    // Another key of the same set, made later.
    const later = received(
      await signAgentCard(plain, [
        await createCardSigner({ key: other.privateJwk, jku: 'https://keys.example/a.json' }),
      ]),
    )
    await expect(verify(later, {})).rejects.toMatchObject(untrusted)
    expect(asked).toHaveLength(1)
    await clock.advance(30_000)
    await expect(verify(later, {})).rejects.toMatchObject(untrusted)
    expect(asked).toHaveLength(2)
  })

  it.each([
    'https://evil.example/a.json',
    'https://keys.example.evil.example/a.json',
    'https://keys.example:8443/a.json',
    'https://user@keys.example/a.json',
    'https://keys.example@evil.example/',
  ])('is not even asked for at %s', async (jku) => {
    asked.length = 0
    const verify = verifier({ trustedOrigins: ['https://keys.example'], fetch: publish([key.publicJwk]) })
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid: '2026-11', jku })).toString('base64url')
    const [one] = (await signedBy('https://keys.example/a.json'))['signatures'] as [{ signature: string }]
    await expect(verify(received({ ...plain, signatures: [{ ...one, protected: header }] }), {})).rejects.toMatchObject(
      untrusted,
    )
    expect(asked).toEqual([])
  })

  it.each(['http://keys.example/a.json', 'file:///etc/keys', 'keys.json'])('can not be at %s', async (jku) => {
    await expect(createCardSigner({ key: key.privateJwk, jku })).rejects.toMatchObject({ code: 'PF_CONFIG_INVALID' })
    expect(() => verifier({ trustedOrigins: [jku] })).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }))
  })

  it('that can not be loaded is said to be why', async () => {
    const verify = verifier({
      trustedOrigins: ['https://keys.example'],
      fetch: () => Promise.reject(new TypeError('fetch failed')),
      clock: createFakeClock(),
    })
    await expect(verify(await signedBy('https://keys.example/a.json'), {})).rejects.toMatchObject({
      ...untrusted,
      message: expect.stringContaining('can not be loaded') as string,
    })
  })

  it('is not waited for by a caller that is gone', async () => {
    const verify = verifier({ trustedOrigins: ['https://keys.example'], fetch: publish([key.publicJwk]) })
    await expect(
      verify(await signedBy('https://keys.example/a.json'), { signal: AbortSignal.abort('gone') }),
    ).rejects.toBe('gone')
  })
})

it.each<[string, () => Promise<unknown>]>([
  [
    'a signer without a name for its key',
    () => createCardSigner({ key: { ...key.privateJwk, kid: undefined } as never }),
  ],
  ['a signer with a public key', () => createCardSigner({ key: key.publicJwk })],
  ['a signer with a secret', () => createCardSigner({ key: { kty: 'oct', k: 'AAAA' }, kid: 'a' })],
  ['a signer with alg none', () => createCardSigner({ key: key.privateJwk, alg: 'none' })],
  ['a signer with HS256', () => createCardSigner({ key: key.privateJwk, alg: 'HS256' })],
  ['a signer with an algorithm of other keys', () => createCardSigner({ key: key.privateJwk, alg: 'RS256' })],
  ['a verifier that trusts nobody', async () => verifier({})],
])('%s is refused, without a word of the key', async (_what, make) => {
  const error = await make().then(
    () => expect.unreachable(),
    (failure: unknown) => failure as Error,
  )
  expect(error).toMatchObject({ code: 'PF_CONFIG_INVALID' })
  expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(key.privateJwk.d)
})
