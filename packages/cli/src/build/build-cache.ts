import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeDirectory } from '@pf-agents/wasm-host'

/** How many files are kept in a folder, unless told; the ones used longest ago go first. */
const KEPT = 40
/** A build that takes longer than this is taken for dead. */
const BUILD_LIMIT_MS = 120_000

/** Where components are kept by content: `$PF_CACHE`, else `pf-agents` in the user's cache directory. */
export function defaultCacheDirectory(): string {
  return process.env['PF_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'pf-agents')
}

/**
 * Components by what they were made of. The engine seeds itself while a component is made, so two builds of the same
 * code differ in their bytes: keeping the first makes the same input give the same output, and at once.
 */
export class BuildCache {
  readonly #directory: string
  readonly #kept: number

  constructor(directory: string, kept: number = KEPT) {
    this.#directory = directory
    this.#kept = kept
  }

  static key(...parts: readonly string[]): string {
    const hash = createHash('sha256')
    for (const part of parts) hash.update(`${part.length}:`).update(part)
    return hash.digest('hex').slice(0, 40)
  }

  /** The file of a key: kept from earlier, or made now, by one process at a time. */
  async load(key: string, make: () => Promise<Uint8Array>): Promise<{ bytes: Uint8Array; cached: boolean }> {
    makeDirectory(this.#directory, 'The cache directory (PF_CACHE, or cacheDir)')
    const unlock = await this.#lock(key)
    try {
      const earlier = await this.#read(key)
      if (earlier) return { bytes: earlier, cached: true }
      const bytes = await make()
      const file = this.#file(key)
      // The name appears only when the file is whole.
      await writeFile(`${file}.tmp`, bytes)
      await rename(`${file}.tmp`, file)
      await this.#prune()
      return { bytes, cached: false }
    } finally {
      await unlock()
    }
  }

  async #read(key: string): Promise<Uint8Array | undefined> {
    const file = this.#file(key)
    try {
      const bytes = new Uint8Array(await readFile(file))
      const now = new Date()
      await utimes(file, now, now).catch(() => {})
      return bytes
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  /** A folder is made by one process only; one that a dead process left behind is taken over. */
  async #lock(key: string): Promise<() => Promise<void>> {
    const lock = join(this.#directory, `${key}.lock`)
    for (;;) {
      try {
        await mkdir(lock)
        return async () => {
          await rmdir(lock).catch(() => {})
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const since = (await stat(lock).catch(() => undefined))?.mtimeMs
      if (since !== undefined && Date.now() - since > BUILD_LIMIT_MS) await rmdir(lock).catch(() => {})
      else await sleep(100)
    }
  }

  async #prune(): Promise<void> {
    const files = (await readdir(this.#directory))
      .filter((name) => name.endsWith('.wasm'))
      .map((name) => join(this.#directory, name))
    if (files.length <= this.#kept) return
    const aged = await Promise.all(
      files.map(async (file) => ({ file, used: (await stat(file).catch(() => undefined))?.mtimeMs ?? 0 })),
    )
    aged.sort((a, b) => a.used - b.used)
    await Promise.all(aged.slice(0, aged.length - this.#kept).map(({ file }) => rm(file, { force: true })))
  }

  #file(key: string): string {
    return join(this.#directory, `${key}.wasm`)
  }
}
