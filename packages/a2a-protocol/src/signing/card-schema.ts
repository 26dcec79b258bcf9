/**
 * When a member is part of what is signed (§5.7, §8.4.1): `required` always; `optional` (the proto's keyword) where it is
 * set, default or not; `plain` where it differs from its default.
 */
export type Presence = 'required' | 'optional' | 'plain'

/** What a member holds. */
export type CardType =
  | { kind: 'text' }
  | { kind: 'flag' }
  /** google.protobuf.Struct: whatever it holds is kept. */
  | { kind: 'struct' }
  | { kind: 'list'; of: CardType }
  | { kind: 'map'; of: CardType }
  /** A message has a presence of its own: an empty one is not the same as none. */
  | { kind: 'message'; members: Readonly<Record<string, Member>> }

/** A member with its presence. */
export interface Member {
  readonly presence: Presence
  readonly type: CardType
}

const text: CardType = { kind: 'text' }
const flag: CardType = { kind: 'flag' }
const struct: CardType = { kind: 'struct' }
const list = (of: CardType): CardType => ({ kind: 'list', of })
const map = (of: CardType): CardType => ({ kind: 'map', of })
const message = (members: Record<string, Member>): CardType => ({ kind: 'message', members })

const required = (type: CardType): Member => ({ presence: 'required', type })
const optional = (type: CardType): Member => ({ presence: 'optional', type })
const plain = (type: CardType): Member => ({ presence: 'plain', type })

/**
 * AgentCard and all below it, as `specification/a2a.proto` of 1.0.1 declares them. `signatures` is not here: it is not
 * signed. Made when it is needed, and kept: most programs never sign.
 */
export function cardSchema(): CardType {
  made ??= makeSchema()
  return made
}

let made: CardType | undefined

function makeSchema(): CardType {
  const words = list(text)
  const requirements = plain(list(message({ schemes: plain(map(message({ list: plain(words) }))) })))
  const scopes = map(text)
  const tokenFlow = { tokenUrl: required(text), refreshUrl: plain(text), scopes: required(scopes) }
  const flows = message({
    authorizationCode: plain(message({ ...tokenFlow, authorizationUrl: required(text), pkceRequired: plain(flag) })),
    clientCredentials: plain(message(tokenFlow)),
    deviceCode: plain(message({ ...tokenFlow, deviceAuthorizationUrl: required(text) })),
    implicit: plain(message({ authorizationUrl: plain(text), refreshUrl: plain(text), scopes: plain(scopes) })),
    password: plain(message({ tokenUrl: plain(text), refreshUrl: plain(text), scopes: plain(scopes) })),
  })
  const description = plain(text)
  const scheme = message({
    apiKeySecurityScheme: plain(message({ description, location: required(text), name: required(text) })),
    httpAuthSecurityScheme: plain(message({ description, scheme: required(text), bearerFormat: plain(text) })),
    oauth2SecurityScheme: plain(message({ description, flows: required(flows), oauth2MetadataUrl: plain(text) })),
    openIdConnectSecurityScheme: plain(message({ description, openIdConnectUrl: required(text) })),
    mtlsSecurityScheme: plain(message({ description })),
  })
  const agentInterface = message({
    url: required(text),
    protocolBinding: required(text),
    tenant: plain(text),
    protocolVersion: required(text),
  })
  const extension = message({ uri: plain(text), description, required: plain(flag), params: plain(struct) })
  const capabilities = message({
    streaming: optional(flag),
    pushNotifications: optional(flag),
    extensions: plain(list(extension)),
    extendedAgentCard: optional(flag),
  })
  const skill = message({
    id: required(text),
    name: required(text),
    description: required(text),
    tags: required(words),
    examples: plain(words),
    inputModes: plain(words),
    outputModes: plain(words),
    securityRequirements: requirements,
  })
  return message({
    name: required(text),
    description: required(text),
    supportedInterfaces: required(list(agentInterface)),
    provider: plain(message({ url: required(text), organization: required(text) })),
    version: required(text),
    documentationUrl: optional(text),
    capabilities: required(capabilities),
    securitySchemes: plain(map(scheme)),
    securityRequirements: requirements,
    defaultInputModes: required(words),
    defaultOutputModes: required(words),
    skills: required(list(skill)),
    iconUrl: optional(text),
  })
}
