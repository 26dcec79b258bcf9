/**
 * JSON Web Tokens as credentials, and signatures of agent cards: what `jose` is for.
 * Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export { type CardKeys, type CardVerifierOptions, createCardVerifier, type TrustedKey } from './jwt/card-verifier'
export { type CardSignerOptions, createCardSigner } from './jwt/card-signer'
export { type JwtBearerOptions, jwtBearer, openIdConnect, type OpenIdConnectOptions } from './jwt/jwt-scheme'
export { type JwtKeys, type JwtOptions, jwtTokens } from './jwt/jwt-tokens'
