// `pnpm check`: every step runs, is timed and reported, even when one before it failed.
//   pnpm check                        all steps
//   pnpm check --only lint,layers     some of them
//   pnpm check --update-sizes         sets the size budgets to what is measured now, with a tenth to spare
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { steps } from './steps.mjs'

const root = join(import.meta.dirname, '../..')
const { values } = parseArgs({
  options: { only: { type: 'string' }, 'update-sizes': { type: 'boolean', default: false } },
})
const wanted = values['update-sizes'] ? ['build', 'sizes'] : values.only?.split(',')
const unknown = wanted?.filter((name) => !steps.some((step) => step.name === name)) ?? []
if (unknown.length > 0) {
  console.error(`Unknown step ${unknown.join(', ')}. Known: ${steps.map(({ name }) => name).join(', ')}.`)
  process.exit(2)
}

const report = { passed: 0, failed: [], skipped: [] }
for (const step of steps.filter(({ name }) => !wanted || wanted.includes(name))) {
  const from = Date.now()
  const { ok, output } = await step
    .run(root, { updateSizes: values['update-sizes'] })
    .catch((error) => ({ ok: false, output: error.stack ?? String(error) }))
  const text = output.trim()
  console.log(`  ${ok ? '✓' : '✗'} ${step.title} (${((Date.now() - from) / 1000).toFixed(1)} s)`)
  if (text && (!ok || step.showOutput)) console.log(text.replace(/^/gm, '      '))
  if (ok) report.passed += 1
  else report.failed.push({ name: step.title, message: text.split('\n')[0] || 'failed without a word' })
}
if (process.env.PF_TEST_REPORT) writeFileSync(process.env.PF_TEST_REPORT, JSON.stringify(report, null, 2) + '\n')
else console.log(report.failed.length > 0 ? `${report.failed.length} checks failed.` : 'All checks passed.')
process.exitCode = report.failed.length > 0 || report.passed === 0 ? 1 : 0
