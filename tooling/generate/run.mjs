// Rewrites everything that follows from `pf.targets` and from the table of error codes;
// with --check it only reports what is out of date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorsPage } from './errors-page.mjs'
import { withNeutralOverride } from './lint-override.mjs'
import { withMatrix } from './matrix.mjs'
import { exportsOf, publishedPackages } from './targets.mjs'
import { neutralConfig, packageTsconfig } from './tsconfigs.mjs'
import { unsupportedEntry } from './unsupported.mjs'

const root = join(import.meta.dirname, '../..')
const check = process.argv.includes('--check')
const stale = []

function read(file) {
  const path = join(root, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function put(file, content) {
  if (read(file) === content) return
  stale.push(file)
  if (!check) writeFileSync(join(root, file), content)
}

const json = (value) => JSON.stringify(value, null, 2) + '\n'

const packages = publishedPackages(root)
for (const { dir, manifest } of packages) {
  for (const key of Object.keys(manifest.pf.targets)) unsupportedEntry(manifest, key)
  put(join(dir, 'package.json'), json({ ...manifest, exports: exportsOf(manifest) }))
  put(join(dir, 'tsconfig.json'), json(packageTsconfig(manifest)))
}
put('tsconfig.neutral.json', json(neutralConfig(packages)))
put('.oxlintrc.json', json(withNeutralOverride(JSON.parse(read('.oxlintrc.json')), packages)))
put('docs/errors.md', await errorsPage(root))
const readme = read('README.md')
if (readme !== undefined) put('README.md', withMatrix(readme, packages))

if (stale.length > 0)
  console.log(`${check ? 'Out of date' : 'Written'}:\n${stale.map((file) => `  ${file}`).join('\n')}`)
if (check && stale.length > 0) {
  console.log('Run `pnpm generate` and commit the result.')
  process.exit(1)
}
