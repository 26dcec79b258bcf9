import { type Fields, isFields } from '../json/read'
import type { AgentCard, AgentInterface } from '../wire/agent-card'
import { eachTranslated, memberOf, present, type V03Form } from './form'
import { downgradeRequirements, downgradeScheme, upgradeRequirements, upgradeScheme } from './security'

/** The wire version of 0.3 on cards and in headers. */
export const A2A_VERSION_0_3 = '0.3'

/** Header of 0.3 that names extensions. */
export const V03_EXTENSIONS_HEADER = 'X-A2A-Extensions'

/** Bindings that 0.3 has names for; the same ones. */
const transports = ['JSONRPC', 'HTTP+JSON', 'GRPC']

/** Whether this is a card of A2A 0.3, or of 0.2.x, whose wire is the same. */
export function isV03Card(card: unknown): card is Fields {
  if (!isFields(card) || memberOf(card, 'supportedInterfaces', 'supported_interfaces') !== undefined) return false
  const version = memberOf(card, 'protocolVersion', 'protocol_version')
  return (
    typeof card.url === 'string' &&
    (version === undefined || (typeof version === 'string' && /^0\.[23](?:\.|$)/.test(version)))
  )
}

/** Makes a card of 1.0 of one of 0.3, for the reader of 1.0 to check. Its signatures stay behind: they are over the other one. */
export function upgradeV03Card(card: unknown): unknown {
  if (!isFields(card)) return card
  const main = { url: card.url, transport: memberOf(card, 'preferredTransport', 'preferred_transport') ?? 'JSONRPC' }
  const others = memberOf(card, 'additionalInterfaces', 'additional_interfaces')
  const interfaces = new Map<string, Fields>()
  for (const one of [main, ...(Array.isArray(others) ? others : [])]) {
    if (!isFields(one)) continue
    const { url, transport } = one
    const key = JSON.stringify([transport, url])
    if (!interfaces.has(key)) interfaces.set(key, { url, protocolBinding: transport, protocolVersion: A2A_VERSION_0_3 })
  }
  const capabilities: Fields = isFields(card.capabilities) ? card.capabilities : {}
  const schemes = memberOf(card, 'securitySchemes', 'security_schemes')
  return present({
    name: card.name,
    description: card.description,
    version: card.version,
    supportedInterfaces: [...interfaces.values()],
    capabilities: present({
      streaming: memberOf(capabilities, 'streaming'),
      pushNotifications: memberOf(capabilities, 'pushNotifications', 'push_notifications'),
      extendedAgentCard: memberOf(card, 'supportsAuthenticatedExtendedCard', 'supports_authenticated_extended_card'),
      extensions: memberOf(capabilities, 'extensions'),
    }),
    defaultInputModes: memberOf(card, 'defaultInputModes', 'default_input_modes'),
    defaultOutputModes: memberOf(card, 'defaultOutputModes', 'default_output_modes'),
    skills: eachTranslated(card.skills, ({ security, ...skill }) =>
      present({ ...skill, securityRequirements: upgradeRequirements(security) }),
    ),
    provider: memberOf(card, 'provider'),
    documentationUrl: memberOf(card, 'documentationUrl', 'documentation_url'),
    iconUrl: memberOf(card, 'iconUrl', 'icon_url'),
    securitySchemes: isFields(schemes) ? upgradeSchemes(schemes) : undefined,
    securityRequirements: upgradeRequirements(card.security),
  })
}

function upgradeSchemes(schemes: Fields): Fields {
  const upgraded: Fields = {}
  for (const [name, scheme] of Object.entries(schemes)) {
    const one = isFields(scheme) ? upgradeScheme(scheme) : undefined
    if (one !== undefined && name !== '__proto__') upgraded[name] = one
  }
  return upgraded
}

function mapped<T>(record: Record<string, T>, each: (value: T) => unknown): Fields {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, each(value)]))
}

/** Where an interface is for a caller that knows of no tenants: the tenant is part of the path. */
function addressOf({ url, tenant }: AgentInterface): string {
  return tenant ? `${url.replace(/(?<!\/)\/+$/, '')}/${tenant}` : url
}

/**
 * Makes a card of 0.3 of one of 1.0: of its interfaces those of 0.3, or all where there is none. Without signatures: they
 * are over the other one.
 */
export function toV03Card(card: AgentCard, form: V03Form = 'kind'): Fields {
  const named = card.supportedInterfaces.filter(({ protocolBinding }) => transports.includes(protocolBinding))
  const old = named.filter(({ protocolVersion }) => protocolVersion === A2A_VERSION_0_3)
  const interfaces = (old.length > 0 ? old : named).map((one) => ({
    url: addressOf(one),
    transport: one.protocolBinding,
  }))
  const [main] = interfaces
  const { streaming, pushNotifications, extendedAgentCard, extensions } = card.capabilities
  const { securitySchemes: schemes } = card
  const requirements = form === 'proto' ? <T>(given: T): T => given : downgradeRequirements
  return present({
    protocolVersion: '0.3.0',
    name: card.name,
    description: card.description,
    version: card.version,
    url: main?.url ?? '',
    preferredTransport: main?.transport ?? 'JSONRPC',
    additionalInterfaces: interfaces,
    provider: card.provider,
    documentationUrl: card.documentationUrl,
    iconUrl: card.iconUrl,
    capabilities: present({ streaming, pushNotifications, extensions }),
    // The proto of 0.3 has them as 1.0 has.
    securitySchemes: schemes && (form === 'proto' ? schemes : mapped(schemes, downgradeScheme)),
    security: requirements(card.securityRequirements),
    defaultInputModes: card.defaultInputModes,
    defaultOutputModes: card.defaultOutputModes,
    skills: card.skills.map(({ securityRequirements, ...skill }) =>
      present({ ...skill, security: requirements(securityRequirements) }),
    ),
    supportsAuthenticatedExtendedCard: extendedAgentCard,
  })
}
