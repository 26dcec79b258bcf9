import type { Random } from '../port/random'

/** Randomness for tests: the same seed always gives the same numbers and ids. */
export interface SeededRandom extends Random {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number
}

/**
 * Makes randomness out of a seed.
 *
 * @example
 * ```ts
 * const random = createSeededRandom(7)
 * random.id() // the same UUID in every run
 * ```
 */
export function createSeededRandom(seed = 1): SeededRandom {
  let state = seed >>> 0

  // Mulberry32: small, and good enough for ids and jitter of tests.
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  const hex = (): string => next().toString(16).padStart(8, '0')

  return {
    fraction: () => next() / 2 ** 32,
    below: (bound) => Math.floor((next() / 2 ** 32) * bound),
    id() {
      const [a, b, c, d] = [hex(), hex(), hex(), hex()]
      const variant = ((Number.parseInt(c.slice(0, 1), 16) & 3) | 8).toString(16)
      return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`
    },
  }
}
