import type { Awaitable, JsonValue } from '@pf-agents/agent-core'

/** A card that is kept. Plain JSON, so that any store can hold it. */
export interface CachedCard {
  /** The card as it came, signatures and unknown members included. */
  json: JsonValue
  etag?: string
  lastModified?: string
  /** Milliseconds since 1970; after that it is asked for again, with its ETag. */
  freshUntil: number
}

/** Where cards are kept, by URL. */
export interface CardCache {
  get(url: string): Awaitable<CachedCard | undefined>
  set(url: string, card: CachedCard): Awaitable<void>
  delete(url: string): Awaitable<void>
}

/**
 * A cache in memory; the card not used for longest makes room. Inside a component memory lasts one request: back a
 * {@link CardCache} with the key-value store there.
 *
 * @param options.maxEntries - default 100
 */
export function createCardCache(options: { maxEntries?: number } = {}): CardCache {
  const { maxEntries = 100 } = options
  const cards = new Map<string, CachedCard>()
  return {
    get(url) {
      const card = cards.get(url)
      if (card) {
        // A Map keeps the order of insertion: what was used goes to the end.
        cards.delete(url)
        cards.set(url, card)
      }
      return card
    },
    set(url, card) {
      cards.delete(url)
      cards.set(url, card)
      for (const oldest of cards.keys()) {
        if (cards.size <= maxEntries) break
        cards.delete(oldest)
      }
    },
    delete(url) {
      cards.delete(url)
    },
  }
}
