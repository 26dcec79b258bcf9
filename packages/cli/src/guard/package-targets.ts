import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What the guard reads of a package.json. */
export interface PackageManifest {
  name?: string
  version?: string
  pf?: {
    targets?: Readonly<Record<string, readonly string[]>>
    unavailable?: Readonly<Record<string, { reason?: string; alternative?: string }>>
  }
}

/** A bare import split up: `@scope/name/sub/path` is `@scope/name` and `./sub/path`. */
export function splitSpecifier(specifier: string): { name: string; entry: string } | undefined {
  const match = /^((?:@[^/:]+\/)?[^./@:][^/:]*)(?:\/(.+))?$/.exec(specifier)
  if (match === null) return undefined
  return { name: match[1] as string, entry: match[2] === undefined ? '.' : `./${match[2]}` }
}

/** Finds manifests the way Node does, and remembers them. */
export class PackageFinder {
  readonly #manifests = new Map<string, PackageManifest | undefined>()
  readonly #elsewhere: (name: string) => string | undefined

  constructor(elsewhere: (name: string) => string | undefined = () => undefined) {
    this.#elsewhere = elsewhere
  }

  /** The manifest of a package as seen from a directory. */
  find(name: string, from: string): PackageManifest | undefined {
    for (let directory = from; ; directory = dirname(directory)) {
      const file = join(directory, 'node_modules', name, 'package.json')
      const manifest = this.#read(file)
      if (manifest) return manifest
      if (directory === dirname(directory)) break
    }
    const file = this.#elsewhere(name)
    return file === undefined ? undefined : this.#read(file)
  }

  #read(file: string): PackageManifest | undefined {
    if (!this.#manifests.has(file)) {
      this.#manifests.set(
        file,
        existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PackageManifest) : undefined,
      )
    }
    return this.#manifests.get(file)
  }
}
