import {
  A2A_EXTENSIONS_HEADER,
  A2A_VERSION_HEADER,
  A2AError,
  type AgentCapabilities,
  negotiateExtensions,
  negotiateVersion,
  type Operation,
  operationCapabilities,
  parseExtensions,
} from '@pf-agents/a2a-protocol'
import type { RequestInfo } from '@pf-agents/agent-core'

const versionHeader = A2A_VERSION_HEADER.toLowerCase()
const extensionsHeader = A2A_EXTENSIONS_HEADER.toLowerCase()

const capabilityErrors = {
  streaming: 'UnsupportedOperationError',
  extendedAgentCard: 'UnsupportedOperationError',
  pushNotifications: 'PushNotificationNotSupportedError',
} as const

/** Version, extensions and capabilities: what a request must agree on before its params are looked at. */
export class Negotiation {
  readonly #capabilities: AgentCapabilities
  readonly #required: boolean

  constructor(capabilities: AgentCapabilities) {
    this.#capabilities = capabilities
    this.#required = capabilities.extensions?.some((one) => one.required) ?? false
  }

  /**
   * Checks the version (A2A 1.0, 3.6.2), then required extensions (3.3.4).
   * @returns the extensions that are turned on, for the answer's header
   */
  agree(request: Request, info: RequestInfo): readonly string[] {
    const version = info.header(versionHeader)
    if (version !== '1.0') negotiateVersion(version, version?.trim() ? undefined : queryVersion(request.url))
    return this.activate(info.header(extensionsHeader))
  }

  /** The extensions that are turned on by a header's list of them. */
  activate(requested: string | null): readonly string[] {
    if (requested === null && !this.#required) return none
    return negotiateExtensions(this.#capabilities.extensions, parseExtensions(requested))
  }

  /** Refuses operations that need what the card does not declare (3.3.4). Comes before any look at a task. */
  checkCapability(operation: Operation): void {
    const capability = operationCapabilities[operation]
    if (capability === undefined || this.#capabilities[capability] === true) return
    throw new A2AError(capabilityErrors[capability])
  }
}

const none: readonly string[] = []

function queryVersion(url: string): string | null {
  return url.includes('?') ? new URL(url).searchParams.get(A2A_VERSION_HEADER) : null
}
