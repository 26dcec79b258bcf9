import type { Agent } from '../agent/agent'
import type { Needs } from '../agent/needs'
import type { Target } from '../error/unsupported-on-target-error'
import type { JsonObject } from '../model/json'
import type { Port, PortBinding, Ports } from '../port/port'
import type { Awaitable } from '../port/run-store'
import type { Principal } from '../port/scope'
import type { AgentRuntime } from '../runtime/agent-runtime'
import type { ToolSource } from '../tool/tool'

declare const targetBrand: unique symbol

/** What a route or a middleware knows of a request beside the request itself. */
export interface RequestInfo {
  /** Who sent it, as the authentication middleware found. */
  principal: Principal
  /** The tenant in the path; empty where there is none. */
  tenant: string
  /** The path behind base path and tenant, still percent-encoded, without the query. */
  path: string
  /** Where the app is mounted in another server, such as `/agent`; empty where it stands alone. */
  basePath: string
  /** Values of the path's `:name` segments, percent-decoded. */
  params: Readonly<Record<string, string>>
  /** Keeps work going behind the answer, where the host can. */
  waitUntil?: ((promise: Promise<unknown>) => void) | undefined
  /** The peer's address, where the host knows it. */
  remoteAddress?: string | undefined
  /** A header by its name in lower case; cheaper than the request's own list of them, which may have to be made first. */
  header(name: string): string | null
  /**
   * The whole body, at most as large as the app allows.
   * @throws PfError PF_REQUEST_TOO_LARGE
   */
  readBody(): Promise<Uint8Array>
  /**
   * Sends a response whose body is written bit by bit, such as http-kit's `sseResponse`, before the route has returned it:
   * what happens in between does not hold its first bytes up. The route returns the same response all the same.
   * @returns whether it was sent; where not (the host has no way to, or middleware is to see it first), returning it does
   */
  sendNow?(response: Response): boolean
  /**
   * Calls `listener` when the client goes away before it has its answer, at once where it did already; a client of which
   * the host can't tell that never does.
   * @returns what takes the listener back
   */
  whenGone?(listener: () => void): () => void
  /** Most values that a body of JSON may have; whoever parses it refuses more with PF_REQUEST_TOO_LARGE. */
  jsonValues?: number | undefined
}

/** An HTTP route that a feature serves. */
export interface FeatureRoute {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
  /** Such as `/tasks/:id`; `*` at the end takes the rest. */
  path: string
  /** Served without authentication, such as the agent card. Default false. */
  public?: boolean
  handle(request: Request, info: RequestInfo): Awaitable<Response>
  /**
   * Tells an error in the form of the route's protocol: one that happened before `handle` (no credentials, no room), or
   * that it threw. The app adds `WWW-Authenticate` and `Retry-After`. Default: JSON `{ error: { code, message } }`.
   */
  fail?(error: unknown, request: Request, info: RequestInfo): Awaitable<Response>
}

/** Wraps every request behind the limits. What it puts into `info.principal` is who the request is from. */
export type FeatureMiddleware = (
  request: Request,
  info: RequestInfo,
  next: () => Promise<Response>,
) => Awaitable<Response>

/** One agent that the app serves. */
export interface ServedAgent {
  /** Empty where the app serves one agent. */
  readonly tenant: string
  readonly agent: Agent
  /** Ready once every feature has been set up: use it in handlers, not in `setup`. */
  readonly runtime: AgentRuntime
}

/** What is known of the place an app is served in, once serving has begun. */
export interface HostInfo {
  /** The world of a component; absent on Node. */
  readonly world?: string
  /** When the component was built: milliseconds since 1970. */
  readonly builtAt?: number
  /** Signatures of the agent cards, made when the component was built, by tenant (empty where it serves one agent). */
  readonly cardSignatures?: Readonly<Record<string, readonly JsonObject[]>>
  /** How long tasks can be read: as long as the request that made them, as the process, or until their store drops them. */
  readonly taskLifetime: 'request' | 'process' | 'stored'
}

/** What a feature is set up with. */
export interface FeatureContext {
  /** Services of the features it requires, and optional ones that are installed. */
  readonly ports: Ports
  readonly agents: readonly ServedAgent[]
  readonly target: Target
  /** What every feature adds to the card, in set-up order. Complete once every feature has been set up. */
  cards(): readonly JsonObject[]
  /** What is known of the host. Complete once a request comes. */
  host(): HostInfo
}

/** What a feature brings to the app. */
export interface FeatureSetup {
  /** Answers for every port in `provides`. */
  ports?: readonly PortBinding[]
  routes?: readonly FeatureRoute[]
  middleware?: readonly FeatureMiddleware[]
  /** Tools that a model may call. Those of all features together are what the port of tool sources answers with. */
  tools?: readonly ToolSource[]
  /** Joins the agent card's capabilities, security schemes and the like. */
  card?: JsonObject
  /** Called at creation, once every feature has been set up: for work that needs all cards or runtimes. */
  ready?: () => void
  /** Resolves where the feature works; rejects with the reason where it does not. */
  health?: () => Promise<void>
  close?: () => Awaitable<void>
}

/** A building block of an app, with the targets it works on in its type. */
export interface Feature<
  Name extends string = string,
  Targets extends Target = Target,
  Reason extends string = string,
  Alternative extends string = string,
> {
  readonly name: Name
  readonly targets: readonly Targets[]
  /** Why it does not work elsewhere, and what to use instead. */
  readonly unavailable?: { readonly reason: Reason; readonly alternative?: Alternative }
  readonly provides: readonly Port<unknown>[]
  readonly requires: readonly Port<unknown>[]
  readonly optional: readonly Port<unknown>[]
  readonly needs?: Needs
  setup(context: FeatureContext): FeatureSetup
  /** Type only: the targets, one level deep. */
  readonly [targetBrand]?: { readonly [T in Targets]?: true }
}

/** What {@link defineFeature} takes. */
export interface FeatureDefinition<
  Name extends string,
  Targets extends Target,
  Reason extends string,
  Alternative extends string,
> {
  /** The package's short name, such as `sqlite-storage`. */
  name: Name
  targets: readonly Targets[]
  /** For features of one target: a clause such as `it needs TCP sockets`, and one such as `use spinStorage()`. */
  unavailable?: { reason: Reason; alternative?: Alternative }
  /** Ports it answers. */
  provides?: readonly Port<unknown>[]
  /** Ports it can't do without. */
  requires?: readonly Port<unknown>[]
  /** Ports it uses where they are there: their providers are set up first. */
  optional?: readonly Port<unknown>[]
  needs?: Needs
  setup(context: FeatureContext): FeatureSetup
}

/**
 * Defines a feature. Nothing happens until `createApp` sets it up.
 *
 * @example
 * ```ts
 * export const clock = () => defineFeature({
 *   name: 'fixed-clock', targets: ['node', 'wasm'], provides: [clockPort],
 *   setup: () => ({ ports: [bind(clockPort, { now: () => 0, after: () => () => {} })] }),
 * })
 * ```
 */
export function defineFeature<
  const Name extends string,
  const Targets extends Target,
  const Reason extends string = never,
  const Alternative extends string = never,
>(definition: FeatureDefinition<Name, Targets, Reason, Alternative>): Feature<Name, Targets, Reason, Alternative> {
  return { provides: [], requires: [], optional: [], ...definition } as Feature<Name, Targets, Reason, Alternative>
}

/** Any feature, whatever its targets. */
export type AnyFeature = Feature<string, Target, string, string>
