import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeDirectory } from '@pf-agents/wasm-host'

/** What a file system says where nothing can be written. */
const unwritable: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO'])

/**
 * A cache directory for one build: the one that is named, else a temporary one, since keeping is for speed alone. To be
 * disposed of.
 */
export class UsableCache implements Disposable {
  /** Why nothing is kept, for the user. Empty where all is well. */
  readonly problems: string[] = []
  #directory: string
  #temporary: string | undefined

  constructor(named: string) {
    this.#directory = named
    try {
      makeDirectory(named, 'The cache directory (PF_CACHE, or cacheDir)')
    } catch (error) {
      this.#leave(error as Error)
    }
  }

  get directory(): string {
    return this.#directory
  }

  /** Work that writes to the cache, and does it elsewhere where that can not be, because the disk is full for one. */
  async use<T>(work: (directory: string) => Promise<T>): Promise<T> {
    try {
      return await work(this.#directory)
    } catch (error) {
      const { code, cause } = error as NodeJS.ErrnoException
      const isUnwritable = [code, (cause as NodeJS.ErrnoException | undefined)?.code].some((it) => unwritable.has(it))
      if (!isUnwritable || this.#temporary !== undefined) throw error
      this.#leave(error as Error)
      return work(this.#directory)
    }
  }

  #leave(error: Error): void {
    this.problems.push(`Nothing of this build is kept for the next one. ${error.message}`)
    this.#directory = this.#temporary = mkdtempSync(join(tmpdir(), 'pf-cache-'))
  }

  [Symbol.dispose](): void {
    if (this.#temporary !== undefined) rmSync(this.#temporary, { recursive: true, force: true })
  }
}
