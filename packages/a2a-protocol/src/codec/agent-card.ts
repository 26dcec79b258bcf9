import { readJsonObject } from '../json/free-form'
import {
  type Fields,
  isFields,
  isUnset,
  type Reader,
  readBoolean,
  readList,
  readString,
  readStrings,
  requireList,
  requireString,
} from '../json/read'
import { invalid, prefix, type Violations } from '../json/violations'
import type { AgentCard, AgentInterface } from '../wire/agent-card'

type FieldReader = (value: unknown, field: string, out: Violations) => unknown

/** A message type: its members, each with what reads it. Cards are read rarely and have many types, so tables pay here. */
type Shape = Record<string, FieldReader>

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function readShape(shape: Shape): Reader<Fields> {
  return (value, out) => {
    if (!isFields(value)) return invalid(out, '', 'must be an object')
    const result: Fields = {}
    for (const name in shape) {
      const member = (shape[name] as FieldReader)(value[name] ?? value[snakeCase(name)], name, out)
      if (member !== undefined) result[name] = member
    }
    return result
  }
}

const message =
  (shape: Shape): FieldReader =>
  (value, field, out) => {
    if (isUnset(value)) return undefined
    const before = out.length
    const result = readShape(shape)(value, out)
    prefix(out, before, field)
    return result
  }

const listOf =
  (shape: Shape): FieldReader =>
  (value, field, out) => {
    const list = readList(readShape(shape), value, field, out)
    return list?.length ? list : undefined
  }

/** A map of strings to whatever `read` reads. */
const mapOf =
  (read: FieldReader): FieldReader =>
  (value, field, out) => {
    if (isUnset(value)) return undefined
    if (!isFields(value)) return invalid(out, field, 'must be an object')
    const result: Fields = {}
    for (const [key, member] of Object.entries(value)) {
      if (key === '__proto__') return invalid(out, field, 'has the key __proto__')
      const entry = read(member, `${field}.${key}`, out)
      if (entry !== undefined) result[key] = entry
    }
    return result
  }

/** A string or list that the specification requires but that a caller can do without: cards in the field lack many. */
const stringOrEmpty: FieldReader = (value, field, out) => readString(value, field, out) ?? ''
const stringsOrEmpty: FieldReader = (value, field, out) => readStrings(value, field, out) ?? []

/** Made when a card is read, not when the module loads: bundles that read no card then leave all of this out. */
function cardReader(): Reader<Fields> {
  const description = readString
  const scopes = mapOf(stringOrEmpty)
  const securityRequirements = listOf({ schemes: mapOf(message({ list: readStrings })) })

  const securityScheme = message({
    apiKeySecurityScheme: message({ description, location: requireString, name: requireString }),
    httpAuthSecurityScheme: message({ description, scheme: requireString, bearerFormat: readString }),
    oauth2SecurityScheme: message({
      description,
      flows: message({
        authorizationCode: message({
          authorizationUrl: requireString,
          tokenUrl: requireString,
          refreshUrl: readString,
          scopes,
          pkceRequired: readBoolean,
        }),
        clientCredentials: message({ tokenUrl: requireString, refreshUrl: readString, scopes }),
        deviceCode: message({
          deviceAuthorizationUrl: requireString,
          tokenUrl: requireString,
          refreshUrl: readString,
          scopes,
        }),
        implicit: message({ authorizationUrl: readString, refreshUrl: readString, scopes }),
        password: message({ tokenUrl: readString, refreshUrl: readString, scopes }),
      }),
      oauth2MetadataUrl: readString,
    }),
    openIdConnectSecurityScheme: message({ description, openIdConnectUrl: requireString }),
    mtlsSecurityScheme: message({ description }),
  })

  const readInterface = readShape({
    url: requireString,
    protocolBinding: requireString,
    protocolVersion: requireString,
    tenant: readString,
  }) as unknown as Reader<AgentInterface>

  return readShape({
    name: requireString,
    description: stringOrEmpty,
    version: stringOrEmpty,
    supportedInterfaces: (value, field, out) => requireList(readInterface, value, field, out),
    capabilities: (value, field, out) =>
      message({
        streaming: readBoolean,
        pushNotifications: readBoolean,
        extendedAgentCard: readBoolean,
        extensions: listOf({ uri: requireString, description, required: readBoolean, params: readJsonObject }),
      })(value ?? {}, field, out),
    defaultInputModes: stringsOrEmpty,
    defaultOutputModes: stringsOrEmpty,
    skills: (value, field, out) =>
      listOf({
        id: requireString,
        name: stringOrEmpty,
        description: stringOrEmpty,
        tags: stringsOrEmpty,
        examples: readStrings,
        inputModes: readStrings,
        outputModes: readStrings,
        securityRequirements,
      })(value, field, out) ?? [],
    provider: message({ url: stringOrEmpty, organization: stringOrEmpty }),
    documentationUrl: readString,
    iconUrl: readString,
    securitySchemes: mapOf(securityScheme),
    securityRequirements,
    signatures: listOf({ protected: requireString, signature: requireString, header: readJsonObject }),
  })
}

/**
 * Reads an AgentCard (§4.4.1). Strict about what a caller acts on (name, interfaces, schemes, every type), lenient about
 * missing prose. Keep the JSON itself to check a signature: members this version does not know are not in the result.
 */
export const readAgentCard: Reader<AgentCard> = (value, out) => cardReader()(value, out) as unknown as AgentCard
