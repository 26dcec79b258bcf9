import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { LongestFirst } from './tooling/test/longest-first.mjs'
import { browserGlobs, excludedGlobs, node24Only, sharedGlobs, testGlobs } from './tooling/test/selection.mjs'

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

// `npm test` runs the tests that drive a browser in a stage of their own: 1, and none of them in the others: 0.
const browser = process.env['PF_TEST_BROWSER']
const inBrowser = browser === '1'
const exclude = [
  ...excludedGlobs,
  ...(browser === '0' ? browserGlobs : []),
  ...(onOldNode ? node24Only(import.meta.dirname).map(({ file }) => file) : []),
]
const typesOnly = process.env['PF_TEST_TYPES'] === '1'

/** Most files have a process each, some share one. */
const projects: TestProjectInlineConfiguration[] = [
  {
    extends: true,
    test: {
      name: 'own process',
      include: inBrowser ? browserGlobs : testGlobs,
      exclude: [...exclude, ...sharedGlobs],
    },
  },
  {
    extends: true,
    test: {
      name: 'shared process',
      isolate: false,
      include: inBrowser ? [] : sharedGlobs,
      exclude,
      setupFiles: join(import.meta.dirname, 'tooling/test/own-globals.mjs'),
    },
  },
]

export default defineConfig({
  plugins: [sources],
  test: {
    typecheck: {
      checker: join(import.meta.dirname, 'node_modules/typescript7/bin/tsc'),
      include: ['packages/*/src/**/*.test-d.ts', 'presets/*/src/**/*.test-d.ts', 'examples/*/**/*.test-d.ts'],
      exclude: excludedGlobs,
    },
    // Much of the time goes into waiting for servers, processes and timers, not into computing.
    maxWorkers: Math.max(5, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    // The long forms of suites (`npm run test:full`) take what they need. All are generous: the machine may be busy.
    testTimeout: full ? 30 * 60_000 : 60_000,
    hookTimeout: full ? 5 * 60_000 : 120_000,
    expect: { poll: { timeout: 20_000 } },
    ...(typesOnly ? {} : { projects }),
  },
})
