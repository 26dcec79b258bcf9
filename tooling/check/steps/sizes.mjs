import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { builtEntries } from '../lib/entries.mjs'

const budgetFile = 'tooling/check/size-budgets.json'
const targetOptions = {
  node: { platform: 'node' },
  wasm: {
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['pf-wasm'],
    external: ['wasi:*', 'pf:*', 'pf-host:*'],
  },
}

/** Minified and compressed size in kB of an entry with all it imports, but for the named packages. */
async function measure({ file, target }, external) {
  const options = targetOptions[target]
  const { outputFiles } = await build({
    ...options,
    entryPoints: [file],
    bundle: true,
    // What was built, not the sources that the path mapping of a tsconfig leads to.
    tsconfigRaw: {},
    minify: true,
    write: false,
    format: 'esm',
    logLevel: 'silent',
    external: [...(options.external ?? []), ...external],
  })
  return compressed(outputFiles[0].contents)
}

const compressed = (bytes) => gzipSync(bytes, { level: 9 }).length / 1000

/** Compressed size in kB of a folder of files that browsers load; undefined where it is not built. */
function measurePage(root, folder) {
  if (!existsSync(join(root, folder))) return undefined
  return globSync('**/*.{html,css,js}', { cwd: join(root, folder) })
    .map((file) => compressed(readFileSync(join(root, folder, file))))
    .reduce((sum, size) => sum + size, 0)
}

/** Budgets in kB by entry and target; `external` names packages that are not part of the figure, with the reason beside it; `pages` has folders. */
export async function checkSizes(root, { updateSizes = false } = {}) {
  const path = join(root, budgetFile)
  const budgets = JSON.parse(readFileSync(path, 'utf8'))
  const rows = await Promise.all(
    builtEntries(root).map(async (entry) => {
      const size = await measure(entry, Object.keys(budgets.external[entry.package] ?? {}))
      return { ...entry, size, budget: budgets.entries[entry.specifier]?.[entry.target] }
    }),
  )
  if (updateSizes) {
    budgets.entries = {}
    for (const { specifier, target, size } of rows) {
      budgets.entries[specifier] = { ...budgets.entries[specifier], [target]: Math.ceil(size * 1.1 * 10) / 10 }
    }
    writeFileSync(path, JSON.stringify(budgets, null, 2) + '\n')
    return { ok: true, output: `Budgets written to ${budgetFile}.` }
  }
  const width = Math.max(...rows.map(({ specifier }) => specifier.length))
  const lines = rows.map(({ specifier, target, size, budget }) => {
    const verdict = budget === undefined ? '✗ no budget' : size > budget ? '✗ over' : ''
    return `${specifier.padEnd(width)}  ${target}  ${size.toFixed(1).padStart(6)} of ${String(budget ?? '?').padStart(5)} kB  ${verdict}`.trimEnd()
  })
  for (const [folder, budget] of Object.entries(budgets.pages ?? {})) {
    const size = measurePage(root, folder)
    const verdict = size === undefined ? '✗ not built' : size > budget ? '✗ over' : ''
    lines.push(`${folder}  ${size?.toFixed(1) ?? '?'} of ${budget} kB  ${verdict}`.trimEnd())
  }
  const over = lines.filter((line) => line.includes('✗'))
  const stale = Object.keys(budgets.entries).filter((specifier) => !rows.some((row) => row.specifier === specifier))
  const ok = over.length === 0 && stale.length === 0
  const advice = [
    ...over,
    ...stale.map((specifier) => `${specifier}: has a budget but is no entry`),
    `An entry over its budget: find what grew, or raise the number in ${budgetFile} and say why in the commit.`,
    '',
  ]
  return { ok, output: [...(ok ? [] : advice), 'minified and compressed, with dependencies:', ...lines].join('\n') }
}
