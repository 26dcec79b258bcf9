// `npm start`: the example agent on Node and, side by side, the same agent file as a component in the embedded host.
//   npm start             serves both until Ctrl-C
//   npm start -- --once   asks both once, checks the answers and ends; not zero where one is wrong
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { ask, curlLine } from './ask.mjs'
import { startComponent } from './component.mjs'
import { startNode } from './node.mjs'

const root = join(import.meta.dirname, '../..')
const example = join(root, 'examples/echo')

let options
try {
  options = parseArgs({ options: { once: { type: 'boolean', default: false } } }).values
} catch (error) {
  console.error(`${error.message}\nUsage: npm start [-- --once]`)
  process.exit(2)
}

const running = []
const data = await mkdtemp(join(tmpdir(), 'pf-start-'))
let ending
const end = (code) => {
  ending ??= Promise.allSettled(running.map(({ close }) => close())).then(() => {
    rmSync(data, { recursive: true, force: true })
    process.exit(code)
  })
  return ending
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // The second time, whoever asks means it.
    if (ending) process.exit(1)
    console.log('\nEnding …')
    void end(0)
  })
}

try {
  console.log(`One agent, ${relative(root, join(example, 'agent.ts'))}, on two targets.\n`)
  running.push(await startNode(example, data, () => void end(1)))
  running.push(await startComponent(example, data))

  let failed = false
  for (const { title, url } of running) {
    const { text, milliseconds, problem } = await ask(url, 'Hello')
    failed ||= problem !== undefined
    console.log(`${title}\n  ${url}\n  ${curlLine(url, 'Hello')}`)
    console.log(problem === undefined ? `  → ${text}  (${milliseconds} ms)\n` : `  ✗ ${problem}\n`)
  }
  if (options.once) {
    console.log(failed ? 'A wrong answer.' : 'Both answered as they should.')
    await end(failed ? 1 : 0)
  }
  if (!failed) console.log('Both answer. Ctrl-C ends them.')
} catch (error) {
  console.error(`\n${error.message}`)
  await end(1)
}
