import { join } from 'node:path'
import { entryName } from '../../build/entries.mjs'
import { publishedPackages } from '../../generate/targets.mjs'

/** Every entry of every published package on each of its targets. */
export function builtEntries(root) {
  return publishedPackages(root).flatMap(({ dir, manifest }) =>
    Object.entries(manifest.pf.targets).flatMap(([key, targets]) =>
      targets.map((target) => ({
        specifier: manifest.name + key.slice(1),
        target,
        package: manifest.name,
        file: join(root, dir, 'dist', `${entryName(key)}.js`),
      })),
    ),
  )
}
