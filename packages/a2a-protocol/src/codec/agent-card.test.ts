import { describe, expect, it } from 'vitest'
import { decodeAgentCard } from '../decode'
import { A2AError } from '../error/a2a-error'

const card = {
  name: 'Trip agent',
  description: 'Plans trips',
  version: '2.1.0',
  supportedInterfaces: [
    { url: 'https://a.example/rpc', protocolBinding: 'JSONRPC', protocolVersion: '1.0', tenant: 'acme' },
    { url: 'https://a.example/rest', protocolBinding: 'HTTP+JSON', protocolVersion: '1.0' },
  ],
  capabilities: {
    streaming: true,
    pushNotifications: false,
    extensions: [{ uri: 'urn:x', required: true, params: { n: 1 } }],
  },
  securitySchemes: {
    bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } },
    key: { apiKeySecurityScheme: { location: 'header', name: 'X-Key', description: 'a key' } },
    oauth: {
      oauth2SecurityScheme: {
        flows: {
          authorizationCode: {
            authorizationUrl: 'https://i/a',
            tokenUrl: 'https://i/t',
            scopes: { 'a:b': 'does a b' },
            pkceRequired: true,
          },
        },
        oauth2MetadataUrl: 'https://i/m',
      },
    },
    oidc: { openIdConnectSecurityScheme: { openIdConnectUrl: 'https://i/.well-known' } },
    mtls: { mtlsSecurityScheme: {} },
  },
  securityRequirements: [{ schemes: { bearer: {}, oauth: { list: ['a:b'] } } }],
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [
    { id: 'plan', name: 'Plan', description: 'Makes itineraries', tags: ['travel'], inputModes: ['text/plain'] },
  ],
  provider: { url: 'https://p.example', organization: 'P' },
  documentationUrl: 'https://d.example',
  iconUrl: 'https://i.example',
  signatures: [{ protected: 'e30', signature: 'c2ln', header: { kid: 'k' } }],
}

const violationsOf = (value: unknown) => {
  try {
    decodeAgentCard(value)
  } catch (error) {
    if (error instanceof A2AError) return error.violations.map(({ field, description }) => `${field}: ${description}`)
    throw error
  }
  return []
}

describe('decodeAgentCard', () => {
  it('reads every member (§4.4, §4.5)', () => {
    expect(decodeAgentCard(card)).toEqual(card)
  })

  it('does without prose, but not without a name and an interface', () => {
    expect(
      decodeAgentCard({
        name: 'x',
        supported_interfaces: [{ url: 'u', protocol_binding: 'JSONRPC', protocol_version: '1.0' }],
      }),
    ).toEqual({
      name: 'x',
      description: '',
      version: '',
      supportedInterfaces: [{ url: 'u', protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
      capabilities: {},
      defaultInputModes: [],
      defaultOutputModes: [],
      skills: [],
    })
    expect(violationsOf({ supportedInterfaces: [{ url: 'u' }] })).toEqual([
      'name: is required',
      'supportedInterfaces[0].protocolBinding: is required',
      'supportedInterfaces[0].protocolVersion: is required',
    ])
    expect(violationsOf({ name: 'x' })).toEqual(['supportedInterfaces: needs one element or more'])
  })

  it('names wrong types by their path', () => {
    expect(
      violationsOf({
        ...card,
        capabilities: { streaming: 'yes' },
        securitySchemes: { k: { apiKeySecurityScheme: { location: 'header' } }, b: 7 },
        skills: [{ id: 'a', tags: 'x' }],
      }),
    ).toEqual([
      'capabilities.streaming: must be true or false',
      'skills[0].tags: must be an array',
      'securitySchemes.k.apiKeySecurityScheme.name: is required',
      'securitySchemes.b: must be an object',
    ])
  })

  it('reads a scheme of an unknown kind as one that nobody can use', () => {
    expect(
      decodeAgentCard({ ...card, securitySchemes: { x: { newSecurityScheme: { a: 1 } } } }).securitySchemes,
    ).toEqual({ x: {} })
  })

  it('refuses __proto__ as the name of a scheme', () => {
    const hostile = JSON.parse(JSON.stringify(card).replace('"mtls":', '"__proto__":')) as unknown
    expect(violationsOf(hostile)).toEqual(['securitySchemes: has the key __proto__'])
  })
})
