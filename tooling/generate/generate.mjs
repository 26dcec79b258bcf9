import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorBriefs } from './error-briefs.mjs'
import { errorsPage } from './errors-page.mjs'
import { withNeutralOverride } from './lint-override.mjs'
import { withMatrix } from './matrix.mjs'
import { exportsOf, publishedPackages } from './targets.mjs'
import { exampleTsconfig, neutralConfig, packageTsconfigs } from './tsconfigs.mjs'
import { unsupportedEntry } from './unsupported.mjs'

const json = (value) => JSON.stringify(value, null, 2) + '\n'

/** Brings all generated files up to date, or with `check` changes nothing; returns those that were not. */
export async function generate(root, { check }) {
  const stale = []
  const read = (file) => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined)
  const put = (file, content) => {
    if (read(file) === content) return
    stale.push(file)
    if (!check) writeFileSync(join(root, file), content)
  }

  const packages = publishedPackages(root)
  for (const entry of packages) {
    const { dir, manifest } = entry
    // Throws for an entry on one target without the words that say why.
    for (const key of Object.keys(manifest.pf.targets)) unsupportedEntry(manifest, key)
    put(join(dir, 'package.json'), json({ ...manifest, exports: exportsOf(manifest) }))
    for (const [file, config] of Object.entries(packageTsconfigs(entry))) put(join(dir, file), json(config))
  }
  for (const manifest of globSync('examples/*/package.json', { cwd: root })) {
    put(join(dirname(manifest), 'tsconfig.json'), json(exampleTsconfig))
  }
  put('tsconfig.neutral.json', json(neutralConfig(packages)))
  put('.oxlintrc.json', json(withNeutralOverride(JSON.parse(read('.oxlintrc.json')), packages)))
  put('docs/errors.md', await errorsPage(root))
  put('packages/agent-core/src/error/briefs.ts', await errorBriefs(root))
  const readme = read('README.md')
  if (readme !== undefined) put('README.md', withMatrix(readme, packages))
  return stale
}
