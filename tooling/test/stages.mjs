import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { spawnShown } from './spawn.mjs'
import { node24Only } from './selection.mjs'

/** How long a stage may take before it is taken for hung, in minutes. */
const limits = { short: 15, full: 90 }

/** Runs a script that writes its report to PF_TEST_REPORT, and reads the report. */
async function reported({ root, full, reportFile }, title, command, args, env = {}) {
  const minutes = full ? limits.full : limits.short
  const { code, timedOut } = await spawnShown(command, args, {
    cwd: root,
    env: { ...process.env, ...env, PF_TEST_REPORT: reportFile, ...(full ? { PF_TEST_FULL: '1' } : {}) },
    timeoutMs: minutes * 60_000,
  })
  const report = existsSync(reportFile)
    ? JSON.parse(readFileSync(reportFile, 'utf8'))
    : { passed: 0, failed: [], skipped: [] }
  if (timedOut) report.failed.push({ name: title, message: `killed after ${minutes} minutes` })
  // A run can fail without a failing test (no test found, a wrong option): never call that passed.
  else if (code !== 0 && report.failed.length === 0)
    report.failed.push({ name: title, message: `ended with code ${code}` })
  return report
}

/** A script that checks itself: one test, passed when it ends well. */
async function byExitCode({ root }, title, args) {
  const { code, timedOut } = await spawnShown(process.execPath, args, {
    cwd: root,
    env: process.env,
    timeoutMs: limits.short * 60_000,
  })
  if (code === 0) return { passed: 1, failed: [], skipped: [] }
  const message = timedOut ? `killed after ${limits.short} minutes` : `ended with code ${code}`
  return { passed: 0, failed: [{ name: title, message }], skipped: [] }
}

function vitest(context, title, node, extra = [], env = {}) {
  const { root, files } = context
  const args = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=./tooling/test/reporter.mjs',
    ...extra,
    // Files named by the user may be none of this stage's; without names a stage that finds no test is broken.
    ...(files.length > 0 ? ['--passWithNoTests', ...files] : []),
  ]
  // Tests that start `node` from PATH get the Node they run on.
  return reported(context, title, node, args, {
    ...env,
    PATH: [dirname(node), process.env.PATH].join(delimiter),
    // Node 22 warns of node:sqlite on stderr, which tests of child processes expect to be empty.
    NODE_OPTIONS: [process.env.NODE_OPTIONS, '--disable-warning=ExperimentalWarning'].filter(Boolean).join(' '),
  })
}

const node22 = (root) => join(root, 'tooling/node22/node_modules/node/bin/node')

export const stages = [
  {
    name: 'check',
    title: 'Checks: types, lint, format, layers, packages, sizes, generated files',
    run: (context) => reported(context, 'checks', process.execPath, [join(context.root, 'tooling/check/run.mjs')]),
  },
  {
    name: 'node24',
    title: `Tests on Node ${process.versions.node}`,
    takesFiles: true,
    run: (context) => vitest(context, 'tests on Node 24', process.execPath, [], { PF_TEST_BROWSER: '0' }),
  },
  {
    name: 'browser',
    title: 'Tests in Chromium',
    takesFiles: true,
    run: (context) =>
      vitest(context, 'tests in Chromium', process.execPath, ['--maxWorkers=2'], { PF_TEST_BROWSER: '1' }),
  },
  {
    name: 'types',
    title: 'Type tests',
    run: (context) => vitest(context, 'type tests', process.execPath, ['--typecheck.only'], { PF_TEST_TYPES: '1' }),
  },
  {
    name: 'node22',
    title: 'Tests on Node 22',
    takesFiles: true,
    run: (context) => {
      const left = node24Only(context.root)
      const reasons = Map.groupBy(left, ({ reason }) => reason)
      for (const [reason, group] of reasons) {
        console.log(`    not on Node 22, ${reason}: ${group.map(({ file }) => relative('.', file)).join(', ')}`)
      }
      return vitest(context, 'tests on Node 22', node22(context.root))
    },
  },
  {
    name: 'start',
    title: 'npm start -- --once: the example answers on both targets',
    run: (context) =>
      byExitCode(context, 'npm start -- --once', [join(context.root, 'tooling/start/run.mjs'), '--once']),
  },
]
