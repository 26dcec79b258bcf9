/**
 * How callers prove who they are: scheme declarations that are card entry and check as one, what they may do, and how much.
 * Neutral: runs on Node and inside a WebAssembly component. JSON Web Tokens and signed cards are in `@pf-agents/auth/jwt`.
 *
 * @module
 */
export { challengesOf, ForbiddenError, UnauthenticatedError } from './auth-error'
export { type Authenticator, createAuthenticator } from './authenticator'
export type { AcceptedCredential, AcceptedPrincipal, CredentialCheck } from './check/credential-check'
export type { CertificateFormat, ClientCertificate } from './check/client-certificate'
export { sameText } from './check/same-text'
export { rateLimit, type RateLimitOptions } from './rate-limit/rate-limit'
export { type AllOf, allOf, type AuthRequirement, type WithoutCredentials, withoutCredentials } from './requirement'
export { apiKey, type ApiKeyOptions } from './scheme/api-key'
export type { AuthCaller, AuthContext, AuthResult, AuthScheme } from './scheme/auth-scheme'
export { basic, type BasicOptions } from './scheme/basic'
export { bearer, type BearerOptions } from './scheme/bearer'
export { mutualTls, type MutualTlsOptions } from './scheme/mutual-tls'
export { oauth2, type OAuth2Options } from './scheme/oauth2'
export { openIdConnectScheme, type OpenIdConnectSchemeOptions } from './scheme/open-id-connect'
export { malformed, type Refusal, refuse } from './scheme/refusal'
export type { TokenSchemeOptions } from './scheme/token-scheme'
export { introspectedTokens, type IntrospectionOptions } from './token/introspection'
export type { ClaimMapping, PrincipalOf } from './token/principal-of'
export type { TokenResult, TokenVerifier } from './token/token-verifier'
