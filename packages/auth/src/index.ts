/**
 * How callers prove who they are: scheme declarations that are card entry and check as one.
 * Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export { apiKey, type ApiKeyOptions } from './api-key'
export { type AuthContext, type AuthScheme } from './auth-scheme'
export { type Authenticator, createAuthenticator } from './authenticator'
export { bearer, type BearerOptions } from './bearer'
export type { CredentialCheck } from './credential-check'
export { sameText } from './same-text'
export { isUnauthenticated, UnauthenticatedError } from './unauthenticated-error'
