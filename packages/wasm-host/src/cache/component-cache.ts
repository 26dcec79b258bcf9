/**
 * Transpiled components on disk, by content. An entry is a folder that appears by one rename and carries a manifest with
 * the digest of each file: what doesn't match it is rebuilt.
 */
import { PfError } from '@pf-agents/agent-core'
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { hasSuspension, type Mode } from '../wasm-engine'
import { type Transpiled, transpileComponent } from './transpile-component'

/** Raised when what we do to the transpiler's output changes. */
const PATCH_VERSION = 2
const MANIFEST = 'manifest.json'

interface Manifest extends Omit<Transpiled, 'files'> {
  files: Record<string, string>
}

/** A component ready to run. */
export interface CachedComponent extends Transpiled {
  /** SHA-256 of the component. */
  digest: string
  directory: string
  /** Whether it was transpiled now. */
  built: boolean
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** `$PF_CACHE`, else the user's cache directory. */
export function defaultCacheDirectory(): string {
  const base = process.env['PF_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'pf-agents')
  return join(base, 'components')
}

function transpilerVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@bytecodealliance/jco-transpile')
  return /jco-transpile@([^/+_(]+)/.exec(entry)?.[1] ?? 'unknown'
}

/** The transpiled form of `component`, from the cache or made now. */
export async function loadComponent(
  component: Uint8Array,
  cacheDirectory: string,
  mode: Mode = hasSuspension() ? 'jspi' : 'threads',
): Promise<CachedComponent> {
  const digest = sha256(component)
  const directory = join(cacheDirectory, `${digest.slice(0, 32)}-${transpilerVersion()}-${PATCH_VERSION}-${mode}`)
  const cached = await readEntry(directory)
  if (cached) return { digest, directory, ...cached, built: false }
  const transpiled = await transpileComponent(component, mode).catch((cause: unknown) => {
    throw new PfError('PF_COMPONENT_INVALID', undefined, { cause })
  })
  await writeEntry(cacheDirectory, directory, transpiled)
  return { digest, directory, ...transpiled, built: true }
}

async function readEntry(directory: string): Promise<Transpiled | undefined> {
  try {
    const manifest = JSON.parse(await readFile(join(directory, MANIFEST), 'utf8')) as Manifest
    if (!Array.isArray(manifest.interfaces?.imports) || !manifest.files['app.js']) return undefined
    const files: Record<string, Uint8Array> = {}
    for (const [name, digest] of Object.entries(manifest.files)) {
      const bytes = await readFile(join(directory, name))
      if (sha256(bytes) !== digest) return undefined
      files[name] = bytes
    }
    return { ...manifest, files }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}

async function writeEntry(parent: string, directory: string, { files, ...rest }: Transpiled): Promise<void> {
  const staging = join(parent, `.building-${randomUUID()}`)
  await mkdir(staging, { recursive: true })
  try {
    const digests: Record<string, string> = {}
    for (const [name, bytes] of Object.entries(files)) {
      await writeFile(join(staging, name), bytes)
      digests[name] = sha256(bytes)
    }
    await writeFile(join(staging, 'package.json'), '{"type":"module"}')
    await writeFile(join(staging, MANIFEST), JSON.stringify({ ...rest, files: digests } satisfies Manifest))
    // A damaged entry is moved aside first: a folder can't be renamed over one that has files.
    for (let attempt = 0; ; attempt++) {
      try {
        return await rename(staging, directory)
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (attempt === 3 || (code !== 'ENOTEMPTY' && code !== 'EEXIST')) throw error
        // Another process may have finished the same entry meanwhile; a sound one is as good as ours.
        if (await readEntry(directory)) return
        const aside = join(parent, `.damaged-${randomUUID()}`)
        await rename(directory, aside).catch((reason: NodeJS.ErrnoException) => {
          if (reason.code !== 'ENOENT') throw reason
        })
        await rm(aside, { recursive: true, force: true })
      }
    }
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}
