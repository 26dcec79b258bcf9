import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const TARGETS = ['node', 'wasm']

/**
 * Every published workspace package with its manifest, sorted by name. `guest`: it works on Node alone but has a folder
 * `src/guest` of code that runs in components.
 */
export function publishedPackages(root) {
  return ['packages', 'presets']
    .filter((group) => existsSync(join(root, group)))
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)))
    .filter((dir) => existsSync(join(root, dir, 'package.json')))
    .map((dir) => ({
      dir,
      manifest: JSON.parse(readFileSync(join(root, dir, 'package.json'), 'utf8')),
      guest: existsSync(join(root, dir, 'src/guest')),
    }))
    .filter(({ manifest }) => !manifest.private)
    .sort((a, b) => a.manifest.name.localeCompare(b.manifest.name))
}

/**
 * The variants of an entry that works everywhere, from `"pf": { "variants": { ".": ["pf-keyvalue"] } }`: the condition, and
 * the module beside the entry's own, `src/index.keyvalue.ts`.
 */
export function variantsOf(manifest, key) {
  const conditions = manifest.pf.variants?.[key] ?? []
  return conditions.map((condition) => ({ condition, name: `${fileOf(key)}.${condition.replace(/^pf-/, '')}` }))
}

const fileOf = (key) => (key === '.' ? 'index' : key.slice(2))
const pair = (types, file) => ({ types: `./dist/${types}.d.ts`, default: `./dist/${file}.js` })

/**
 * The export map that follows from `pf.targets`.
 * Node-only entries resolve under `pf-wasm` to a declaration and a module that carry the reason;
 * WASM-only entries keep their types everywhere (the phantom brand rejects them) and throw outside `pf-wasm`.
 * A variant has the types of its entry and a module of its own, for hosts that have what its condition names.
 */
export function exportsOf(manifest) {
  const map = {}
  for (const [key, targets] of Object.entries(manifest.pf.targets)) {
    const file = fileOf(key)
    const onNode = targets.includes('node')
    const onWasm = targets.includes('wasm')
    const variants = variantsOf(manifest, key)
    if (variants.length > 0) {
      const own = variants.map(({ condition, name }) => [condition, pair(file, name)])
      map[key] = { ...Object.fromEntries(own), default: pair(file, file) }
    } else if (onNode && onWasm) map[key] = pair(file, file)
    else if (onNode)
      map[key] = { 'pf-wasm': pair(`${file}.unavailable`, `${file}.unavailable`), default: pair(file, file) }
    else map[key] = { 'pf-wasm': pair(file, file), default: pair(file, `${file}.unavailable`) }
  }
  map['./package.json'] = './package.json'
  return map
}
