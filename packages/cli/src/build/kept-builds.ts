import { createHash } from 'node:crypto'
import { BuildCache, type LoadOptions } from './build-cache'

/** How a sealed file begins, before the digest of the rest. */
const magic = Buffer.from('pf-seal 1')
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** A component that is kept in a directory, or made now; one that is damaged is made again. */
export async function loadBuild(
  directory: string,
  key: string,
  make: () => Promise<Uint8Array>,
  options: Omit<LoadOptions, 'isSound'>,
): Promise<{ component: Uint8Array; cached: boolean }> {
  let component: Uint8Array | undefined
  const { cached } = await new BuildCache(directory).load(key, async () => seal((component = await make())), {
    ...options,
    isSound: (kept) => (component = unseal(kept)) !== undefined,
  })
  return { component: component as Uint8Array, cached }
}

/** Bytes as a file that tells whether it still is what was written. */
function seal(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([magic, sha256(bytes), bytes])
}

/** The bytes of a file that {@link seal} made, or undefined where it is cut or changed. */
function unseal(file: Uint8Array): Uint8Array | undefined {
  const start = magic.byteLength + 32
  const bytes = file.subarray(start)
  const isWhole = Buffer.concat([magic, sha256(bytes)]).equals(file.subarray(0, start))
  return isWhole ? bytes : undefined
}
