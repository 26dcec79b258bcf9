import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** How many components are kept; the ones used longest ago go first. */
const KEPT = 20

/** Where built components are kept by content: below `$PF_CACHE`, else the user's cache directory. */
export function defaultBuildCache(): string {
  const base = process.env['PF_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'pf-agents')
  return join(base, 'builds')
}

/**
 * Components by what they were made of. The engine seeds itself while a component is made, so two builds of the same
 * code differ in their bytes: keeping the first makes the same input give the same output, and at once.
 */
export class BuildCache {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  static key(...parts: readonly string[]): string {
    const hash = createHash('sha256')
    for (const part of parts) hash.update(`${part.length}:`).update(part)
    return hash.digest('hex').slice(0, 40)
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const file = this.#file(key)
    try {
      const component = new Uint8Array(await readFile(file))
      const now = new Date()
      await utimes(file, now, now).catch(() => {})
      return component
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  async put(key: string, component: Uint8Array): Promise<void> {
    await mkdir(this.#directory, { recursive: true })
    const file = this.#file(key)
    // The name appears only when the file is whole: others may look for it meanwhile.
    const staging = `${file}.${process.pid}.${performance.now()}.tmp`
    await writeFile(staging, component)
    await rename(staging, file)
    await this.#prune()
  }

  async #prune(): Promise<void> {
    const files = (await readdir(this.#directory)).filter((name) => name.endsWith('.wasm')).map((name) => join(this.#directory, name))
    if (files.length <= KEPT) return
    const aged = await Promise.all(files.map(async (file) => ({ file, used: (await stat(file).catch(() => undefined))?.mtimeMs ?? 0 })))
    aged.sort((a, b) => a.used - b.used)
    await Promise.all(aged.slice(0, aged.length - KEPT).map(({ file }) => rm(file, { force: true })))
  }

  #file(key: string): string {
    return join(this.#directory, `${key}.wasm`)
  }
}
