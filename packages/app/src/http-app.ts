import {
  type AnyFeature,
  type Awaitable,
  clockPort,
  describeError,
  errorStatus,
  type FeatureMiddleware,
  httpClientPort,
  keyValuePort,
  type Logger,
  loggerPort,
  PfError,
  type Ports,
  type ResolvedNeeds,
  type Target,
  variablesPort,
} from '@pf-agents/agent-core'
import type { AuthContext, Authenticator } from '@pf-agents/auth'
import { textSourceOf } from '@pf-agents/http-kit'
import { PatternRouter } from 'hono/router/pattern-router'
import { Hono } from 'hono/tiny'
import { addedRoutes } from './added-routes'
import { type App, appCore, type AppCore, type FetchContext } from './app'
import { authLog } from './auth-log'
import { type BodyLimits, bodyLimitsOf } from './body-limits'
import { boundBody, declaredLength, mayHaveBody, tooLarge } from './bounded-request'
import type { AgentDefinitionDocument } from './describe'
import { addErrorHeaders, errorResponse } from './error-response'
import type { Host } from './host'
import type { AppOptions } from './options'
import { RequestFacts } from './request-facts'
import { RequestPlaces } from './request-places'
import { type OwnedRoute, orderRoutes } from './routes'
import type { Served } from './served'

/** What {@link HttpApp} is made of. */
export interface HttpAppParts {
  readonly features: readonly AnyFeature[]
  readonly target: Target
  readonly served: readonly Served[]
  readonly tenants: ReadonlySet<string>
  readonly routes: readonly OwnedRoute[]
  readonly middleware: readonly FeatureMiddleware[]
  readonly authenticator: Authenticator | undefined
  readonly ports: Ports
  readonly needs: ResolvedNeeds
  /** Without what is known of the host only. */
  readonly document: Omit<AgentDefinitionDocument, 'taskLifetime'>
  readonly closers: readonly (() => Awaitable<void>)[]
  readonly host: Host
  readonly options: AppOptions
}

type Environment = { Bindings: RequestFacts }

const noContext: FetchContext = Object.freeze({})

/** The app over HTTP: limits, then the principal, then middleware, then the route. */
export class HttpApp<F extends AnyFeature> implements App<F> {
  readonly [appCore]: AppCore
  readonly #parts: HttpAppParts
  #router = new PatternRouter<OwnedRoute>()
  #routes: readonly OwnedRoute[]
  /** Only where Hono middleware is installed: then requests go through it to the routes. */
  readonly #hono: Hono<Environment> | undefined
  readonly #authContext: AuthContext
  /** Ends what checks have going, for requests and behind them. A component is never closed. */
  readonly #ended: AbortController | undefined
  readonly #bodyLimits: BodyLimits
  readonly #urlLimit: number
  readonly #places: RequestPlaces
  readonly #logger: Logger
  #closing: Promise<void> | undefined

