import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where what can be made again is kept: `$PF_CACHE`, else `pf-agents` in the user's cache directory. Variables without a
 * value count as not set.
 *
 * @returns undefined where no variable says it and the user has no home directory
 * @example
 * ```ts
 * const builds = join(cacheDirectory() ?? tmpdir(), 'builds')
 * ```
 */
export function cacheDirectory(): string | undefined {
  const { PF_CACHE: own, XDG_CACHE_HOME: ofUser } = process.env
  if (own) return own
  if (ofUser) return join(ofUser, 'pf-agents')
  try {
    const home = homedir()
    return home === '' ? undefined : join(home, '.cache/pf-agents')
  } catch {
    // Neither HOME nor a record of this user.
    return undefined
  }
}

/** Where prepared components are kept. */
export function componentsDirectory(): string | undefined {
  const cache = cacheDirectory()
  return cache === undefined ? undefined : join(cache, 'components')
}
