// Signed cards on their way to a client, and whoever carries them changes them.
import {
  type AgentCard,
  canonicalAgentCard,
  type CardForm,
  decodeAgentCard,
  signAgentCard,
} from '@pf-agents/a2a-protocol'
import { createCardSigner, createCardVerifier } from '@pf-agents/auth/jwt'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { createPeer, rpc } from '../../test/peer'
import { connect, createA2AClient } from '../client'

const plain: AgentCard = {
  name: 'peer',
  description: 'Answers',
  version: '1',
  supportedInterfaces: [{ url: 'https://agent.test/rpc', protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
  capabilities: { streaming: true, extendedAgentCard: true },
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [{ id: 's', name: 's', description: 's', tags: ['t'] }],
}
/** Nothing of it is empty: both forms cover all of it. */
const full: AgentCard = {
  ...plain,
  provider: { url: 'https://p.test', organization: 'P' },
  documentationUrl: 'https://agent.test/docs',
  capabilities: { streaming: true, extensions: [{ uri: 'urn:x', required: true, params: { a: [1, { b: 'c' }] } }] },
  securitySchemes: {
    bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } },
    o: {
      oauth2SecurityScheme: {
        flows: { clientCredentials: { tokenUrl: 'https://t.test/token', scopes: { call: 'Calls' } } },
      },
    },
  },
  securityRequirements: [{ schemes: { bearer: { list: ['call'] } } }],
  skills: [{ ...(plain.skills[0] as object), securityRequirements: [{ schemes: { o: { list: ['call'] } } }] } as never],
}
/** What is empty here means something: the form of the SDKs does not cover it. */
const sparse: AgentCard = {
  ...plain,
  securitySchemes: { mtls: { mtlsSecurityScheme: {} }, bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } } },
  securityRequirements: [{ schemes: { bearer: { list: [] } } }],
}

type Fields = Record<string, unknown>
const kid = '2026-11'
let sign: (card: AgentCard, forms?: readonly CardForm[]) => Promise<Fields>
let verifier: (forms?: readonly CardForm[]) => ReturnType<typeof createCardVerifier>
beforeAll(async () => {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const signer = await createCardSigner({ key: keys.privateKey, kid })
  sign = async (card, forms) => copy((await signAgentCard(card, [signer], forms && { forms })) as object)
  verifier = (forms) => createCardVerifier({ keys: { [kid]: { key: keys.publicKey } }, ...(forms && { forms }) })
})
const copy = (card: object) => JSON.parse(JSON.stringify(card)) as Fields

