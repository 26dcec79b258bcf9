import type { A2AServerOptions } from './options'
import { serverFeature } from './server-feature'
import { v03Adapter } from './v0-3/adapter'

/**
 * Serves agents over A2A 1.0: JSON-RPC and HTTP+JSON at one address, and the agent card at its well-known place. Callers of
 * A2A 0.3 are served at the same address.
 *
 * @throws PfError PF_CONFIG_INVALID where an option is not valid
 * @example
 * ```ts
 * const app = createApp(agent, [a2aServer({ publicUrl: 'https://agent.example.com' })])
 * ```
 */
export function a2aServer(options: A2AServerOptions = {}) {
  return serverFeature(options, options.v03 === false ? undefined : v03Adapter)
}

/**
 * As {@link a2aServer}, for callers of A2A 1.0 alone: what others need is not in the bundle. Callers of 0.3 are told
 * VersionNotSupportedError.
 *
 * @throws PfError PF_CONFIG_INVALID where an option is not valid
 */
export function strictA2AServer(options: Omit<A2AServerOptions, 'v03'> = {}) {
  return serverFeature(options, undefined)
}
