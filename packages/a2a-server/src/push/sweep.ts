import { type Clock, isTerminal, type RunStore } from '@pf-agents/agent-core'
import type { ConfigStore } from './config-store'

/**
 * Forgets records that nobody needs: those whose time is over, and those of tasks that are over or were dropped by the store.
 *
 * @param maxAgeMs - milliseconds that a notification may be on its way
 */
export async function sweep(configs: ConfigStore, store: RunStore, clock: Clock, maxAgeMs: number): Promise<void> {
  for await (const { key, at, endsAt } of configs.all()) {
    const now = clock.now()
    if (endsAt !== undefined && endsAt <= now) await configs.forget(key)
    else if (now - at > maxAgeMs + 3_600_000) {
      const head = await store.head(key)
      if (head === undefined || isTerminal(head.state)) await configs.forget(key)
    }
  }
}
