// `npm run sut -- a2a --target node --card full|unary|required-extension|extended --port N`
// Serves the agent that conformance kits talk to, until it is ended.
import { parseArgs } from 'node:util'
import { cardNames, cards } from './cards.ts'

const usage = `Usage: npm run sut -- a2a [options]

  --target node        Where the agent is served. Default node.
  --card NAME          ${cardNames.join(', ')}. Default full.
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
if (protocol !== 'a2a' || extra.length > 0) fail(`Name the protocol: a2a.`)
if (!cardNames.includes(card)) fail(`There is no card "${card}".`)
if (!/^\d{1,5}$/.test(portText) || Number(portText) > 65_535) fail(`"${portText}" is no port.`)
const port = Number(portText)

async function serveOnNode() {
  const [{ createApp }, { serve }, { a2aServer }, { default: agent }] = await Promise.all([
    import('@pf-agents/app'),
    import('@pf-agents/app/node'),
    import('@pf-agents/a2a-server'),
    import('./tck-agent.ts'),
  ])
  const server = await serve(createApp(agent, [a2aServer(cards[card])]), { port, signals: true })
  console.log(`Conformance subject (node, card ${card}): ${server.url}`)
}

if (target !== 'node') fail(`There is no target "${target}".`)
await serveOnNode()
