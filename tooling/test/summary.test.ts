import { expect, it } from 'vitest'
import { lastLine, outcome, reportText } from './summary.mjs'

const report = {
  title: 'stage one',
  passed: 3,
  failed: [{ name: 'a.test.ts > breaks', message: 'expected 1 to be 2' }],
  skipped: [
    { name: 'b.test.ts > waits', reason: 'needs redis-server' },
    { name: 'c.test.ts > forgot', reason: '' },
  ],
}

it('adds stages up and counts an unexplained skip as a failure', () => {
  expect(outcome([report, { passed: 2, failed: [], skipped: [] }])).toEqual({ passed: 5, failed: 2, skipped: 1 })
})

it('ends with the one line scripts read', () => {
  expect(lastLine(outcome([report]))).toBe('3 passed, 2 failed, 1 skipped')
})

it('names every failure and every skip with its reason', () => {
  const text = reportText([report])
  expect(text).toContain('Failed in stage one:\n  ✗ a.test.ts > breaks\n      expected 1 to be 2')
  expect(text).toContain('✗ c.test.ts > forgot\n      skipped without a reason')
  expect(text).toContain('Skipped in stage one:\n  - b.test.ts > waits\n      needs redis-server')
})
