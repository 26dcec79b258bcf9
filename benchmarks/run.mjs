// npm run bench -- NAME …   (no name: all)
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeResults } from './lib/results.mjs'

const here = import.meta.dirname
const known = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(here, entry.name, 'index.mjs')))
  .map((entry) => entry.name)

const args = process.argv.slice(2)
if (args.includes('--help') || args.includes('-h')) {
  console.log(
    `Usage: npm run bench -- [NAME …]\n\nBenches: ${known.join(', ')}\n\nPrints one JSON line per figure and rewrites benchmarks/RESULTS.md.`,
  )
  process.exit(0)
}
const unknown = args.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`No bench named ${unknown.join(', ')}. There are: ${known.join(', ')}`)
  process.exit(2)
}

let missed = false
for (const name of args.length > 0 ? args : known) {
  console.error(`# ${name}`)
  const { run } = await import(`./${name}/index.mjs`)
  const figures = await run({ log: (line) => console.error(`  ${line}`) })
  for (const one of figures) {
    const { raw: _, ...line } = one
    console.log(JSON.stringify(line))
    if (one.pass === false) missed = true
  }
  writeResults(figures)
}
if (missed) console.error('A target was missed: see the lines with "pass":false.')