  constructor(parts: HttpAppParts) {
    const { limits = {} } = parts.options
    this.#parts = parts
    this.#bodyLimits = bodyLimitsOf(limits, parts.target)
    this.#urlLimit = limits.urlLength ?? 8192
    this.#places = new RequestPlaces({
      concurrentRequests: limits.concurrentRequests ?? 1024,
      receivingRequests: limits.receivingRequests ?? 1024,
      retryAfterMs: limits.retryAfterMs ?? 1000,
    })
    this.#logger = parts.ports.get(loggerPort)
    const variables = parts.ports.get(variablesPort)
    const httpClient = parts.ports.get(httpClientPort)
    this.#ended = parts.target === 'node' ? new AbortController() : undefined
    this.#authContext = {
      secret: (name) => variables.get(name),
      fetch: (url, init) => httpClient.fetch(url, init),
      clock: parts.ports.get(clockPort),
      // A component keeps nothing in memory from one request to the next.
      keyValue: parts.target === 'wasm' ? parts.ports.get(keyValuePort) : undefined,
      signal: this.#ended?.signal,
      log: authLog(this.#logger, parts.ports.get(clockPort)),
    }
    this.#routes = parts.routes
    this.#fillRouter()
    this.#hono = this.#withMiddleware(parts.options.use ?? [])
    this[appCore] = {
      features: parts.features,
      target: parts.target,
      authenticated: parts.authenticator !== undefined && !parts.authenticator.admitsAnonymous,
      needs: parts.needs,
      logger: this.#logger,
      host: (services) => {
        parts.host.services = { ...parts.host.services, ...services }
      },
      closing: () => this.#ended?.abort(new PfError('PF_OVERLOADED', 'The agent is shut down.')),
      add: (feature) => {
        if (parts.features.some(({ name }) => name === feature.name)) return
        const added = addedRoutes(feature, parts)
        this.#routes = orderRoutes([...this.#routes, ...added], parts.tenants)
        this.#router = new PatternRouter()
        this.#fillRouter()
      },
    }
  }

  #fillRouter(): void {
    for (const route of this.#routes) this.#router.add(route.method, route.path, route)
  }

  #withMiddleware(use: NonNullable<AppOptions['use']>): Hono<Environment> | undefined {
    if (use.length === 0) return undefined
    const hono = new Hono<Environment>({ getPath: (_request, given) => (given as { env: RequestFacts }).env.path })
    for (const middleware of use) hono.use('*', middleware)
    hono.all('*', ({ env, req }) => this.#route(req.raw, env))
    // Routes tell their own errors: what comes here was thrown by Hono middleware.
    hono.onError((error) => this.#unexpected(error))
    return hono
  }

  fetch(request: Request, context: FetchContext = noContext): Awaitable<Response> {
    try {
      if (request.url.length > this.#urlLimit) {
        return errorResponse(new PfError('PF_REQUEST_INVALID', `The URL is longer than ${this.#urlLimit} characters.`))
      }
      const isDirect = this.#hono === undefined && this.#parts.middleware.length === 0
      const facts = new RequestFacts(request, context, this.#bodyLimits, this.#places, isDirect)
      if (this.#parts.tenants.size > 0) this.#takeTenant(facts)
      return this.#hono === undefined ? this.#route(request, facts) : this.#hono.fetch(request, facts)
    } catch (error) {
      return this.#unexpected(error)
    }
  }

  /** The first segment of a path, where it is a tenant's name, is not part of the routes. */
  #takeTenant(facts: RequestFacts): void {
    const { path } = facts
    const end = path.indexOf('/', 1)
    const first = path.slice(1, end < 0 ? undefined : end)
    if (!this.#parts.tenants.has(first)) return
    facts.tenant = first
    facts.path = end < 0 ? '/' : path.slice(end)
  }

  /** Goes to the route that fits best: they were added in that order. */
  #route({ method }: Request, facts: RequestFacts): Awaitable<Response> {
    const isHead = method === 'HEAD'
    const [matches] = this.#router.match(isHead ? 'GET' : method, facts.path)
    const [route, params] = matches[0] ?? []
    if (route === undefined) return errorResponse(new PfError('PF_METHOD_UNKNOWN', 'There is nothing at this address.'))
    if (route.path.includes('/:')) facts.params = decoded(params as Record<string, string>)
    const answer = this.#answer(route, facts)
    return isHead ? answer.then((response) => new Response(null, response)) : answer
  }

  async #answer(route: OwnedRoute, facts: RequestFacts): Promise<Response> {
    let isChecked = true
    try {
      if (route.always !== true) {
        if (this.#closing !== undefined)
          throw new PfError('PF_OVERLOADED', 'The agent is shutting down. Try again later.', { retryAfterMs: 5000 })
        facts.place.take()
      }
      this.#boundBody(facts)
      const { request } = facts
      const { authenticator, middleware } = this.#parts
      if (authenticator !== undefined && route.public !== true) {
        isChecked = false
        facts.principal = await authenticator.authenticate(request, this.#authContextOf(facts), facts)
        isChecked = true
      }
      const response = await (middleware.length > 0
        ? this.#through(0, route, request, facts)
        : route.handle(request, facts))
      if (textSourceOf(response) !== undefined) facts.streamed()
      return response
    } catch (error) {
      // The authenticator has said by itself what it could not ask.
      const isLogged = !isChecked && PfError.is(error, 'PF_AUTH_UNAVAILABLE')
      return await this.#tell(route, facts, error, isLogged)
    } finally {
      facts.place.leave()
    }
  }

  #authContextOf({ waitUntil }: RequestFacts): AuthContext {
    return waitUntil === undefined ? this.#authContext : { ...this.#authContext, waitUntil }
  }

  /** Refuses a body that is too large, as far as can be told now; else makes sure that it ends at the limit. */
  #boundBody({ request, bodyLength }: RequestFacts): void {
    const { bodyBytes } = this.#bodyLimits
    const length = bodyLength ?? (mayHaveBody(request) ? declaredLength(request.headers) : 0)
    if (length !== undefined && length > bodyBytes) throw tooLarge(bodyBytes)
    if (bodyLength === undefined && mayHaveBody(request)) boundBody(request, bodyBytes)
  }

  async #through(at: number, route: OwnedRoute, request: Request, facts: RequestFacts): Promise<Response> {
    const middleware = this.#parts.middleware[at]
    if (middleware === undefined) return route.handle(request, facts)
    return middleware(request, facts, () => this.#through(at + 1, route, request, facts))
  }

  /** The answer for an error, in the form of the route's protocol. */
  async #tell(route: OwnedRoute, facts: RequestFacts, error: unknown, isLogged: boolean): Promise<Response> {
    if (!isLogged && (!PfError.is(error) || errorStatus(error) >= 500)) this.#log(error)
    try {
      const response = route.fail ? await route.fail(error, facts.request, facts) : errorResponse(error)
      return addErrorHeaders(response, error)
    } catch (failure) {
      return this.#unexpected(failure)
    }
  }

  #unexpected(error: unknown): Response {
    this.#log(error)
    return errorResponse(new PfError('PF_INTERNAL'))
  }

  #log(error: unknown): void {
    if (PfError.is(error, 'PF_OVERLOADED')) return
    this.#logger.log('error', 'A request failed.', { error: describeError(error) })
  }

  describe(): AgentDefinitionDocument {
    const { document, host } = this.#parts
    const { world, taskLifetime } = host.info()
    return { ...document, taskLifetime, ...(world !== undefined && { world }) }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { served, closers, options } = this.#parts
    const graceMs = options.closeGraceMs ?? 10_000
    this[appCore].closing()
    await Promise.all(served.map(({ runtime }) => runtime.close({ graceMs })))
    for (const close of closers.toReversed()) {
      try {
        await close()
      } catch (error) {
        // The rest must be closed all the same.
        this.#logger.log('error', 'A feature could not be closed.', { error: describeError(error) })
      }
    }
  }
}

/** Values of a path, percent-decoded; one that can't be decoded stays as it came. */
function decoded(params: Record<string, string>): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(params)) {
    try {
      values[name] = decodeURIComponent(value)
    } catch {
      values[name] = value
    }
  }
  return values
}
