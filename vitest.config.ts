import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tooling/test/longest-first.mjs'
import { browserGlobs, excludedGlobs, node24Only, testGlobs } from './tooling/test/selection.mjs'

/** Tests run on the sources: `@pf-agents/x/y` is `packages/x/src/y.ts`, or the preset of that name. */
const sources = {
  name: 'workspace-sources',
  enforce: 'pre' as const,
  resolveId(id: string) {
    const match = /^@pf-agents\/([^/]+)(?:\/([^/]+))?$/.exec(id)
    if (!match) return null
    const [, name, entry = 'index'] = match
    for (const group of ['packages', 'presets']) {
      const file = join(import.meta.dirname, group, name as string, 'src', `${entry}.ts`)
      if (existsSync(file)) return file
    }
    return null
  },
}

const full = process.env['PF_TEST_FULL'] === '1'
const onOldNode = Number(process.versions.node.split('.')[0]) < 24

export default defineConfig({
  plugins: [sources],
  test: {
    // `npm test` runs those in a browser as a stage of their own.
    include: process.env['PF_TEST_BROWSER'] === '1' ? browserGlobs : testGlobs,
    exclude: [...excludedGlobs, ...(onOldNode ? node24Only(import.meta.dirname).map(({ file }) => file) : [])],
    typecheck: {
      checker: join(import.meta.dirname, 'node_modules/typescript7/bin/tsc'),
      include: ['packages/*/src/**/*.test-d.ts', 'presets/*/src/**/*.test-d.ts', 'examples/*/**/*.test-d.ts'],
      exclude: excludedGlobs,
    },
    // Most of the time goes into waiting for servers, processes and timers, not into computing.
    maxWorkers: Math.max(6, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    // The long forms of suites (`npm run test:full`) take what they need.
    testTimeout: full ? 30 * 60_000 : 20_000,
    hookTimeout: full ? 5 * 60_000 : 60_000,
  },
})