/** The card that a client goes by which is given this one; `undefined` where it refuses it. */
async function taken(card: unknown, forms?: readonly CardForm[]): Promise<AgentCard | undefined> {
  const { fetch } = createPeer(
    () => expect.unreachable(),
    () => Response.json(card),
  )
  const client = createA2AClient({ url: 'https://agent.test', fetch, verifyCard: verifier(forms) })
  return client.card().catch((error: unknown) => {
    expect(error).toMatchObject({ code: 'PF_REMOTE_CARD' })
    return undefined
  })
}
/** What a card says, whoever signed it. */
const said = ({ signatures: _signatures, ...card }: AgentCard) => card
/** What a client may make of a signature in one of these forms. */
const covered = (card: AgentCard, forms: readonly CardForm[]) =>
  forms.map((form) => said(decodeAgentCard(JSON.parse(canonicalAgentCard(card, form)))))

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const evil = { o: { oauth2SecurityScheme: { flows: { clientCredentials: { tokenUrl: 'https://evil.test' } } } } }
const names = [
  ...['securitySchemes', 'securityRequirements', 'documentationUrl', 'iconUrl', 'supportedInterfaces', 'skills'],
  ...['streaming', 'extendedAgentCard', 'pushNotifications', 'extensions', 'inputModes', 'defaultInputModes', 'tags'],
  ...['schemes', 'list', 'mtlsSecurityScheme', 'oauth2SecurityScheme', 'tokenUrl', 'refreshUrl', 'scopes', 'params'],
  ...['tenant', 'provider', 'url', 'preferredTransport', 'protocolVersion', 'future', 'x', '__proto__'],
]
const values: unknown[] = [
  ...['', null, false, true, 0, 'https://evil.test', [], {}, [{}], [''], [{ schemes: {} }], { schemes: {} }],
  ...[evil, [{ schemes: { o: { list: [] } } }], { mtlsSecurityScheme: {} }, { m: { mtlsSecurityScheme: {} } }, ['x/y']],
  [{ url: 'https://evil.test', protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
]

/** Objects and lists of a card, its signatures apart. */
function placesOf(value: unknown, isCard = true): object[] {
  if (typeof value !== 'object' || value === null) return []
  const below = Object.entries(value).filter(([name]) => !isCard || name !== 'signatures')
  return [value, ...below.flatMap(([, member]) => placesOf(member, false))]
}

const change = fc.record({
  what: fc.constantFrom('add', 'set', 'remove', 'rename', 'empty', 'pad', 'strip'),
  place: fc.nat(),
  member: fc.nat(),
  name: fc.constantFrom(...names, ...names.map(snake)),
  value: fc.constantFrom(...values),
})

function apply(
  card: Fields,
  { what, place, member, name, value }: typeof change extends fc.Arbitrary<infer T> ? T : never,
) {
  // One that makes no difference.
  if (what === 'pad') return void (card['iconUrl'] ??= null)
  // The card that the form of the SDKs makes of it, with one of its signatures.
  if (what === 'strip') {
    const signatures = (card['signatures'] ?? []) as unknown[]
    const stripped = JSON.parse(canonicalAgentCard(card, 'sdk')) as Fields
    for (const name of Object.keys(card)) delete card[name]
    return void Object.assign(card, stripped, { signatures: [signatures[member % Math.max(signatures.length, 1)]] })
  }
  const places = placesOf(card)
  const at = places[place % places.length] as Fields | unknown[]
  const fresh = JSON.parse(JSON.stringify(value)) as unknown
  if (Array.isArray(at)) {
    const index = at.length === 0 ? 0 : member % at.length
    if (what === 'add' || what === 'rename') at.splice(index, 0, fresh)
    else if (what === 'remove') at.splice(index, 1)
    else at[index] = what === 'set' ? fresh : Array.isArray(at[index]) ? [] : ''
    return
  }
  const put = (key: string, given: unknown) =>
    Object.defineProperty(at, key, { value: given, enumerable: true, configurable: true, writable: true })
  const own = Object.keys(at).filter((key) => at !== card || key !== 'signatures')
  const one = own[member % Math.max(own.length, 1)]
  if (what === 'add' || one === undefined) put(name, fresh)
  else if (what === 'set') put(one, fresh)
  else if (what === 'empty') put(one, Array.isArray(at[one]) ? [] : typeof at[one] === 'object' ? {} : '')
  else {
    if (what === 'rename') put(snake(one) === one ? name : snake(one), at[one])
    delete at[one]
  }
}

describe('a signed card that somebody changed on its way', () => {
  const additions: [string, AgentCard, (card: Fields) => object][] = [
    [
      'schemes in snake_case',
      plain,
      () => ({ security_schemes: evil, security_requirements: [{ schemes: { o: { list: [] } } }] }),
    ],
    ['an address in snake_case', plain, () => ({ documentation_url: 'https://evil.test' })],
    ['abilities in snake_case', plain, () => ({ capabilities: { ...plain.capabilities, push_notifications: true } })],
    [
      'a weaker skill in snake_case',
      plain,
      () => ({ skills: [{ ...plain.skills[0], security_requirements: [{ schemes: {} }] }] }),
    ],
    [
      'a requirement of nothing',
      full,
      () => ({ securityRequirements: [...full.securityRequirements!, { schemes: {} }] }),
    ],
    ['an empty requirement', full, () => ({ securityRequirements: [{}, ...full.securityRequirements!] })],
    ['an empty scheme', full, () => ({ securitySchemes: { ...full.securitySchemes, m: { mtlsSecurityScheme: {} } } })],
    ['a weaker skill', full, () => ({ skills: [{ ...full.skills[0], securityRequirements: [{ schemes: {} }] }] })],
  ]
  it.each(additions)('is refused with %s, whatever form its signature has', async (_what, card, more) => {
    for (const form of ['spec', 'sdk'] as const) {
      const signed = await sign(card, [form])
      expect(await taken(signed)).toBeDefined()
      expect(await taken({ ...signed, ...more(signed) })).toBeUndefined()
      expect(await taken({ ...signed, ...more(signed) }, ['sdk'])).toBeUndefined()
      expect(await taken({ ...signed, ...more(signed) }, ['spec', 'sdk'])).toBeUndefined()
    }
  })

  it('is refused with what nobody knows, or read without it where it is not covered', async () => {
    const signed = await sign(full)
    const more = { ...signed, url: 'https://evil.test', preferredTransport: 'JSONRPC', protocolVersion: '0.3.0' }
    expect(await taken(more)).toBeUndefined()
    expect(said((await taken(more, ['sdk']))!)).toEqual(full)
  })

  it('is refused without a scheme that it asks for without scopes, unless less is said to be enough', async () => {
    const signed = await sign(sparse)
    expect(signed['signatures']).toHaveLength(2)
    expect(said((await taken(signed))!)).toMatchObject({ securityRequirements: [{ schemes: { bearer: {} } }] })
    const { securityRequirements: _asked, ...open } = signed
    expect(await taken(open)).toBeUndefined()
    const stripped = JSON.parse(canonicalAgentCard(signed, 'sdk')) as Fields
    for (const one of signed['signatures'] as object[]) {
      const changed = { ...stripped, signatures: [one] }
      expect(await taken(changed)).toBeUndefined()
      expect((await taken(changed, ['spec', 'sdk'])) !== undefined).toBe(one === (signed['signatures'] as object[])[1])
    }
  })

  it('has the one signature that was good', async () => {
    const signed = await sign(full)
    const [good] = signed['signatures'] as object[]
    const more = [
      { protected: 'e30', signature: 'AA' },
      { ...good, header: { 'x-evil': 1 } },
    ]
    expect((await taken({ ...signed, signatures: more }))?.signatures).toEqual([good])
  })

  it.each<[string, AgentCard, readonly CardForm[] | undefined, readonly CardForm[] | undefined]>([
    ['full card, signed as specified', full, ['spec'], undefined],
    ['full card, signed as the SDKs do', full, ['sdk'], ['sdk']],
    ['full card, where both forms are taken', full, undefined, ['spec', 'sdk']],
    ['sparse card, signed in both forms', sparse, undefined, undefined],
    ['sparse card, signed as the SDKs do', sparse, ['sdk'], undefined],
    ['sparse card, where both forms are taken', sparse, undefined, ['spec', 'sdk']],
  ])('is refused, or says what was signed: a %s', async (_what, card, made, forms) => {
    const signed = await sign(card, made)
    const allowed = covered(card, forms ?? ['spec'])
    const seen = { refused: 0, taken: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const changed = copy(signed)
        for (const one of changes) apply(changed, one)
        const found = await taken(changed, forms)
        if (found === undefined) return void seen.refused++
        seen.taken++
        expect(allowed).toContainEqual(said(found))
      }),
      { seed: 20261121, numRuns: Number(process.env['PF_FUZZ'] ?? 400) },
    )
    expect(seen.refused).toBeGreaterThan(100)
    // Changes that make no difference, such as a default that is spelled out.
    const isNeverTaken = card === sparse && made?.[0] === 'sdk'
    expect(seen.taken > 0).toBe(!isNeverTaken)
  })
})

it('an extended card is read as far as it is signed', async () => {
  const signed = await sign(plain)
  const extended = { ...(await sign({ ...full, version: '2' }, ['sdk'])), future: { a: 1 } }
  let given: object = extended
  const { fetch } = createPeer(
    (asked) => rpc(asked, given),
    () => Response.json(signed),
  )
  const client = await connect('https://agent.test', { fetch, verifyCard: verifier(['spec', 'sdk']) })
  expect(said(await client.getExtendedAgentCard())).toEqual({ ...full, version: '2' })
  given = { ...extended, security_schemes: evil, securitySchemes: undefined }
  await expect(client.getExtendedAgentCard()).rejects.toMatchObject({ code: 'PF_REMOTE_CARD' })
  given = { ...extended, securityRequirements: [...full.securityRequirements!, { schemes: {} }] }
  await expect(client.getExtendedAgentCard()).rejects.toMatchObject({ code: 'PF_REMOTE_CARD' })
})
