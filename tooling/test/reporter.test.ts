import { spawnSync } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratch, workspaceRoot } from '../scratch/scratch'

/** Runs vitest over files of its own and returns what the reporter wrote. */
function report(files: Record<string, string>) {
  const folder = scratch({ 'package.json': { type: 'module' }, ...files })
  symlinkSync(join(workspaceRoot, 'node_modules'), join(folder, 'node_modules'))
  const reportFile = join(folder, 'out/report.json')
  const vitest = join(workspaceRoot, 'node_modules/vitest/vitest.mjs')
  const reporter = join(import.meta.dirname, 'reporter.mjs')
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--reporter', reporter], {
    cwd: folder,
    // The run inside must not take itself for a worker of the run outside.
    env: { PATH: process.env['PATH'], PF_TEST_REPORT: reportFile },
  })
  return { status, ...JSON.parse(readFileSync(reportFile, 'utf8')) }
}

it('counts what passed and names what failed and what was skipped, with reasons', () => {
  const { status, passed, failed, skipped } = report({
    'a.test.js': `
      import { describe, expect, it } from 'vitest'
      it('holds', () => {})
      describe('sums', () => {
        it('adds', () => expect(1 + 1).toBe(3))
        it('waits', (context) => context.skip('needs redis-server'))
        it('forgot why', { skip: true }, () => {})
        it('knows why', { skip: true, meta: { skipReason: 'only on a machine with JSPI' } }, () => {})
      })`,
    'broken.test.js': "throw new Error('can not be loaded')",
    'late.test.js': `
      import { it } from 'vitest'
      it('leaves an error behind', () => { setTimeout(() => { throw new Error('nobody waited for this') }, 0) })
      it('is still running then', () => new Promise((resolve) => setTimeout(resolve, 50)))`,
    'setup.test.js': `
      import { beforeAll, describe, it } from 'vitest'
      describe('suite', () => {
        beforeAll(() => { throw new Error('no set-up') })
        it('never runs', () => {})
      })`,
  })
  expect(status).toBe(1)
  expect(passed).toBe(3)
  expect(failed).toEqual(
    expect.arrayContaining([
      { name: 'a.test.js > sums > adds', message: 'expected 2 to be 3 // Object.is equality' },
      { name: 'broken.test.js', message: 'can not be loaded' },
      { name: 'setup.test.js > suite', message: 'no set-up' },
      { name: 'unhandled error outside of a test', message: 'nobody waited for this' },
    ]),
  )
  expect(failed).toHaveLength(4)
  expect(skipped.toSorted((a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name))).toEqual([
    { name: 'a.test.js > sums > forgot why', reason: '' },
    { name: 'a.test.js > sums > knows why', reason: 'only on a machine with JSPI' },
    { name: 'a.test.js > sums > waits', reason: 'needs redis-server' },
    { name: 'setup.test.js > suite > never runs', reason: 'its set-up failed' },
  ])
})
