import { layerOf } from '../check/layers.mjs'
import { TARGETS } from './targets.mjs'

const titles = { node: 'Node', wasm: 'WASM' }
const mark = (manifest, target) => (manifest.pf.targets['.']?.includes(target) ? '✓' : '✗')

function table(title, packages) {
  return [
    `| ${title} | ${TARGETS.map((target) => titles[target]).join(' | ')} | |`,
    `|---|${TARGETS.map(() => ':-:').join('|')}|---|`,
    ...packages.map(
      ({ dir, manifest }) =>
        `| [\`${manifest.name}\`](${dir}) | ${TARGETS.map((target) => mark(manifest, target)).join(' | ')} | ${manifest.description} |`,
    ),
  ].join('\n')
}

/** The table of features and presets and the targets they work on. */
function matrix(packages) {
  const features = packages.filter(({ manifest }) => ['core', 'feature'].includes(layerOf(manifest.name)))
  const presets = packages.filter(({ dir }) => dir.startsWith('presets/'))
  return [table('Feature', features), ...(presets.length > 0 ? [table('Preset', presets)] : [])].join('\n\n')
}

const start = '<!-- matrix:start -->'
const end = '<!-- matrix:end -->'

/** The page with its matrix replaced. */
export function withMatrix(page, packages) {
  const [from, to] = [page.indexOf(start), page.indexOf(end)]
  if (from < 0 || to < from)
    throw new Error(`README.md needs the lines ${start} and ${end} where the feature matrix belongs.`)
  return `${page.slice(0, from + start.length)}\n${matrix(packages)}\n${page.slice(to)}`
}
