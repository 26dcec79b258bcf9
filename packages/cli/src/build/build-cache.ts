import { createHash, randomUUID } from 'node:crypto'
import { open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDirectory } from '@pf-agents/wasm-host'
import { type LockOptions, stopIf, takeLock } from './build-lock'

/** How many files are kept in a folder, unless told; the ones used longest ago go first. */
const KEPT = 40
/** A file under way that is older was left behind. */
const UNFINISHED_LIMIT_MS = 3_600_000

/** What {@link BuildCache.load} takes. */
export interface LoadOptions extends LockOptions {
  /** Whether what is kept can be used, beside being what was written; else it is made again, and replaced. Default: always. */
  isSound?: (bytes: Uint8Array) => boolean
  /** Told why nothing can be kept; what was made is given all the same. Default: a warning of the process. */
  onProblem?: ((problem: string) => void) | undefined
  /** Whether it is made in any case, and kept in the place of what is there. Default false. */
  again?: boolean | undefined
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

  /**
   * The file of a key: kept from earlier, or made now, by one process at a time. Keeping is for speed alone: where nothing
   * can be read or written, it is made and given.
   *
   * @throws PfError PF_BUILD_FAILED where `signal` says so while another process makes it
   */
  async load(
    key: string,
    make: () => Promise<Uint8Array>,
    options: LoadOptions = {},
  ): Promise<{ bytes: Uint8Array; cached: boolean }> {
    const { isSound = () => true, onProblem = (problem) => process.emitWarning(problem), again, signal } = options
    const tell = (error: unknown) =>
      onProblem(`Nothing can be kept in ${this.#directory}, so the next build is as slow: ${(error as Error).message}`)
    const kept = async () => {
      if (again) return undefined
      // What can not be read is not there.
      const bytes = await this.#read(key).catch(() => undefined)
      return bytes !== undefined && isSound(bytes) ? { bytes, cached: true } : undefined
    }
    const earlier = await kept()
    if (earlier) return earlier
    let unlock: () => Promise<void>
    try {
      makeDirectory(this.#directory, 'The cache directory (PF_CACHE, or cacheDir)')
      unlock = await takeLock(join(this.#directory, `${key}.lock`), options)
    } catch (error) {
      stopIf(signal)
      tell(error)
      return { bytes: await make(), cached: false }
    }
    try {
      const meanwhile = await kept()
      if (meanwhile) return meanwhile
      const bytes = await make()
      await this.#write(key, bytes).catch(tell)
      return { bytes, cached: false }
    } finally {
      await unlock()
    }
  }

  async #read(key: string): Promise<Uint8Array | undefined> {
    const file = this.#file(key)
    const bytes = new Uint8Array(await readFile(file))
    const now = new Date()
    await utimes(file, now, now).catch(() => {})
    return bytes
  }

  async #write(key: string, bytes: Uint8Array): Promise<void> {
    const file = this.#file(key)
    const own = `${file}.${process.pid}-${randomUUID()}.tmp`
    try {
      const handle = await open(own, 'wx')
      try {
        await handle.writeFile(bytes)
        // The name appears only when the file is whole, after a loss of power too.
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(own, file)
    } catch (error) {
      await rm(own, { force: true })
      throw error
    }
    await this.#prune()
  }

  async #prune(): Promise<void> {
    const names = await readdir(this.#directory)
    const aged = await Promise.all(
      names.map(async (name) => {
        const file = join(this.#directory, name)
        return { file, used: (await stat(file).catch(() => undefined))?.mtimeMs ?? 0 }
      }),
    )
    const files = aged.filter(({ file }) => file.endsWith('.wasm')).toSorted((a, b) => a.used - b.used)
    const unfinished = aged.filter(({ file, used }) => file.endsWith('.tmp') && Date.now() - used > UNFINISHED_LIMIT_MS)
    const old = [...unfinished, ...files.slice(0, Math.max(0, files.length - this.#kept))]
    await Promise.all(old.map(({ file }) => rm(file, { recursive: true, force: true })))
  }

  #file(key: string): string {
    return join(this.#directory, `${key}.wasm`)
  }
}
