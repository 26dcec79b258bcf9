import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeDirectory } from '@pf-agents/wasm-host'

/**
 * A cache directory for one build: the one that is named, else a temporary one, since keeping is for speed alone. To be
 * disposed of.
 */
export class UsableCache implements Disposable {
  /** Why nothing is kept, for the user. Empty where all is well. */
  readonly problems: string[] = []
  #directory: string
  #temporary: string | undefined

  /** @param named - undefined where there is none: no variable names one, and the user has no home directory */
  constructor(named: string | undefined) {
    this.#directory = named ?? ''
    try {
      if (named === undefined) this.leave('This user has no home directory; name a cache directory with PF_CACHE.')
      else makeDirectory(named, 'The cache directory (PF_CACHE, or cacheDir)')
    } catch (error) {
      this.leave((error as Error).message)
    }
  }

  get directory(): string {
    return this.#directory
  }

  /** Goes on in a temporary directory, because nothing can be written to this one: the disk is full, for example. */
  leave(reason: string): void {
    this.problems.push(`Nothing of this build is kept for the next one. ${reason}`)
    if (this.#temporary === undefined) this.#directory = this.#temporary = mkdtempSync(join(tmpdir(), 'pf-cache-'))
  }

  [Symbol.dispose](): void {
    if (this.#temporary !== undefined) rmSync(this.#temporary, { recursive: true, force: true })
  }
}
