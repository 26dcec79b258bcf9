import { createGuardedFetch } from '@pf-agents/http-kit/node'
import { type App, appCore } from '../app'

const bound = new WeakSet<object>()

/** Gives an app the environment's variables and a guarded `fetch`, once. */
export function bindNodeHost(app: App): void {
  const core = app[appCore]
  if (bound.has(core)) return
  bound.add(core)
  // The agent's own allow-list names what it may call, on private networks too; the guard holds for everything else.
  const fetch = createGuardedFetch({ allow: core.needs.outbound })
  core.host({ variables: { get: (name) => process.env[name] }, httpClient: { fetch } })
}
