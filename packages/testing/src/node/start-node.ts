import type { AnyFeature, RunsOn } from '@pf-agents/agent-core'
import type { App } from '@pf-agents/app'
import { serve } from '@pf-agents/app/node'

/** An app that answers over HTTP. Close it, or declare it with `await using`. */
export interface StartedApp extends AsyncDisposable {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string
  /** Calls it by a path. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

/**
 * Serves an app on Node, on a free port of this machine.
 *
 * @example
 * ```ts
 * await using app = await startNode(createApp(agent, [a2aServer()]))
 * const response = await app.fetch('/.well-known/agent-card.json')
 * ```
 */
export async function startNode<F extends AnyFeature>(app: App<F> & RunsOn<F, 'node'>): Promise<StartedApp> {
  return startedApp(await serve<F>(app, { port: 0, drainMs: 1_000 }))
}

/** What every started app can do. */
export function startedApp({ url, close }: { url: string; close(): Promise<void> }): StartedApp {
  return { url, close, fetch: (path, init) => fetch(new URL(path, url), init), [Symbol.asyncDispose]: close }
}
