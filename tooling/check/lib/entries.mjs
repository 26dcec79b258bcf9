import { globSync } from 'node:fs'
import { join } from 'node:path'
import { entryName } from '../../build/entries.mjs'
import { publishedPackages, variantsOf } from '../../generate/targets.mjs'

/** Every entry of every published package on each of its targets. */
export function builtEntries(root) {
  return publishedPackages(root).flatMap(({ dir, manifest }) =>
    Object.entries(manifest.pf.targets).flatMap(([key, targets]) =>
      targets.map((target) => ({
        specifier: manifest.name + key.slice(1),
        target,
        package: manifest.name,
        file: join(root, dir, 'dist', `${fileOf(manifest, key, target)}.js`),
      })),
    ),
  )
}

/** A component gets the variant for hosts that have everything: the largest. */
const fileOf = (manifest, key, target) =>
  (target === 'wasm' && variantsOf(manifest, key).at(-1)?.name) || entryName(key)

/** Every built file that a component is bundled from: neutral entries, and guest code of packages for Node alone. */
export function componentFiles(root) {
  const guests = publishedPackages(root)
    .filter(({ guest }) => guest)
    .flatMap(({ dir }) => globSync(`${dir}/dist/guest/*.js`, { cwd: root }))
    .map((file) => ({ specifier: file, file: join(root, file) }))
  return [...builtEntries(root).filter(({ target }) => target === 'wasm'), ...guests]
}
