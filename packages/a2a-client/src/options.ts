import type { Clock, Random } from '@pf-agents/agent-core'
import type { CardVerifier, Operation } from '@pf-agents/a2a-protocol'
import type { FetchFunction, RetryPolicy } from '@pf-agents/http-kit'
import type { CredentialProvider } from './auth/credentials'
import type { CardCache } from './discovery/card-cache'
import type { StreamPolicy } from './stream/options'

/** The bindings this client speaks. */
export type ClientBinding = 'JSONRPC' | 'HTTP+JSON'

/** What a request is for, as told to {@link A2AClientOptions.headers}. */
export interface OutgoingCall {
  /** Where the request goes. Look at its host before giving it a credential: an agent card may name any host. */
  url: string
  /** The operation, or `card` for the public agent card, which needs no credential (§8.2). */
  operation: Operation | 'card'
}

/** Headers, or nothing. */
export type HeaderFields = Record<string, string | undefined>

/** Which interface of a card to use. */
export interface InterfacePreference {
  /** Bindings in order of preference; others are not used. Default: the card's order, both bindings. */
  bindings?: readonly ClientBinding[] | undefined
  /** Protocol versions (Major.Minor) in order of preference; others are not used. Default `['1.0', '0.3']`. */
  versions?: readonly string[] | undefined
}

/** Options of an A2A client. */
export interface A2AClientOptions {
  /** What requests are made with. Default: the global `fetch`. */
  fetch?: FetchFunction | undefined
  /**
   * Headers of each request, credentials above all; asked anew for every attempt, so that a token may be renewed.
   * They go before forwarded headers. Those of the protocol itself can't be replaced.
   */
  headers?: ((call: OutgoingCall) => HeaderFields | Promise<HeaderFields>) | undefined
  /**
   * Finds the credentials that the agent's card asks for (`createCredentials`). They are not sent for the public card.
   * Default none.
   */
  credentials?: CredentialProvider | undefined
  /**
   * Finds out whether a card that was loaded can be trusted (`createCardVerifier` of `@pf-agents/auth/jwt`); one that can
   * not is not used, and of one that can only what its signature covers. An extended card, which comes from the address that the trusted card names, may be without signatures.
   * Default: every card is taken.
   */
  verifyCard?: CardVerifier | undefined
  /** Names of headers that are passed on from {@link CallOptions.forwardFrom}. Default none. */
  forwardHeaders?: readonly string[] | undefined
  /** URIs of protocol extensions to ask for (`A2A-Extensions`). Default none. */
  extensions?: readonly string[] | undefined
  prefer?: InterfacePreference | undefined
  /** For a whole call with its retries, ms. Default 30,000. SendMessage has its own. */
  timeoutMs?: number | undefined
  /** For a whole SendMessage, ms: without `returnImmediately` the agent works while the caller waits. Default 300,000. */
  sendTimeoutMs?: number | undefined
  /** How failures that are safe to repeat are repeated; `false` = never. Default: three attempts in 30 s. */
  retry?: Partial<RetryPolicy> | false | undefined
  /**
   * How long to wait for an agent that is scaled to zero, ms: while it refuses connections or its gateway answers 502
   * or 503, reads are repeated, and a message is held back until a read is answered. Comes on top of the client's
   * timeouts. Default 0: not at all.
   */
  wakeBudgetMs?: number | undefined
  /** Largest response, bytes. Default 16 MiB. */
  maxResponseBytes?: number | undefined
  /** How streams are read, unless a call says otherwise. */
  streams?: StreamPolicy | undefined
  /** Where agent cards are kept, to share between clients. Default: a cache of the client's own. */
  cards?: CardCache | undefined
  clock?: Clock | undefined
  random?: Random | undefined
}

/** Options of one call. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** For the whole call with its retries, ms. Default: that of the client. */
  timeoutMs?: number | undefined
  /** The request being served, whose headers named in {@link A2AClientOptions.forwardHeaders} are passed on. */
  forwardFrom?: { get(name: string): string | null } | undefined
}
