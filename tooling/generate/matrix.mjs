import { layerOf } from '../check/layers.mjs'
import { TARGETS } from './targets.mjs'

const titles = { node: 'Node', wasm: 'WASM' }
const mark = (manifest, target) => (manifest.pf.targets['.']?.includes(target) ? '✓' : '✗')

/** `columns`: what stands between targets and description, by title. */
function table(title, packages, columns = {}) {
  return [
    `| ${[title, ...TARGETS.map((target) => titles[target]), ...Object.keys(columns)].join(' | ')} | |`,
    `|---|${TARGETS.map(() => ':-:').join('|')}|${Object.keys(columns)
      .map(() => '---|')
      .join('')}---|`,
    ...packages.map(({ dir, manifest }) => {
      const marks = TARGETS.map((target) => mark(manifest, target))
      const cells = Object.values(columns).map((cell) => cell(manifest))
      return `| [\`${manifest.name}\`](${dir}) | ${[...marks, ...cells].join(' | ')} | ${manifest.description} |`
    }),
  ].join('\n')
}

/** The features that a preset is made of: those it depends on. */
const featuresOf = ({ dependencies = {} }) =>
  Object.keys(dependencies)
    .filter((name) => name.startsWith('@pf-agents/') && layerOf(name) === 'feature')
    .map((name) => `\`${name.replace('@pf-agents/', '')}\``)
    .join(', ')

/** The table of features and presets and the targets they work on. */
function matrix(packages) {
  const features = packages.filter(({ manifest }) => ['core', 'feature'].includes(layerOf(manifest.name)))
  const presets = packages.filter(({ dir }) => dir.startsWith('presets/'))
  return [
    table('Feature', features),
    ...(presets.length > 0 ? [table('Preset', presets, { 'Made of': featuresOf })] : []),
  ].join('\n\n')
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
