import type { HostInfo, HttpClient, JsonObject, Target, Variables } from '@pf-agents/agent-core'

/** What the place an app is served in gives it. Bound when serving begins, because `createApp` does no I/O. */
export interface HostServices {
  variables?: Variables
  httpClient?: HttpClient
  /** The world of a component; absent on Node. */
  world?: string
  /** When the component was built: milliseconds since 1970. */
  builtAt?: number
  /** Signatures of the agent cards, made when the component was built, by tenant. */
  cardSignatures?: Readonly<Record<string, readonly JsonObject[]>>
}

/** The host of an app, as far as it is known by now. */
export class Host {
  services: HostServices = {}
  readonly #target: Target
  readonly #stored: boolean

  /** @param stored - whether a feature keeps the tasks, rather than the memory drivers */
  constructor(target: Target, stored: boolean) {
    this.#target = target
    this.#stored = stored
  }

  readonly info = (): HostInfo => {
    const { world, builtAt, cardSignatures } = this.services
    return {
      ...(world !== undefined && { world }),
      ...(builtAt !== undefined && { builtAt }),
      ...(cardSignatures && { cardSignatures }),
      taskLifetime: this.#taskLifetime(world),
    }
  }

  #taskLifetime(world: string | undefined): HostInfo['taskLifetime'] {
    if (this.#target === 'node') return this.#stored ? 'stored' : 'process'
    // Only Spin's world keeps what one request writes for the next.
    return this.#stored && (world === undefined || world === 'spin') ? 'stored' : 'request'
  }
}

const targetMarker = Symbol.for('pf-agents.target')

/** Says where this code runs. The guest prelude says `wasm`, before any app is made. */
export function declareTarget(target: Target): void {
  Object.defineProperty(globalThis, targetMarker, { value: target, configurable: true })
}

/** Where this code runs. */
export function currentTarget(): Target {
  return (globalThis as { [targetMarker]?: Target })[targetMarker] ?? 'node'
}
