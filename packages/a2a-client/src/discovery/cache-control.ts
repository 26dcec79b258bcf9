// What a server that says nothing about caching is taken to mean.
const heuristicMs = 5 * 60_000
// A day: a card that never comes up for review would outlive the agent.
const longestMs = 24 * 60 * 60_000

/** How a response may be kept (RFC 9111). */
export interface Freshness {
  /** Milliseconds for which it need not be asked for again. */
  freshMs: number
  /** Whether it may be kept at all. */
  store: boolean
}

/** Reads `Cache-Control` and `Age`. Without either directive a card is fresh for five minutes, never for more than a day. */
export function freshnessOf(headers: { get(name: string): string | null }): Freshness {
  const control = headers.get('cache-control')?.toLowerCase() ?? ''
  const directives = control.split(',').map((part) => part.trim())
  const store = !directives.includes('no-store')
  if (!store || directives.includes('no-cache')) return { store, freshMs: 0 }
  const maxAge = /^max-age="?(\d{1,10})"?$/.exec(directives.find((part) => part.startsWith('max-age=')) ?? '')?.[1]
  if (maxAge === undefined) return { store, freshMs: heuristicMs }
  const age = /^\d{1,10}$/.exec(headers.get('age') ?? '')?.[0] ?? '0'
  return { store, freshMs: Math.min(longestMs, Math.max(0, Number(maxAge) - Number(age)) * 1000) }
}
