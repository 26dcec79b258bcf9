/** Random choices that a seed makes repeatable. */
export interface SeededRandom {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number
  pick<T>(items: readonly T[]): T
  /** True once in `n` times. */
  oneIn(n: number): boolean
}

/** Mulberry32: small, fast, good enough to choose test data. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number], oneIn: (n) => below(n) === 0 }
}
