import { type Clock, isTerminal, type RunStore } from '@pf-agents/agent-core'
import type { ConfigStore } from './config-store'

const hourMs = 3_600_000

/**
 * Forgets records that nobody needs: those whose time is over, those of tasks that are over or were dropped by the store, and
 * those whose configs were all deleted.
 *
 * @param maxAgeMs - milliseconds that a notification may be on its way
 */
export async function sweep(configs: ConfigStore, store: RunStore, clock: Clock, maxAgeMs: number): Promise<void> {
  for await (const { record, revision } of configs.all()) {
    const { key, at, endsAt } = record
    const now = clock.now()
    const isOld = (ms: number): boolean => now - at > ms + hourMs
    if (endsAt !== undefined && endsAt <= now) await configs.forget(key, revision)
    // Kept for a while for the places that pages end with.
    else if (record.configs.length === 0 && isOld(0)) await configs.forget(key, revision)
    else if (isOld(maxAgeMs)) {
      const head = await store.head(key)
      if (head === undefined || isTerminal(head.state)) await configs.forget(key, revision)
    }
  }
}
