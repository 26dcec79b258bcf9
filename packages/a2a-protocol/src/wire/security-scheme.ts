/** Scopes that each named scheme needs: all of the schemes together (§4.5). */
export interface SecurityRequirement {
  schemes: Record<string, { list?: string[] }>
}

/** A key in a header, query parameter or cookie (§4.5.2). */
export interface ApiKeySecurityScheme {
  description?: string
  location: 'query' | 'header' | 'cookie'
  name: string
}

/** An HTTP authentication scheme such as Bearer (§4.5.3). */
export interface HttpAuthSecurityScheme {
  description?: string
  scheme: string
  bearerFormat?: string
}

/** OAuth 2 with authorization code, the flow for people (§4.5.8). */
export interface AuthorizationCodeOAuthFlow {
  authorizationUrl: string
  tokenUrl: string
  refreshUrl?: string
  /** Scope to a description of it. */
  scopes: Record<string, string>
  pkceRequired?: boolean
}

/** OAuth 2 with client credentials, the flow for machines (§4.5.9). */
export interface ClientCredentialsOAuthFlow {
  tokenUrl: string
  refreshUrl?: string
  scopes: Record<string, string>
}

/** OAuth 2 for devices without a browser (§4.5.10). */
export interface DeviceCodeOAuthFlow {
  deviceAuthorizationUrl: string
  tokenUrl: string
  refreshUrl?: string
  scopes: Record<string, string>
}

/** Deprecated by the specification: use {@link AuthorizationCodeOAuthFlow}. */
export interface ImplicitOAuthFlow {
  authorizationUrl?: string
  refreshUrl?: string
  scopes?: Record<string, string>
}

/** Deprecated by the specification: use {@link AuthorizationCodeOAuthFlow}. */
export interface PasswordOAuthFlow {
  tokenUrl?: string
  refreshUrl?: string
  scopes?: Record<string, string>
}

/** Exactly one flow (§4.5.7). */
export type OAuthFlows =
  | { authorizationCode: AuthorizationCodeOAuthFlow }
  | { clientCredentials: ClientCredentialsOAuthFlow }
  | { deviceCode: DeviceCodeOAuthFlow }
  | { implicit: ImplicitOAuthFlow }
  | { password: PasswordOAuthFlow }

/** OAuth 2 (§4.5.4). */
export interface OAuth2SecurityScheme {
  description?: string
  flows: OAuthFlows
  oauth2MetadataUrl?: string
}

/** OpenID Connect (§4.5.5). */
export interface OpenIdConnectSecurityScheme {
  description?: string
  openIdConnectUrl: string
}

/** Client certificates (§4.5.6). */
export interface MutualTlsSecurityScheme {
  description?: string
}

/** A way to authenticate, told apart by its one member (§4.5.1). */
export type SecurityScheme =
  | { apiKeySecurityScheme: ApiKeySecurityScheme }
  | { httpAuthSecurityScheme: HttpAuthSecurityScheme }
  | { oauth2SecurityScheme: OAuth2SecurityScheme }
  | { openIdConnectSecurityScheme: OpenIdConnectSecurityScheme }
  | { mtlsSecurityScheme: MutualTlsSecurityScheme }
