/**
 * An A2A agent as a WebAssembly component; the same app on Node, where its tasks are kept in memory.
 *
 * @module
 */
import { presetOver } from './preset-over'

/**
 * Makes an app of an agent for a component (Spin, wasmtime, the embedded host): A2A 1.0 (and 0.3) over JSON-RPC and
 * HTTP+JSON. Its model, where it has one, thinks, calls tools and asks people, as on Node under `pfAgent`. Tasks are kept in
 * the host's key-value store, so that they survive their requests; in worlds without such a store, and on Node, in memory.
 * `storage` takes options of `spinStorage` (`{ store: 'tasks' }`), another storage, or `false`.
 *
 * What it is given has to work in a component, on whichever target the app runs.
 *
 * @throws UnsupportedOnTargetError where a feature it is given does not work in a component
 * @throws PfError PF_CONFIG_INVALID for a feature it does not have; PF_FEATURE_MISSING, PF_FEATURE_CONFLICT as `createApp`
 * @example
 * ```ts
 * // main.spin.ts, for `pf build main.spin.ts`
 * export default spinAgent(agent)
 * ```
 */
export const spinAgent = presetOver(undefined)
