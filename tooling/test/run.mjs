// `npm test`: runs every stage, shows progress, and ends with one line that counts them all.
//   npm test                       every stage, long suites in their short form
//   npm run test:full              the long forms
//   npm test -- --stage check      only the named stages (comma separated)
//   npm test -- packages/app       only the test files whose path contains the words, no other stage
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stages } from './stages.mjs'
import { lastLine, outcome, reportText } from './summary.mjs'

const root = join(import.meta.dirname, '../..')
const results = join(root, '.test-results')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { full: { type: 'boolean', default: false }, stage: { type: 'string' } },
})
const wanted = values.stage?.split(',')
const unknown = wanted?.filter((name) => !stages.some((stage) => stage.name === name)) ?? []
if (unknown.length > 0) {
  console.error(`Unknown stage ${unknown.join(', ')}. Known: ${stages.map(({ name }) => name).join(', ')}.`)
  process.exit(2)
}
const selected = stages.filter((stage) => {
  if (wanted) return wanted.includes(stage.name)
  return positionals.length === 0 || stage.takesFiles
})

rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })

const started = Date.now()
const seconds = (from) => `${((Date.now() - from) / 1000).toFixed(1)} s`
const done = []
for (const [index, stage] of selected.entries()) {
  const from = Date.now()
  console.log(`\n[${index + 1}/${selected.length}] ${stage.title}`)
  const report = await stage
    .run({ root, full: values.full, files: positionals, reportFile: join(results, `${stage.name}.json`) })
    .catch((error) => ({
      passed: 0,
      failed: [{ name: stage.title, message: error.stack ?? String(error) }],
      skipped: [],
    }))
  done.push({ name: stage.name, title: stage.title, ...report })
  console.log(`    ${lastLine(outcome([report]))} (${seconds(from)})`)
}

const total = outcome(done)
writeFileSync(
  join(results, 'summary.json'),
  JSON.stringify({ ...total, seconds: (Date.now() - started) / 1000, stages: done }, null, 2) + '\n',
)
console.log(reportText(done))
console.log(`Took ${seconds(started)}. Reports: .test-results/`)
if (total.passed + total.failed === 0) console.log('No test ran.')
console.log(lastLine(total))
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0
