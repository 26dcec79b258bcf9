// Our host over one component. Answers 'memory' with what the process holds.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createWasmHost } from '@pf-agents/wasm-host'

const [component, options = '{}'] = process.argv.slice(2)
const dataDir = mkdtempSync(join(tmpdir(), 'pf-bench-wasm-'))
// Guests whose client leaves at the end of a load say so; their answers are what is checked.
const host = await createWasmHost({ component, dataDir, onLog: () => {}, ...JSON.parse(options) })
process.send({ port: Number(new URL(host.url).port) })
process.on('message', () =>
  process.send({ rss: process.memoryUsage().rss, cpu: process.cpuUsage(), stats: host.stats() }),
)
