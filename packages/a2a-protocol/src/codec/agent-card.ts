import { readJsonObject } from '../json/free-form'
import {
  type Fields,
  isFields,
  isUnset,
  listOf,
  type Member,
  optional,
  type Reader,
  readBoolean,
  readString,
  readStrings,
  required,
  requireString,
  someOf,
  withDefault,
} from '../json/read'
import { shape } from '../json/shape'
import { invalid, type Violations } from '../json/violations'
import type {
  AgentCapabilities,
  AgentCard,
  AgentCardSignature,
  AgentExtension,
  AgentInterface,
  AgentProvider,
  AgentSkill,
} from '../wire/agent-card'
import type { SecurityRequirement, SecurityScheme } from '../wire/security-scheme'

/** Makes the reader of a map from strings to whatever `read` reads. */
function mapOf<T>(read: Member<T | undefined>): Member<Record<string, T> | undefined> {
  return (value, field, out) => {
    if (isUnset(value)) return undefined
    if (!isFields(value)) return invalid(out, field, 'must be an object')
    const result: Record<string, T> = {}
    for (const key in value) {
      if (key === '__proto__') return invalid(out, field, 'has the key __proto__')
      const entry = read(value[key], `${field}.${key}`, out)
      if (entry !== undefined) result[key] = entry
    }
    return result
  }
}

/** A oneof's member, or any other message whose members are all optional: unknown kinds of scheme read as `{}`. */
const message = (members: Record<string, Member<unknown>>): Member<Fields | undefined> =>
  optional(shape<Fields>(members))

/** Made when a card is read, not when the module loads: cards are read rarely, and this is a lot. */
function cardReader(): Reader<AgentCard> {
  // Strings and lists that the specification requires but a caller can do without: cards in the field lack many.
  const prose = withDefault(readString, () => '')
  const words = withDefault(readStrings, (): string[] => [])
  const description = readString
  const scopes = mapOf(prose)
  const refreshUrl = readString
  const requirement = shape<SecurityRequirement>({
    schemes: withDefault(mapOf(optional(shape<{ list?: string[] }>({ list: readStrings }))), () => ({})),
  })
  const scheme = message({
    apiKeySecurityScheme: message({ description, location: requireString, name: requireString }),
    httpAuthSecurityScheme: message({ description, scheme: requireString, bearerFormat: readString }),
    oauth2SecurityScheme: message({
      description,
      flows: message({
        authorizationCode: message({
          authorizationUrl: requireString,
          tokenUrl: requireString,
          refreshUrl,
          scopes,
          pkceRequired: readBoolean,
        }),
        clientCredentials: message({ tokenUrl: requireString, refreshUrl, scopes }),
        deviceCode: message({ deviceAuthorizationUrl: requireString, tokenUrl: requireString, refreshUrl, scopes }),
        implicit: message({ authorizationUrl: readString, refreshUrl, scopes }),
        password: message({ tokenUrl: readString, refreshUrl, scopes }),
      }),
      oauth2MetadataUrl: readString,
    }),
    openIdConnectSecurityScheme: message({ description, openIdConnectUrl: requireString }),
    mtlsSecurityScheme: message({ description }),
  }) as Member<Fields | undefined> as Member<SecurityScheme | undefined>
  const extension = shape<AgentExtension>({
    uri: requireString,
    description,
    required: readBoolean,
    params: readJsonObject,
  })
  const capabilities = required(
    shape<AgentCapabilities>({
      streaming: readBoolean,
      pushNotifications: readBoolean,
      extendedAgentCard: readBoolean,
      extensions: listOf(extension),
    }),
  )
  const skill = shape<AgentSkill>({
    id: requireString,
    name: prose,
    description: prose,
    tags: words,
    examples: readStrings,
    inputModes: readStrings,
    outputModes: readStrings,
    securityRequirements: listOf(requirement),
  })
  return shape<AgentCard>({
    name: requireString,
    description: prose,
    version: prose,
    supportedInterfaces: someOf(
      shape<AgentInterface>({
        url: requireString,
        protocolBinding: requireString,
        protocolVersion: requireString,
        tenant: readString,
      }),
    ),
    capabilities: (value: unknown, field: string, out: Violations) => capabilities(value ?? {}, field, out),
    defaultInputModes: words,
    defaultOutputModes: words,
    skills: withDefault(listOf(skill), (): AgentSkill[] => []),
    provider: optional(shape<AgentProvider>({ url: prose, organization: prose })),
    documentationUrl: readString,
    iconUrl: readString,
    securitySchemes: mapOf(scheme),
    securityRequirements: listOf(requirement),
    signatures: listOf(
      shape<AgentCardSignature>({ protected: requireString, signature: requireString, header: readJsonObject }),
    ),
  })
}

/**
 * Reads an AgentCard (§4.4.1). Strict about what a caller acts on (name, interfaces, schemes, every type), lenient about
 * missing prose. Keep the JSON itself to check a signature: members this version does not know are not in the result.
 */
export const readAgentCard: Reader<AgentCard> = (value, out) => cardReader()(value, out)
