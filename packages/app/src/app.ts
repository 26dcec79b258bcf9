import type { AnyFeature, Awaitable, Logger, ResolvedNeeds, Target } from '@pf-agents/agent-core'
import type { AgentDefinitionDocument } from './describe'
import type { HostServices } from './host'

declare const featuresType: unique symbol

/** Where serving functions find what they need of an app. `Symbol.for`, so that two copies of the package agree. */
export const appCore: unique symbol = Symbol.for('pf-agents.app') as never

/** Told how the body of a request comes in. */
export interface Arrival {
  /** It is on its way. `refuse` ends the wait for it, with why. */
  begin(refuse: (error: Error) => void): void
  /**
   * All of it is here.
   * @throws PfError PF_OVERLOADED where the request has no room any more
   */
  done(): void
  /** It will not come. */
  failed(): void
}

/** What a host knows of a request beside the request itself. */
export interface FetchContext {
  /** Keeps work going behind the answer, where the host must be asked. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined
  /** The peer's address. */
  readonly remoteAddress?: string | undefined
  /** Where the app is mounted in another server, such as `/agent`. Addresses that features publish begin with it. */
  readonly basePath?: string | undefined
  /** The path behind `basePath`, where the request's URL still has that in it. */
  readonly path?: string | undefined
  /** Bytes of the body, where the host makes sure that it has exactly so many. Unset: they are counted. */
  readonly bodyLength?: number | undefined
  /** A header by its name in lower case, where the host has a shorter way to it than the request's list. */
  header?(name: string): string | null
  /** Reads the whole body, at most `limit` bytes, where the host has a shorter way than the request's stream. */
  readBody?(limit: number, arrival: Arrival): Promise<Uint8Array>
  /** Calls `listener` when the client goes away before it has its answer; gives what takes it back. Default: by the request's signal. */
  whenGone?(listener: () => void): () => void
  /** Sends a response with such a body at once, and not again when the app returns it. False where it did not. */
  sendNow?(response: Response): boolean
  /** Told that a route answered with a body that the host may take straight: look for its `textSourceOf` (http-kit). */
  streamed?(): void
}

/** The side of an app that faces what serves it. */
export interface AppCore {
  readonly features: readonly AnyFeature[]
  readonly target: Target
  /** Whether callers have to prove who they are. */
  readonly authenticated: boolean
  readonly needs: ResolvedNeeds
  readonly logger: Logger
  /** Gives the app what its host has. */
  host(services: HostServices): void
  /**
   * Adds the routes of one more feature, for whoever serves the app.
   * @throws PfError PF_FEATURE_MISSING, PF_FEATURE_CONFLICT, PF_CONFIG_INVALID where it brings more than routes
   */
  add(feature: AnyFeature): void
  /** The app is about to be closed, once requests had their time: what checks wait for is given up on now. */
  closing(): void
}

/** An agent ready to be served, with the features it was made of in its type. */
export interface App<F extends AnyFeature = AnyFeature> {
  /** Answers one request. Never rejects. */
  fetch(request: Request, context?: FetchContext): Awaitable<Response>
  /** What the app is, as JSON by `agent-definition.v1`. Needs no I/O. */
  describe(): AgentDefinitionDocument
  /** Stops taking work, waits for runs, then closes the features, last one first. */
  close(): Promise<void>
  readonly [appCore]: AppCore
  /** Type only. */
  readonly [featuresType]?: F
}
