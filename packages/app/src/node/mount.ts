import { type AnyFeature, PfError, type RunsOn } from '@pf-agents/agent-core'
import type { App } from '../app'
import { type NodeListener, toNodeListener } from './listener'

/** A server to mount an app into: Hono, or Express and what is built like it. */
export type MountTarget =
  | { mount(path: string, handler: (request: Request) => Response | Promise<Response>): unknown; fetch: unknown }
  | { use(path: string, handler: NodeListener): unknown }

/**
 * Serves an app as a part of another server, below a path. Tell features that publish an address what it is from outside
 * (`a2aServer({ publicUrl: 'https://example.com/agent' })`), and close the app when the server closes.
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
  if ('mount' in target && 'fetch' in target) target.mount(path, (request) => app.fetch(request))
  else if ('use' in target) target.use(path, listener)
  else
    throw new PfError(
      'PF_CONFIG_INVALID',
      'mount: the target is neither a Hono app nor one with use(path, handler), such as Express.',
    )
}
