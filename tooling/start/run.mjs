// `npm start`: the example agent on Node and, side by side, the same agent file as a component in the embedded host; and
// an agent that thinks, with a model where a key is set, else with a script in its place, and a page to talk to it.
//   npm start             serves all until Ctrl-C
//   npm start -- --once   asks each once, checks the answers and ends; not zero where one is wrong
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import '../bootstrap/with-parent.mjs'
import { ask, curlLine } from './ask.mjs'
import { startComponent } from './component.mjs'
import { lookAt } from './look-at.mjs'
import { startNode } from './node.mjs'
import { modelNamed, question, think } from './think.mjs'

const root = join(import.meta.dirname, '../..')
const example = join(root, 'examples/echo')
const assistant = join(root, 'examples/assistant')

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
  const { url, close } = await startNode(assistant, data, () => void end(1), { PF_PLAYGROUND: '1' })
  running.push({ close })
  const model = modelNamed(process.env)
  console.log(`An agent that thinks: ${relative(root, join(assistant, 'agent.ts'))}\n  ${url}`)
  console.log(
    model === undefined
      ? '  No key is set: a script stands in for the model. Set OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY or OLLAMA_HOST for a real one.'
      : `  It asks ${model}.`,
  )
  process.stdout.write(`  "${question}"\n  → `)
  const thought = await think(url, question, (piece) => process.stdout.write(piece))
  failed ||= thought.problem !== undefined
  console.log(
    thought.problem === undefined
      ? `  (${thought.milliseconds} ms, in ${thought.pieces} pieces)\n`
      : `\n  ✗ ${thought.problem}\n`,
  )

  const page = await lookAt(`${url}/playground/`)
  failed ||= page.problem !== undefined
  console.log(
    page.problem === undefined
      ? `Playground, to talk to it and look into its tasks: ${url}/playground\n`
      : `Playground\n  ✗ ${page.problem}\n`,
  )

  if (options.once) {
    console.log(failed ? 'A wrong answer.' : 'All answered as they should.')
    await end(failed ? 1 : 0)
  }
  if (!failed) console.log('All answer. Ctrl-C ends them.')
} catch (error) {
  console.error(`\n${error.message}`)
  await end(1)
}
