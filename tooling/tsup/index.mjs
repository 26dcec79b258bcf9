import { readFileSync } from 'node:fs'
import { variantsOf } from '../generate/targets.mjs'

/** Entry names of a package, from its `pf.targets` ('.' is index, './node' is node), with the variants of entries. */
export function entryNames(manifest) {
  return Object.keys(manifest.pf.targets).flatMap((key) => [
    key === '.' ? 'index' : key.slice(2),
    ...variantsOf(manifest, key).map(({ name }) => name),
  ])
}

/** The one tsup configuration: ESM, one file per entry, host interfaces left to the component build. */
export function packageConfig(overrides = {}) {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
  const extra = manifest.bin ? Object.fromEntries([['bin', 'src/bin.ts']]) : {}
  return {
    entry: { ...Object.fromEntries(entryNames(manifest).map((name) => [name, `src/${name}.ts`])), ...extra },
    format: ['esm'],
    target: 'es2022',
    platform: 'neutral',
    external: [/^node:/, /^wasi:/, /^pf:/, /^pf-host:/],
    // `node:sqlite` has no name without the scheme.
    removeNodeProtocol: false,
    dts: false,
    // Without path mapping: other packages of the workspace stay imports. From the package's folder.
    tsconfig: '../../tooling/tsconfig/neutral.json',
    splitting: true,
    sourcemap: true,
    clean: true,
    silent: true,
    ...overrides,
  }
}
