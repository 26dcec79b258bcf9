/**
 * HTTP out of Node to addresses that somebody else supplied. Node only.
 *
 * @module
 */
export { refusedAddressClass } from './node/address-class'
export { createGuardedFetch, type GuardedFetch, type GuardedFetchOptions } from './node/guarded-fetch'
export {
  createOutboundGuard,
  type OutboundGuard,
  type OutboundRules,
  type ResolvedAddress,
} from './node/outbound-guard'
