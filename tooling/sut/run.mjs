// `npm run sut -- a2a --target node|wasm|wasm --card full|unary|required-extension|extended --port N`
// `npm run sut -- agui --port N`
// Serves the agent that conformance kits talk to, until it is ended.
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { spawnOwned } from '../bootstrap/process.mjs'
import '../bootstrap/with-parent.mjs'
import { cardNames, cards } from './cards.ts'

const here = import.meta.dirname
const usage = `Usage: npm run sut -- a2a|agui [options]

  --target node|wasm   Where the agent is served; AG-UI on node only. Default node.
  --card NAME          Of A2A: ${cardNames.join(', ')}. Default full.
  --port N             Default 9999; 0 takes a free one.`

function fail(message) {
  console.error(`${message}\n\n${usage}`)
  process.exit(2)
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        target: { type: 'string', default: 'node' },
        card: { type: 'string', default: 'full' },
        port: { type: 'string', default: '9999' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    return { ...values, protocol: positionals[0], extra: positionals.slice(1) }
  } catch (error) {
    return fail(error.message)
  }
}

const { protocol, extra, target, card, port: portText, help } = readArguments()
if (help) {
  console.log(usage)
  process.exit(0)
}
if ((protocol !== 'a2a' && protocol !== 'agui') || extra.length > 0) fail('Name the protocol: a2a or agui.')
if (protocol === 'agui' && target !== 'node')
  fail('AG-UI is served on node only: it needs streams that outlive a request.')
if (!cardNames.includes(card)) fail(`There is no card "${card}".`)
if (!/^\d{1,5}$/.test(portText) || Number(portText) > 65_535) fail(`"${portText}" is no port.`)
const port = Number(portText)

async function serveOnNode() {
  const [{ createApp }, { serve }, { a2aServer }, { nodeFeatures }, { default: agent }] = await Promise.all([
    import('@pf-agents/app'),
    import('@pf-agents/app/node'),
    import('@pf-agents/a2a-server'),
    import('./node-features.ts'),
    import('./tck-agent.ts'),
  ])
  const server = await serve(createApp(agent, [a2aServer(cards[card]), ...nodeFeatures(card)]), { port, signals: true })
  console.log(`Conformance subject (node, card ${card}): ${server.url}`)
}

/** The component is built by `pf build`, which keeps it while nothing it is made from changes, and served by `pf up`. */
async function serveOnWasm() {
  const cli = join(dirname(createRequire(import.meta.url).resolve('@pf-agents/cli/package.json')), 'dist/bin.js')
  const component = join(here, '../../node_modules/.cache/pf-sut', `${card}.wasm`)
  const build = ['build', '--target', 'wasm', join(here, 'wasm', `${card}.ts`), '-o', component, '--no-manifest']
  const data = join(dirname(component), 'data', `${card}-${process.pid}`)
  await run(cli, build)
  console.log(`Conformance subject (wasm, card ${card}): http://127.0.0.1:${port}`)
  await run(cli, ['up', component, '--port', portText, '--data', data])
}

/** Runs the CLI to its end, or to ours. */
async function run(cli, args) {
  const [code] = await once(spawnOwned(process.execPath, [cli, ...args], { stdio: 'inherit' }), 'exit')
  if (code !== 0) process.exit(code ?? 1)
}

/** AG-UI at /agui; `forwardedProps.scenario` of a run picks what the agent does. */
async function serveAgui() {
  const [{ createApp }, { serve }, { aguiStream }, { eventStream }, { default: agent }] = await Promise.all([
    import('@pf-agents/app'),
    import('@pf-agents/app/node'),
    import('@pf-agents/agui-stream'),
    import('@pf-agents/event-stream'),
    import('./agui-agent.ts'),
  ])
  const server = await serve(createApp(agent, [eventStream(), aguiStream({ cors: '*' })]), { port, signals: true })
  console.log(`Conformance subject (AG-UI): ${server.url}/agui`)
}

if (protocol === 'agui') await serveAgui()
else
  await (target === 'node'
    ? serveOnNode()
    : target === 'wasm'
      ? serveOnWasm()
      : fail(`There is no target "${target}".`))
