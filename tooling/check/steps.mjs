import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { layerProblems } from './layer-rule.mjs'
import { command, nodeScript } from './lib/command.mjs'
import { checkConsumers } from './steps/consumers.mjs'
import { checkDocs } from './steps/docs.mjs'
import { checkDist } from './steps/dist.mjs'
import { checkPackages } from './steps/packages.mjs'
import { checkSizes } from './steps/sizes.mjs'

const bin = (root, path) => join(root, 'node_modules', path)
const compiler = (root, project) =>
  nodeScript(root, bin(root, 'typescript7/bin/tsc'), ['-p', project, '--pretty', 'false'])

/** Every step of `pnpm check`, in order. Steps after `build` may read the built packages. */
export const steps = [
  {
    name: 'build',
    title: 'packages build',
    run: (root) => {
      const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
      const args = ['-y', packageManager, 'exec', 'turbo', 'run', 'build', '--output-logs=errors-only']
      return command(root, 'npx', args, { TURBO_TELEMETRY_DISABLED: '1' })
    },
  },
  { name: 'types', title: 'types of everything', run: (root) => compiler(root, 'tsconfig.json') },
  {
    name: 'neutral',
    title: 'types of neutral sources, as a component sees them',
    run: (root) => compiler(root, 'tsconfig.neutral.json'),
  },
  {
    name: 'pages',
    title: 'types of pages, as a browser sees them',
    run: (root) => compiler(root, 'tsconfig.browser.json'),
  },
  { name: 'lint', title: 'lint', run: (root) => nodeScript(root, bin(root, 'oxlint/bin/oxlint'), ['--deny-warnings']) },
  {
    name: 'format',
    title: 'format',
    run: (root) => nodeScript(root, bin(root, 'oxfmt/bin/oxfmt'), ['--list-different']),
  },
  {
    name: 'layers',
    title: 'layers: who imports whom',
    run: async (root) => {
      const problems = layerProblems(root)
      return { ok: problems.length === 0, output: problems.join('\n') }
    },
  },
  {
    name: 'generated',
    title: 'generated files up to date',
    run: (root) => nodeScript(root, join(root, 'tooling/generate/run.mjs'), ['--check']),
  },
  {
    name: 'unused',
    title: 'no unused code or dependency',
    run: (root) => nodeScript(root, bin(root, 'knip/bin/knip.js'), ['--no-progress', '--no-config-hints']),
  },
  { name: 'docs', title: 'code in README and docs compiles', run: checkDocs },
  { name: 'dist', title: 'built neutral entries reach no Node builtin', run: checkDist },
  { name: 'consumers', title: 'built declarations compile for consumers of each target', run: checkConsumers },
  { name: 'sizes', title: 'sizes within budget', run: checkSizes, showOutput: true },
  { name: 'packages', title: 'packages as published (publint, attw)', run: checkPackages },
]
