import { type AnyFeature, checkTargets, type JsonObject, PfError, type RunsOn } from '@pf-agents/agent-core'
import { readBody } from '@pf-agents/http-kit'
import { getVariable } from 'pf-host:config'
import { type App, appCore, type FetchContext } from '../app'
import { clientGone, declaredLength } from '../bounded-request'
import { guestFetch } from './guest-fetch'
import { installPrelude } from './prelude'

// The one side effect at module scope, in the module whose export everybody uses: no bundler can leave it out.
installPrelude()

/** What the build knows and the component can't find out. */
export interface ComponentInfo {
  /** The world it is built for: `spin`, `wasmtime` or `wasi-http`. */
  world?: string
  /** When it was built: milliseconds since 1970. Cards carry it as `Last-Modified`. */
  builtAt?: number
  /**
   * Signatures of the agent cards by tenant (empty where the app serves one agent), made when it was built, by keys that
   * stayed outside. The server shows them where it knows its public URL.
   */
  cardSignatures?: Readonly<Record<string, readonly JsonObject[]>>
}

/** What a component exports beside the incoming handler: `pf:agent/discovery@1.0.0`. */
export interface ComponentExports {
  readonly discovery: {
    /** The agent's definition: JSON by `agent-definition.v1.json`. Uses no import. */
    configureAgent(): string
  }
}

/**
 * Makes an app the component's incoming handler, and gives what the component exports. Called once, at module scope, so
 * that the snapshot holds it.
 *
 * @throws UnsupportedOnTargetError where a feature does not work in a component
 * @throws PfError PF_CONFIG_INVALID where the app was made before `@pf-agents/app/wasm` was imported
 * @example
 * ```ts
 * import { componentExports } from '@pf-agents/app/wasm'
 * import app from './main.spin'
 * export const { discovery } = componentExports(app, { world: 'spin' })
 * ```
 */
export function componentExports<F extends AnyFeature>(
  app: App<F> & RunsOn<F, 'wasm'>,
  info: ComponentInfo = {},
): ComponentExports {
  const core = app[appCore]
  checkTargets(core.features, 'wasm')
  if (core.target !== 'wasm') {
    throw new PfError(
      'PF_CONFIG_INVALID',
      'The app was made for Node. Import @pf-agents/app/wasm before the module that makes it, or pass target: "wasm".',
    )
  }
  core.host({ ...info, variables: { get: getVariable }, httpClient: { fetch: guestFetch } })
  const definition = JSON.stringify(app.describe())
  const guest = globalThis as unknown as GuestGlobal
  guest.addEventListener('fetch', (event) => event.respondWith(answer(app, event)))
  return { discovery: { configureAgent: () => definition } }
}

/** What the engine calls per request. */
interface GuestEvent {
  readonly request: Request
  respondWith(response: Promise<Response>): void
  waitUntil(promise: Promise<unknown>): void
}

interface GuestGlobal {
  addEventListener(type: 'fetch', listener: (event: GuestEvent) => void): void
}

/** A host makes sure of a body's length, and keeps the component going for what is waited for. */
class GuestContext implements FetchContext {
  readonly bodyLength: number | undefined
  readonly waitUntil: (promise: Promise<unknown>) => void
  readonly #request: Request

  constructor(event: GuestEvent) {
    this.#request = event.request
    this.bodyLength = declaredLength(event.request.headers)
    this.waitUntil = (promise) => event.waitUntil(promise)
  }

  /** @throws PfError PF_REQUEST_TOO_LARGE, PF_REQUEST_INVALID where the client went away, which is no error in a log */
  async readBody(limit: number): Promise<Uint8Array> {
    try {
      return await readBody(this.#request, limit, { framed: this.bodyLength !== undefined })
    } catch (cause) {
      if (PfError.is(cause)) throw cause
      throw clientGone(cause)
    }
  }
}

async function answer(app: App, event: GuestEvent): Promise<Response> {
  const { request } = event
  // Reading the incoming request's own signal traps the engine; there is no disconnect to tell anyway.
  Object.defineProperty(request, 'signal', { value: new AbortController().signal, configurable: true })
  return app.fetch(request, new GuestContext(event))
}
