/**
 * Prepared components on disk, by content. An entry is a folder that appears by one rename and carries a manifest with
 * the digest of each file: what doesn't match it is rebuilt.
 */
import { PfError } from '@pf-agents/agent-core'
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Unsupported } from '../component/unsupported'
import { makeDirectory } from '../host/make-directory'
import { Malformed } from './core/binary'
import { type PreparedFiles, prepareFiles } from './prepare-files'

/** Raised when what is made of a component changes. */
const FORMAT = 3
const MANIFEST = 'manifest.json'

interface Manifest extends Omit<PreparedFiles, 'files'> {
  files: Record<string, string>
}

/** A component ready to run. */
export interface CachedComponent extends PreparedFiles {
  /** SHA-256 of the component. */
  digest: string
  /** Where it is kept, or would be; undefined where no directory is known. */
  directory: string | undefined
  /** Whether it was made now. */
  built: boolean
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/**
 * The prepared form of `component`, from the cache or made now. Keeping is for speed alone: where nothing can be read or
 * written, it is made and given.
 *
 * @param cacheDirectory - undefined where there is none
 * @param onProblem - told, in one line, why it is not kept
 * @throws PfError PF_COMPONENT_INVALID
 */
export async function loadComponent(
  component: Uint8Array,
  cacheDirectory: string | undefined,
  onProblem: (problem: string) => void = (problem) => process.emitWarning(problem),
): Promise<CachedComponent> {
  const digest = sha256(component)
  const directory = cacheDirectory && join(cacheDirectory, `${digest.slice(0, 32)}-${FORMAT}`)
  // What can not be read is not there.
  const cached = directory && (await readEntry(directory).catch(() => undefined))
  if (cached) return { digest, directory, ...cached, built: false }
  const prepared = prepare(component)
  const tell = (reason: string): void =>
    onProblem(`The prepared component is not kept, so it is made again at each start. ${reason}`)
  if (!cacheDirectory || !directory) tell('This user has no home directory; name a cache directory with PF_CACHE.')
  else await writeEntry(cacheDirectory, directory, prepared).catch((error: Error) => tell(error.message))
  return { digest, directory, ...prepared, built: true }
}

function prepare(component: Uint8Array): PreparedFiles {
  try {
    return prepareFiles(component)
  } catch (cause) {
    if (cause instanceof Unsupported)
      throw new PfError('PF_COMPONENT_INVALID', `The component uses ${cause.message}; this host doesn't run that.`, {
        cause,
      })
    if (cause instanceof Malformed)
      throw new PfError(
        'PF_COMPONENT_INVALID',
        'The file is not a component this host can run. Build it with `pf build`; `pf inspect` shows what is in it.',
        { cause },
      )
    throw cause
  }
}

async function readEntry(directory: string): Promise<PreparedFiles | undefined> {
  try {
    const manifest = JSON.parse(await readFile(join(directory, MANIFEST), 'utf8')) as Manifest
    if (!Array.isArray(manifest.plan?.steps)) return undefined
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

async function writeEntry(parent: string, directory: string, { files, ...rest }: PreparedFiles): Promise<void> {
  makeDirectory(parent, 'The cache directory (PF_CACHE, or cacheDir)')
  const staging = join(parent, `.building-${randomUUID()}`)
  await mkdir(staging)
  try {
    const digests: Record<string, string> = {}
    for (const [name, bytes] of Object.entries(files)) {
      await writeFile(join(staging, name), bytes)
      digests[name] = sha256(bytes)
    }
    await writeFile(join(staging, MANIFEST), JSON.stringify({ ...rest, files: digests } satisfies Manifest))
    // A damaged entry is moved aside first: a folder can't be renamed over one that has files.
    for (let attempt = 0; ; attempt++) {
      try {
        return await rename(staging, directory)
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (attempt === 3 || (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOTDIR')) throw error
        // Another process may have finished the same entry meanwhile; a sound one is as good as ours.
        if (await readEntry(directory).catch(() => undefined)) return
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
