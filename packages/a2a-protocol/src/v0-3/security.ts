import { type Fields, isFields } from '../json/read'
import type { OAuth2SecurityScheme, SecurityRequirement, SecurityScheme } from '../wire/security-scheme'
import { memberOf, present } from './form'

/** Flows of 0.3 in the order in which one of several is taken: 1.0 has one. What a machine can do by itself goes first. */
const flowNames = ['clientCredentials', 'authorizationCode', 'implicit', 'password']

/** Makes a security scheme of 1.0 of one of 0.3; `undefined` where it is of no kind there is. */
export function upgradeScheme(scheme: Fields): unknown {
  const { type, description } = scheme
  switch (type) {
    case 'apiKey':
      return { apiKeySecurityScheme: present({ description, location: scheme.in, name: scheme.name }) }
    case 'http':
      return {
        httpAuthSecurityScheme: present({ description, scheme: scheme.scheme, bearerFormat: scheme.bearerFormat }),
      }
    case 'oauth2': {
      const flows: Fields = isFields(scheme.flows) ? scheme.flows : {}
      const name = flowNames.find((one) => isFields(flows[one]))
      const flow = name === undefined ? {} : { [name]: flows[name] }
      return {
        oauth2SecurityScheme: present({ description, flows: flow, oauth2MetadataUrl: scheme.oauth2MetadataUrl }),
      }
    }
    case 'openIdConnect':
      return { openIdConnectSecurityScheme: present({ description, openIdConnectUrl: scheme.openIdConnectUrl }) }
    case 'mutualTLS':
      return { mtlsSecurityScheme: present({ description }) }
    default:
      // The proto form of 0.3 is that of 1.0.
      return type === undefined ? scheme : undefined
  }
}

/** Makes a security scheme of 0.3 of one of 1.0. */
export function downgradeScheme(scheme: SecurityScheme): Fields {
  if ('apiKeySecurityScheme' in scheme) {
    const { location, ...rest } = scheme.apiKeySecurityScheme
    return { type: 'apiKey', in: location, ...rest }
  }
  if ('httpAuthSecurityScheme' in scheme) return { type: 'http', ...scheme.httpAuthSecurityScheme }
  if ('oauth2SecurityScheme' in scheme) return downgradeOAuth2(scheme.oauth2SecurityScheme)
  if ('openIdConnectSecurityScheme' in scheme) return { type: 'openIdConnect', ...scheme.openIdConnectSecurityScheme }
  return { type: 'mutualTLS', ...scheme.mtlsSecurityScheme }
}

function downgradeOAuth2({ flows, ...rest }: OAuth2SecurityScheme): Fields {
  // 0.3 has no flow for devices: who knows the metadata finds it there.
  const known = Object.entries(flows).filter(([name]) => flowNames.includes(name))
  return { type: 'oauth2', ...rest, flows: Object.fromEntries(known) }
}

/** Makes security requirements of 1.0 of those of 0.3, in either form. */
export function upgradeRequirements(security: unknown): unknown {
  if (!Array.isArray(security)) return undefined
  return security.filter(isFields).map((one) => {
    const schemes = memberOf(one, 'schemes')
    if (isFields(schemes)) return { schemes }
    return { schemes: Object.fromEntries(Object.entries(one).map(([name, list]) => [name, { list }])) }
  })
}

/** Makes security requirements of 0.3 of those of 1.0. */
export function downgradeRequirements(requirements: readonly SecurityRequirement[] | undefined): Fields[] | undefined {
  return requirements?.map(({ schemes }) =>
    Object.fromEntries(Object.entries(schemes).map(([name, { list = [] }]) => [name, list])),
  )
}
