import type { HttpClient, Target, Variables } from '@pf-agents/agent-core'

/** What the place an app is served in gives it. Bound when serving begins, because `createApp` does no I/O. */
export interface HostServices {
  variables?: Variables
  httpClient?: HttpClient
  /** The world of a component; absent on Node. */
  world?: string
  /** When the component was built: milliseconds since 1970. */
  builtAt?: number
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
