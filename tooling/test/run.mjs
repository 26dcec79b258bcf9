// `npm test`: runs every stage, shows progress, and ends with one line that counts them all.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import '../bootstrap/with-parent.mjs'
import { readNames, readOptions } from './options.mjs'
import { stages } from './stages.mjs'
import { lastLine, outcome, reportText } from './summary.mjs'

const root = join(import.meta.dirname, '../..')
const results = join(root, '.test-results')

const { values, positionals } = readOptions({
  usage: `npm test [-- [--stage NAME,…] [WORDS …]]   or npm run test:full

Runs every stage, the long suites in their short form; \`npm run test:full\` runs their long form.
  WORDS            only test files whose path contains one of the words, and no other stage
  --stage NAME,…   only these stages
  --full           the long forms
  --help           this text

Stages:
${stages.map(({ name, title }) => `  ${name.padEnd(8)} ${title}`).join('\n')}`,
  allowPositionals: true,
  options: { full: { type: 'boolean', default: false }, stage: { type: 'string' } },
})
const known = stages.map(({ name }) => name)
const wanted = readNames(values.stage, known, 'stage')
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
