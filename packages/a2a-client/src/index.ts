/**
 * A client for A2A 1.0 agents over `fetch`: discovery, both HTTP bindings, streams that are taken up again, typed
 * errors, retries that never send a message twice. Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export {
  A2AError,
  type A2AErrorKind,
  type AgentCard,
  isA2AError,
  type RemoteError,
  type StreamResponse,
} from '@pf-agents/a2a-protocol'
export { clientCredentials, type ClientCredentialsOptions } from './auth/client-credentials'
export { completeAuthorization, type CompleteAuthorizationOptions } from './auth/complete-authorization'
export type { Credential, CredentialRequest, CredentialSource } from './auth/credential'
export {
  type Authorization,
  type AuthorizationRequest,
  createAuthService,
  createCredentials,
  type CredentialProvider,
  type OriginCredentials,
} from './auth/credentials'
export {
  type A2AClient,
  type AgentAddress,
  connect,
  createA2AClient,
  createStrictA2AClient,
  type WithoutTenant,
} from './client'
export { type CachedCard, type CardCache, createCardCache } from './discovery/card-cache'
export { agentCardUrl } from './discovery/card-url'
export { chooseInterface, type ChosenInterface } from './discovery/choose-interface'
export type {
  A2AClientOptions,
  CallOptions,
  ClientBinding,
  HeaderFields,
  InterfacePreference,
  OutgoingCall,
} from './options'
export type { PushNotification } from './push-receiver/notification'
export { createPushReceiver, type PushReceiver, type PushReceiverOptions } from './push-receiver/push-receiver'
export { createRemoteAgents, toRemoteAgent } from './remote-agents'
export type { A2AEventStream } from './stream/event-stream'
export { createTaskFold, foldStream, type TaskFold, toRunEvents } from './stream/fold'
export type { ResubscribePolicy, StreamOptions, StreamPolicy } from './stream/options'
export { userMessage } from './user-message'
export { upgradeV03Notification } from './v0-3/upgrade-notification'
