import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import { join } from 'node:path'

const jsonFile = join(import.meta.dirname, '../results.json')
const pageFile = join(import.meta.dirname, '../RESULTS.md')

/** Replaces the figures of the benches that ran and rewrites the page. */
export function writeResults(figures) {
  const ran = new Set(figures.map((one) => one.bench))
  let kept = []
  try {
    kept = JSON.parse(readFileSync(jsonFile, 'utf8')).figures.filter((one) => !ran.has(one.bench))
  } catch {}
  const all = [...kept, ...figures.map((one) => ({ ...one, measured: machine() }))].sort((a, b) =>
    a.bench.localeCompare(b.bench),
  )
  writeFileSync(jsonFile, JSON.stringify({ figures: all }, null, 2) + '\n')
  writeFileSync(pageFile, page(all))
}

function machine() {
  return { node: process.version, cores: cpus().length, os: `${platform()} ${arch()}`, commit: commit() }
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

function page(figures) {
  const lines = [
    '# Benchmark results',
    '',
    'Made by `npm run bench`. Medians of fresh processes, ours and the peer in turn on the same machine; the load generator',
    'shares its cores. The ratio is the claim (above 1: ours is better), not the absolute figure. Raw values: `results.json`.',
    '',
  ]
  for (const bench of [...new Set(figures.map((one) => one.bench))]) {
    const rows = figures.filter((one) => one.bench === bench)
    const { node, cores, os, commit: at } = rows[0].measured
    lines.push(`## ${bench}`, '', `Node ${node}, ${cores} cores, ${os}, commit ${at}.`, '')
    lines.push(
      '| case | unit | ours | peer | peer is | ratio | target | reached |',
      '|---|---|---|---|---|---|---|---|',
    )
    for (const one of rows) {
      const reached = one.pass === null ? '–' : one.pass ? 'yes' : '**no**'
      lines.push(
        `| ${one.case} | ${one.unit} | ${one.ours} | ${one.peer ?? '–'} | ${one.peerName ?? '–'} | ${one.ratio ?? '–'} | ${one.target ?? '–'} | ${reached} |`,
      )
    }
    const notes = rows.filter((one) => one.note)
    if (notes.length > 0) lines.push('', ...notes.map((one) => `- ${one.case}: ${one.note}`))
    lines.push('')
  }
  return lines.join('\n')
}
