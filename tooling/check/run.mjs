// `pnpm check`: every step runs, is timed and reported, even when one before it failed.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readNames, readOptions } from '../test/options.mjs'
import { steps } from './steps.mjs'

const root = join(import.meta.dirname, '../..')
const { values } = readOptions({
  usage: `pnpm check [--only NAME,…] [--update-sizes]

Runs every step, even when one before it failed.
  --only NAME,…    only these steps
  --update-sizes   sets the size budgets to what is measured now, with a tenth to spare
  --help           this text

Steps:
${steps.map(({ name, title }) => `  ${name.padEnd(10)} ${title}`).join('\n')}`,
  options: { only: { type: 'string' }, 'update-sizes': { type: 'boolean', default: false } },
})
const known = steps.map(({ name }) => name)
const wanted = values['update-sizes'] ? ['build', 'sizes'] : readNames(values.only, known, 'step')

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
