import type { AgentCard } from '@pf-agents/a2a-protocol'
import { type Clock, PfError } from '@pf-agents/agent-core'
import { settlesWithin, watchTimeouts } from '@pf-agents/http-kit'
import type { Repeater } from '../transport/repeater'
import type { CachedCard, CardCache } from './card-cache'
import { type CardLoader, loadCard, trustedCard } from './load-card'

/** Where a client has its agent's card from. */
export interface CardSource {
  /** Address of the public card, where known. */
  readonly url: string | undefined
  /** The card to go by now. Several callers at once share one request. */
  current(): Promise<AgentCard>
  /** Puts the card of the authenticated caller in the public one's place, until that has another version (§3.1.11). */
  replace(card: AgentCard): void
}

// However short a server's max-age is: a card is the description of the agent, not of its state.
const leastMs = 10_000
/** How long a call waits for a newer card, ms from when its load began, where there is one to go on with. */
const waitMs = 250
/** How long such a load may take behind the calls, ms. */
const renewalMs = 10_000

/** A source that always gives the one card. */
export function fixedCardSource(card: AgentCard): CardSource {
  let current = card
  return { url: undefined, current: async () => current, replace: (extended) => void (current = extended) }
}

/** A source that loads the card when it is first needed, and asks again, by its ETag, when it is no longer fresh. */
export function loadedCardSource(
  url: string,
  options: CardLoader & { repeat: Repeater; cards: CardCache | undefined; timeoutMs: number; clock: Clock },
): CardSource {
  const { clock, cards, repeat } = options
  let held: { cached: CachedCard; card: AgentCard; goodUntil: number } | undefined
  let extended: { card: AgentCard; publicVersion: string } | undefined
  let loading: Promise<AgentCard> | undefined
  let begunAt = 0
  /** Whether the last load found that the card is gone or no good: then the one at hand is not gone on with unasked. */
  let isRefused = false

  const hold = (cached: CachedCard, card: AgentCard) => {
    isRefused = false
    held = { cached, card, goodUntil: Math.max(cached.freshUntil, clock.now() + leastMs) }
    return card
  }
  const load = async () => {
    const kept = held?.cached ?? (await cards?.get(url))
    if (!held && kept && kept.freshUntil > clock.now()) return hold(kept, await trustedCard(url, kept.json, options))
    const totalMs = held && !isRefused ? Math.min(options.timeoutMs, renewalMs) : options.timeoutMs
    const watch = watchTimeouts({ totalMs }, { clock })
    try {
      const { signal } = watch
      const { cached, card, shareable } = await repeat(() => loadCard(url, kept, signal, options), {
        safe: true,
        signal,
      })
      if (shareable) await cards?.set(url, cached)
      return hold(cached, card)
    } catch (error) {
      // An agent that can't be asked for its card just now is gone on with by the one at hand.
      isRefused = PfError.is(error, 'PF_REMOTE_CARD') || PfError.is(error, 'PF_REMOTE_RESPONSE')
      if (!held || isRefused) throw error
      return hold(held.cached, held.card)
    } finally {
      watch.dispose()
    }
  }
  const begin = () => load().finally(() => (loading = undefined))
  return {
    url,
    async current() {
      if (!held || held.goodUntil <= clock.now()) {
        if (!loading) begunAt = clock.now()
        const renewal = (loading ??= begin())
        // Who can go on with the card at hand does not wait for an address that hangs.
        const isNeeded = !held || isRefused
        if (isNeeded || (await settlesWithin(renewal, begunAt + waitMs - clock.now(), clock))) await renewal
      }
      const card = (held as { card: AgentCard }).card
      if (extended && extended.publicVersion !== card.version) extended = undefined
      return extended?.card ?? card
    },
    replace(card) {
      if (held) extended = { card, publicVersion: held.card.version }
    },
  }
}
