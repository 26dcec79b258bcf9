// Vitest reporter that writes the outcome of a run as one small JSON file (path in PF_TEST_REPORT):
// passed counts and, by name, what failed and why and what was skipped and why.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'

const firstLine = (error) => String(error?.message ?? error).split('\n')[0]

function skipReason(test, result) {
  if (result.note) return result.note
  for (let parent = test.parent; parent; parent = parent.parent) {
    if (parent.errors().length > 0) return 'its set-up failed'
  }
  return test.meta().skipReason ?? ''
}

export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const report = { passed: 0, files: modules.length, failed: [], skipped: [], slowest: [] }
    const timed = []
    for (const module of modules) {
      const file = relative(process.cwd(), module.moduleId)
      // A file or a describe block that cannot be set up has errors of its own and maybe no test at all.
      for (const suite of [module, ...module.children.allSuites()]) {
        const name = suite === module ? file : `${file} > ${suite.fullName}`
        for (const error of suite.errors()) report.failed.push({ name, message: firstLine(error) })
      }
      for (const test of module.children.allTests()) {
        const name = `${file} > ${test.fullName}`
        const result = test.result()
        if (result.state === 'passed') report.passed += 1
        else if (result.state === 'failed') report.failed.push({ name, message: firstLine(result.errors[0]) })
        else if (result.state === 'skipped') report.skipped.push({ name, reason: skipReason(test, result) })
        else report.failed.push({ name, message: 'did not finish' })
        timed.push({ name, ms: Math.round(test.diagnostic()?.duration ?? 0) })
      }
    }
    for (const error of unhandledErrors)
      report.failed.push({ name: 'unhandled error outside of a test', message: firstLine(error) })
    report.slowest = timed.sort((a, b) => b.ms - a.ms).slice(0, 10)
    const path = process.env.PF_TEST_REPORT
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, JSON.stringify(report, null, 2) + '\n')
  }
}
