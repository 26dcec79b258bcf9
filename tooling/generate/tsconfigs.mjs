import { entryName } from '../build/entries.mjs'

const runsOnWasm = (targets) => targets.includes('wasm')
const isNodeOnly = (manifest) => !Object.values(manifest.pf.targets).some(runsOnWasm)

/** What in a package's `src` is never part of a component: tests, `*.node.ts`, and entries for Node with their folder. */
function nodeFiles(manifest) {
  const entries = Object.entries(manifest.pf.targets)
    .filter(([, targets]) => !runsOnWasm(targets))
    .map(([key]) => entryName(key))
  return [
    'src/**/*.test.ts',
    'src/**/*.test-d.ts',
    'src/**/*.node.ts',
    ...entries.flatMap((name) => [`src/${name}.ts`, `src/${name}`]),
  ]
}

/** Packages whose sources run in a component, each with the globs of its files that do not. */
export function neutralPackages(packages) {
  return packages
    .filter(({ manifest }) => !isNodeOnly(manifest))
    .map(({ dir, manifest }) => ({ dir, manifest, without: nodeFiles(manifest) }))
}

/**
 * The configuration that sees neutral sources the way a component does: no Node types, entries for Node resolved
 * to the declarations that say why they are missing. Only neutral entries are mapped to sources, so that
 * everything else goes through the export maps.
 */
export function neutralConfig(packages) {
  const neutral = neutralPackages(packages)
  const paths = {}
  for (const { dir, manifest } of neutral) {
    for (const [key, targets] of Object.entries(manifest.pf.targets)) {
      if (runsOnWasm(targets)) paths[manifest.name + key.slice(1)] = [`./${dir}/src/${entryName(key)}.ts`]
    }
  }
  return {
    extends: './tooling/tsconfig/neutral.json',
    compilerOptions: { noEmit: true, customConditions: ['pf-wasm'], paths },
    include: [...neutral.map(({ dir }) => `${dir}/src`), 'examples/*/agent.ts', 'examples/*/*.spin.ts'],
    exclude: neutral.flatMap(({ dir, without }) => without.map((glob) => `${dir}/${glob}`)),
  }
}

/** The configuration an editor picks up for the files of a package; files it leaves out fall to the root's. */
export function packageTsconfig(manifest) {
  if (isNodeOnly(manifest)) return { extends: '../../tsconfig.json', include: ['src'] }
  return { extends: '../../tsconfig.neutral.json', include: ['src'], exclude: nodeFiles(manifest) }
}
