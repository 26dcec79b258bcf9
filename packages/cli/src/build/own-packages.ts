import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'
import { PackageFinder, splitSpecifier } from '../guard/package-targets'

const fromSources = import.meta.url.endsWith('.ts')
const here = fileURLToPath(new URL('.', import.meta.url))
const require = createRequire(import.meta.url)
const scope = /^@pf-agents\//

/** Directory from which packages of this project are found when the user's project does not have them. */
export const ownDirectory = here

/** The manifest of a package of this project as this command has it: an agent file alone needs no installation. */
export function ownManifest(name: string): string | undefined {
  if (!scope.test(name)) return undefined
  if (fromSources) {
    // In the workspace every package is at hand, installed beside this one or not.
    const folders = ['packages', 'presets'].map((group) =>
      join(here, '../../../..', group, name.slice('@pf-agents/'.length), 'package.json'),
    )
    return folders.find((file) => existsSync(file))
  }
  try {
    return require.resolve(`${name}/package.json`)
  } catch {
    return undefined
  }
}

/**
 * Packages of this project that the user's does not have come from this command's own. Run from sources, they all are
 * the workspace's sources, so that nothing has to be built first.
 */
export function ownPackages(): Plugin {
  const mark = 'pf-own-packages'
  return {
    name: mark,
    setup(build) {
      const { conditions = [] } = build.initialOptions
      build.onResolve({ filter: scope }, async ({ path, resolveDir, kind, pluginData }) => {
        if (pluginData === mark) return undefined
        if (fromSources) {
          const source = sourceFile(path, conditions)
          if (source !== undefined) return { path: source }
        }
        const found = await build.resolve(path, { resolveDir, kind, pluginData: mark })
        // A project may name our sources in the `paths` of its tsconfig, where no export map chooses the variant.
        if (found.errors.length === 0) return { ...found, path: variantOf(found.path, conditions) }
        if (resolveDir === here) return found
        const own = await build.resolve(path, { resolveDir: here, kind, pluginData: mark })
        return own.errors.length === 0 ? own : found
      })
    },
  }
}

/** Whether a folder is of the sources of this workspace or of what they import: all of it is bundled along. */
export const isOwnSource = (directory: string): boolean =>
  fromSources &&
  (directory.includes('node_modules') ||
    ['packages', 'presets'].some((group) => directory.startsWith(join(here, '../../../..', group) + sep)))

/** The same for a bundle that leaves packages to Node: only what Node would not find is named by its path. */
export function ownExternalPackages(): Plugin {
  return {
    name: 'pf-own-external-packages',
    setup(build) {
      build.onResolve({ filter: scope }, ({ path, resolveDir }) => {
        const source = fromSources ? sourceFile(path) : undefined
        if (source !== undefined) return { path: source }
        const { name = path } = splitSpecifier(path) ?? {}
        if (new PackageFinder().find(name, resolveDir) || !ownManifest(name)) return undefined
        return { path: import.meta.resolve(path), external: true }
      })
    },
  }
}

/** The source of an entry: the variant for one of the conditions, where it has one, as the export map would choose. */
function sourceFile(specifier: string, conditions: readonly string[] = []): string | undefined {
  const { name, entry } = splitSpecifier(specifier) ?? {}
  const manifest = name === undefined ? undefined : ownManifest(name)
  if (manifest === undefined || entry === undefined) return undefined
  const file = join(manifest, '../src', `${entry === '.' ? 'index' : entry.slice(2)}.ts`)
  return existsSync(file) ? variantOf(file, conditions) : undefined
}

/** The file beside a source that is its variant for one of the conditions, or the source itself. */
function variantOf(file: string, conditions: readonly string[]): string {
  const variants = conditions.map((condition) => file.replace(/\.ts$/, `.${condition.replace(/^pf-/, '')}.ts`))
  return variants.find((variant) => variant !== file && existsSync(variant)) ?? file
}
