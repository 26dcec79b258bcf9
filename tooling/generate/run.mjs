// Rewrites everything that follows from `pf.targets`; with --check it only reports what is out of date.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportsOf, publishedPackages } from './targets.mjs'

const root = join(import.meta.dirname, '../..')
const check = process.argv.includes('--check')
const stale = []

function put(file, content) {
  const path = join(root, file)
  let current = ''
  try {
    current = readFileSync(path, 'utf8')
  } catch {}
  if (current === content) return
  stale.push(file)
  if (!check) writeFileSync(path, content)
}

for (const { dir, manifest } of publishedPackages(root)) {
  put(join(dir, 'package.json'), JSON.stringify({ ...manifest, exports: exportsOf(manifest) }, null, 2) + '\n')
}

if (stale.length > 0) console.log(`${check ? 'Out of date' : 'Written'}:\n${stale.map((file) => `  ${file}`).join('\n')}`)
if (check && stale.length > 0) {
  console.log('Run `pnpm generate` and commit the result.')
  process.exit(1)
}
