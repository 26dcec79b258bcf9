import { canonicalizeAgentCard } from '@a2a-js/sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AgentCard } from '../wire/agent-card'
import { canonicalAgentCard } from './canonical-card'
import { cardPayloads } from './sign-card'

const card: AgentCard = {
  name: 'Trip agent',
  description: 'Plans trips',
  version: '2.1.0',
  supportedInterfaces: [{ url: 'https://a.example/rpc', protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
  capabilities: { streaming: true },
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [{ id: 'plan', name: 'Plan', description: 'Makes itineraries', tags: ['travel'] }],
}
const parsed = (value: object, form?: 'spec' | 'sdk') => JSON.parse(canonicalAgentCard(value, form)) as AgentCard

describe('canonicalAgentCard', () => {
  // A2A 1.0.1, 8.4.1
  it('leaves out and keeps what the example of the specification does [CARD-SIGN-001]', () => {
    const { capabilities, description, name, skills } = parsed({
      name: 'Example Agent',
      description: '',
      capabilities: { streaming: false, pushNotifications: false, extensions: [] },
      skills: [],
    })
    expect(JSON.stringify({ capabilities, description, name, skills })).toBe(
      '{"capabilities":{"pushNotifications":false,"streaming":false},"description":"","name":"Example Agent","skills":[]}',
    )
  })

  it('leaves the signatures out, and plain members with default values [CARD-SIGN-002]', () => {
    const signed = { ...card, signatures: [{ protected: 'x', signature: 'y' }] }
    expect(canonicalAgentCard(signed)).toBe(canonicalAgentCard(card))
    const padded = {
      ...card,
      provider: null,
      securitySchemes: {},
      securityRequirements: [],
      supportedInterfaces: [{ ...card.supportedInterfaces[0], tenant: '' }],
      capabilities: { streaming: true, extensions: [] },
      skills: [{ ...card.skills[0], examples: [], inputModes: [], outputModes: [], securityRequirements: [] }],
    }
    expect(canonicalAgentCard(padded)).toBe(canonicalAgentCard(card))
  })

  it('keeps optional members that are set, default or not', () => {
    expect(
      parsed({ ...card, documentationUrl: '', iconUrl: '', capabilities: { extendedAgentCard: false } }),
    ).toMatchObject({
      documentationUrl: '',
      iconUrl: '',
      capabilities: { extendedAgentCard: false },
    })
  })

  it('keeps messages that are empty', () => {
    const full = {
      ...card,
      securitySchemes: { mtls: { mtlsSecurityScheme: { description: '' } } },
      securityRequirements: [{ schemes: { bearer: { list: [] } } }, { schemes: {} }],
      capabilities: { extensions: [{ uri: 'urn:x', required: false, description: '', params: {} }] },
    }
    expect(parsed(full)).toMatchObject({
      securitySchemes: { mtls: { mtlsSecurityScheme: {} } },
      securityRequirements: [{ schemes: { bearer: {} } }, {}],
      capabilities: { extensions: [{ uri: 'urn:x', params: {} }] },
    })
  })

  it('keeps REQUIRED members, and fills in those a ProtoJSON writer left out', () => {
    const flows = { clientCredentials: { tokenUrl: 'https://t.example', refreshUrl: '' } }
    const given = { ...card, skills: undefined, securitySchemes: { o: { oauth2SecurityScheme: { flows } } } }
    expect(parsed(given)).toMatchObject({
      skills: [],
      securitySchemes: {
        o: { oauth2SecurityScheme: { flows: { clientCredentials: { tokenUrl: 'https://t.example', scopes: {} } } } },
      },
    })
    expect(canonicalAgentCard({ ...card, skills: null })).toBe(canonicalAgentCard({ ...card, skills: [] }))
  })

  it('keeps whatever stands in params, and what this version does not know', () => {
    const params = { none: null, empty: '', list: [], off: false }
    const added = JSON.parse('{"future":"","__proto__":{"a":""}}') as object
    const text = canonicalAgentCard({ ...card, capabilities: { extensions: [{ uri: 'urn:x', params }] }, future: '' })
    expect(text).toContain('"params":{"empty":"","list":[],"none":null,"off":false}')
    expect(text).toContain('"future":""')
    expect(canonicalAgentCard(added)).toContain('"__proto__":{"a":""}')
  })

  it('tells apart what a wrong type only makes look like a default', () => {
    for (const wrong of [{ provider: [] }, { securitySchemes: '' }, { securityRequirements: false }]) {
      expect(canonicalAgentCard({ ...card, ...wrong })).not.toBe(canonicalAgentCard(card))
    }
  })
})

describe('the form of the SDKs', () => {
  const text = fc.constantFrom('', 'a', 'é€', '\r\n"')
  const words = fc.array(text, { maxLength: 2 })
  const some = <T>(from: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record(from, { requiredKeys: [] }) as fc.Arbitrary<T>
  const requirements = fc.array(some({ schemes: fc.dictionary(fc.constantFrom('a', 'b'), some({ list: words })) }), {
    maxLength: 2,
  })
  const flow = { refreshUrl: text, scopes: fc.dictionary(fc.constantFrom('a', 'b'), text) }
  const scheme = fc.oneof(
    some({ apiKeySecurityScheme: some({ description: text, location: text, name: text }) }),
    some({ httpAuthSecurityScheme: some({ description: text, scheme: text, bearerFormat: text }) }),
    some({ mtlsSecurityScheme: some({ description: text }) }),
    some({ openIdConnectSecurityScheme: some({ openIdConnectUrl: text }) }),
    fc.record({
      oauth2SecurityScheme: fc.record({
        flows: fc.oneof(
          fc.record({ clientCredentials: some({ ...flow, tokenUrl: text }) }),
          fc.record({
            authorizationCode: some({ ...flow, tokenUrl: text, authorizationUrl: text, pkceRequired: fc.boolean() }),
          }),
          fc.record({ deviceCode: some({ ...flow, tokenUrl: text, deviceAuthorizationUrl: text }) }),
          fc.record({ implicit: some({ ...flow, authorizationUrl: text }) }),
        ),
      }),
    }),
  )
  const anyCard = some<object>({
    name: text,
    description: text,
    version: text,
    documentationUrl: text,
    iconUrl: text,
    provider: some({ url: text, organization: text }),
    supportedInterfaces: fc.array(some({ url: text, protocolBinding: text, protocolVersion: text, tenant: text }), {
      maxLength: 2,
    }),
    capabilities: some({
      streaming: fc.boolean(),
      pushNotifications: fc.boolean(),
      extendedAgentCard: fc.boolean(),
      extensions: fc.array(
        some({
          uri: text,
          description: text,
          required: fc.boolean(),
          params: fc.dictionary(text, fc.jsonValue({ maxDepth: 2 })),
        }),
        { maxLength: 2 },
      ),
    }),
    defaultInputModes: words,
    defaultOutputModes: words,
    securitySchemes: fc.dictionary(fc.constantFrom('a', 'b'), scheme),
    securityRequirements: requirements,
    skills: fc.array(
      some({
        id: text,
        name: text,
        description: text,
        tags: words,
        examples: words,
        inputModes: words,
        securityRequirements: requirements,
      }),
      { maxLength: 2 },
    ),
  })

  it('is what the official SDK makes of any card', () => {
    fc.assert(
      fc.property(anyCard, (value) => {
        const json = JSON.parse(JSON.stringify(value)) as object
        expect(canonicalAgentCard(json, 'sdk')).toBe(canonicalizeAgentCard(json as never))
      }),
      { seed: 20261120, numRuns: Number(process.env['PF_FUZZ'] ?? 1000) },
    )
  })

  it('is the same as that of the specification where nothing is empty, and signed once then', () => {
    expect(canonicalAgentCard(card, 'sdk')).toBe(canonicalAgentCard(card))
    expect(cardPayloads(card).map(({ form }) => form)).toEqual(['spec'])
    const guarded = { ...card, securityRequirements: [{ schemes: { bearer: { list: [] } } }] }
    expect(cardPayloads(guarded).map(({ form }) => form)).toEqual(['spec', 'sdk'])
  })
})
