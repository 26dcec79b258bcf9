/**
 * The A2A 1.0 server feature: JSON-RPC and HTTP+JSON, agent card, version and extension negotiation.
 * Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export { a2aServer, strictA2AServer } from './a2a-server'
export {
  type A2AExtension,
  defineExtension,
  type ExtensionCall,
  type ExtensionDefinition,
  type ResumePoint,
  withExtensionData,
} from './extension/extension'
export { type InterruptMetadata, interruptExtensionUri } from './interrupt/interrupt-extension'
export type { A2AServerOptions, CardAdditions, ExtendedCard } from './options'
export type { StreamingOptions } from './stream/options'
