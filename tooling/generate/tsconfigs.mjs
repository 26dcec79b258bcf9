import { entryName } from '../build/entries.mjs'

const runsOnWasm = (targets) => targets.includes('wasm')
const isNodeOnly = (manifest) => !Object.values(manifest.pf.targets).some(runsOnWasm)

const tests = ['**/*.test.ts', '**/*.test-d.ts', '**/*.node.ts']

/** What of an example runs in a component: the agent, what it is made of, and its entry for components. */
const exampleFiles = ['agent.ts', '*.spin.ts', 'src']

/** What in a package's `src` is never part of a component: tests, `*.node.ts`, and entries for Node with their folder. */
function nodeFiles(manifest) {
  const entries = Object.entries(manifest.pf.targets)
    .filter(([, targets]) => !runsOnWasm(targets))
    .map(([key]) => entryName(key))
  return [...tests, ...entries.flatMap((name) => [`${name}.ts`, name])]
}

/** The globs of the lint rules for examples. */
export const neutralExamples = exampleFiles.map((file) => `examples/*/${file === 'src' ? 'src/**/*.ts' : file}`)

/** The configuration an editor picks up in an example; the entry for Node and tests fall to the root's. */
export const exampleTsconfig = { extends: '../../tsconfig.neutral.json', include: exampleFiles, exclude: tests }

/** Folders of sources that run in a component, each with the globs of files in them that do not. */
export function neutralFolders(packages) {
  return packages.flatMap(({ dir, manifest, guest = false }) => {
    if (!isNodeOnly(manifest)) return [{ folder: `${dir}/src`, without: nodeFiles(manifest) }]
    return guest ? [{ folder: `${dir}/src/guest`, without: tests }] : []
  })
}

/**
 * The configuration that sees neutral sources the way a component does: no Node types, entries for Node resolved
 * to the declarations that say why they are missing. Only neutral entries are mapped to sources, so that
 * everything else goes through the export maps.
 */
export function neutralConfig(packages) {
  const neutral = neutralFolders(packages)
  const paths = {}
  for (const { dir, manifest } of packages) {
    for (const [key, targets] of Object.entries(manifest.pf.targets)) {
      if (runsOnWasm(targets)) paths[manifest.name + key.slice(1)] = [`./${dir}/src/${entryName(key)}.ts`]
    }
  }
  return {
    extends: './tooling/tsconfig/neutral.json',
    compilerOptions: { noEmit: true, allowImportingTsExtensions: true, customConditions: ['pf-wasm'], paths },
    include: [...neutral.map(({ folder }) => folder), ...exampleFiles.map((file) => `examples/*/${file}`)],
    exclude: [
      ...neutral.flatMap(({ folder, without }) => without.map((glob) => `${folder}/${glob}`)),
      ...tests.map((glob) => `examples/${glob}`),
    ],
  }
}

/**
 * The configurations an editor picks up for the files of a package, by file name; files they leave out fall to the
 * root's.
 *
 * @returns {Record<string, object>}
 */
export function packageTsconfigs({ manifest, guest = false }) {
  if (!isNodeOnly(manifest)) {
    const exclude = nodeFiles(manifest).map((glob) => `src/${glob}`)
    return { 'tsconfig.json': { extends: '../../tsconfig.neutral.json', include: ['src'], exclude } }
  }
  if (!guest) return { 'tsconfig.json': { extends: '../../tsconfig.json', include: ['src'] } }
  return {
    'tsconfig.json': { extends: '../../tsconfig.json', include: ['src'], exclude: ['src/guest'] },
    'src/guest/tsconfig.json': { extends: '../../../../tsconfig.neutral.json', include: ['.'], exclude: tests },
  }
}
