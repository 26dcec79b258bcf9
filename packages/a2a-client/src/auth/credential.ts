import type { SecurityScheme } from '@pf-agents/a2a-protocol'
import type { Awaitable } from '@pf-agents/agent-core'

/** What proves who the caller is, for one scheme. */
export type Credential =
  | {
      /** A bearer token: for HTTP Bearer, OAuth 2 and OpenID Connect. */
      token: string
    }
  | {
      /** An API key, wherever the scheme wants it. */
      key: string
    }
  | {
      /** For HTTP Basic. */
      user: string
      password: string
    }
  | {
      /** The connection itself proves it: a client certificate that `fetch` was given. */
      connection: true
    }

/** What a credential is needed for. */
export interface CredentialRequest {
  /** Origin that it goes to, such as `https://agent.example`. */
  readonly audience: string
  /** The scheme's name on the card. */
  readonly name?: string | undefined
  /** The scheme, as the card has it. What it says of addresses is the card's word, not yours. */
  readonly scheme?: SecurityScheme | undefined
  /** Scopes that the card asks for. */
  readonly scopes: readonly string[]
  /** What was sent and refused a moment ago: give another, or nothing. */
  readonly rejected?: Credential | undefined
  readonly signal?: AbortSignal | undefined
}

/** Where credentials come from. `undefined` where there is none for this scheme. */
export type CredentialSource = (request: CredentialRequest) => Awaitable<Credential | undefined>

/** Whether two credentials are the same: one that was refused is not sent again. */
export function sameCredential(a: Credential, b: Credential | undefined): boolean {
  return b !== undefined && JSON.stringify(a) === JSON.stringify(b)
}
