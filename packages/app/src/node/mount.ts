import type { IncomingMessage } from 'node:http'
import { type AnyFeature, PfError, type RunsOn } from '@pf-agents/agent-core'
import type { App, FetchContext } from '../app'
import { lengthOf } from '../bounded-request'
import { pathOf } from '../request-facts'
import { type NodeListener, toNodeListener } from './listener'

/** A Hono app, as far as mounting into it goes. */
interface HonoTarget {
  fetch: unknown
  all(
    path: string,
    handler: (context: { req: { raw: Request }; env: unknown }) => Response | Promise<Response>,
  ): unknown
}

/** Express, Connect and what is built like them. */
interface ConnectTarget {
  use(path: string, handler: NodeListener): unknown
}

/** A server to mount an app into. */
export type MountTarget = HonoTarget | ConnectTarget

/**
 * Serves an app as a part of another server, below a path. Its card is then at `<path>/.well-known/agent-card.json`.
 * Close the app when the server closes.
 *
 * @param path - such as `/agent`; the app sees what stands behind it. Default `/`.
 * @throws UnsupportedOnTargetError where a feature does not work on Node
 * @example
 * ```ts
 * const server = express()
 * mount(app, server, '/agent')
 * ```
 */
export function mount<F extends AnyFeature>(app: App<F> & RunsOn<F, 'node'>, target: MountTarget, path = '/'): void {
  const listener = toNodeListener<F>(app)
  if (isHono(target)) {
    const basePath = path.replace(/\/$/, '')
    target.all(`${basePath}/*`, ({ req, env }) => app.fetch(req.raw, new MountContext(req.raw, basePath, env)))
  } else if ('use' in target) target.use(path, listener)
  else
    throw new PfError(
      'PF_CONFIG_INVALID',
      'mount: the target is neither a Hono app nor one with use(path, handler), such as Express.',
    )
}

function isHono(target: MountTarget): target is HonoTarget {
  return 'fetch' in target && 'all' in target
}

/** A request that came through Hono: its URL still has the mount path, and its body may have been looked at. */
class MountContext implements FetchContext {
  readonly basePath: string
  readonly #request: Request
  readonly #incoming: IncomingMessage | undefined

  constructor(request: Request, basePath: string, env: unknown) {
    this.basePath = basePath
    this.#request = request
    this.#incoming = (env as { incoming?: IncomingMessage } | undefined)?.incoming
  }

  get path(): string {
    return pathOf(this.#request.url).slice(this.basePath.length) || '/'
  }

  get remoteAddress(): string | undefined {
    return this.#incoming?.socket.remoteAddress
  }

  get bodyLength(): number | undefined {
    return lengthOf(this.#incoming?.headers['content-length'])
  }
}
