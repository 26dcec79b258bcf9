import { port } from './port'

/** Randomness, so that tests can bring a seeded one. */
export interface Random {
  /** A new unique id (UUID v4 form). */
  id(): string
  /** A number from 0 to below 1, for jitter only. */
  fraction(): number
}

/** The host's own cryptographic randomness. */
export const systemRandom: Random = {
  id: () => crypto.randomUUID(),
  fraction: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
}

/** Port of randomness; bound to {@link systemRandom} where nothing else provides it. */
export const randomPort = port<Random>('pf.random')
