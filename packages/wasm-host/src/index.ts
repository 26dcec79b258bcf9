/**
 * The embedded runtime for agent components on Node: transpiles a component once, runs each request in an instance of
 * its own, and gives it only the capabilities it was granted.
 *
 * @module
 */
export { createWasmHost, type WasmHost, type WasmHostOptions } from './host/create-wasm-host'
export { type ComponentDescription, describeComponent, type DescribeOptions } from './discovery/describe-component'
export { cacheDirectory } from './cache/cache-directory'
export type { ComponentWorld } from './cache/component-interfaces'
export { checkDirectory, makeDirectory } from './host/make-directory'
export type { GuestLog } from './host/settings'
export type { AppStats } from './host/stats'
