// Streams of one server process: the cost of a chunk as a task grows, the time to the first event, and what streams
// cost that only wait.
import { join } from 'node:path'
import { alternate, figure, median } from '../lib/figures.mjs'
import { measure, start } from '../lib/process.mjs'

const rounds = 5
const servers = { ours: 'ours.mjs', 'a2a-js': 'a2a-js.mjs' }
const peerName = '@a2a-js/sdk 1.3.0 + Express 5'
const path = (file) => join(import.meta.dirname, file)

/** Tasks of so many chunks, as often as makes about as many chunks of each. The peer's cost grows with the square. */
const sizes = {
  ours: [
    [250, 64],
    [1_000, 16],
    [4_000, 4],
    [16_000, 3],
  ],
  'a2a-js': [
    [250, 3],
    [1_000, 1],
    [4_000, 1],
  ],
}
const warm = { ours: 60, 'a2a-js': 2 }

async function chunks(name, round, log) {
  const server = start(path(servers[name]))
  const { port } = await server.ready
  const took = {}
  try {
    for (const [size, times] of sizes[name]) {
      const args = [port, size, times, warm[name]].map(String)
      took[size] = median((await measure(path('chunks.mjs'), args)).ms)
      log(
        `round ${round + 1} ${name} ${size} chunks: ${took[size].toFixed(1)} ms, ${((took[size] * 1000) / size).toFixed(2)} µs each`,
      )
    }
  } finally {
    await server.stop()
  }
  return took
}

async function first(name, round, log) {
  const server = start(path(servers[name]))
  const { port } = await server.ready
  try {
    const { p50 } = await measure(path('first.mjs'), [String(port), '1500'])
    log(`round ${round + 1} ${name} first event: p50 ${p50.toFixed(3)} ms`)
    return p50
  } finally {
    await server.stop()
  }
}

async function idle(name, how, streams, log) {
  const result = await measure(path('idle.mjs'), [path(servers[name]), how, String(streams)])
  log(`${name} ${how} ${streams} idle streams: ${JSON.stringify(result)}`)
  if (result.bad > 0) throw new Error(`${result.bad} of ${streams} streams of ${name} did not begin with a task.`)
  return result
}

export async function run({ log }) {
  const took = await alternate(Object.keys(servers), rounds, (name, round) => chunks(name, round, log))
  const firsts = await alternate(Object.keys(servers), rounds, (name, round) => first(name, round, log))
  const whole = await chunksOnce(16_000, log)
  const held = await idle('ours', 'subscribe', 10_000, log)
  const peerHeld = await idle('a2a-js', 'subscribe', 1_000, log)
  const withRuns = await idle('ours', 'send', 2_000, log)
  const peerWithRuns = await idle('a2a-js', 'send', 1_000, log)

  const of = (name, size) => took.get(name).map((one) => one[size])
  const shared = { bench: 'a2a-stream', better: 'less' }
  const task = (size, target) =>
    figure({
      ...shared,
      name: `one task of ${size.toLocaleString('en')} chunks`,
      unit: 'ms',
      ours: of('ours', size),
      peer: size === 16_000 ? [whole] : of('a2a-js', size),
      peerName,
      target,
      note: size === 16_000 ? 'The peer is measured once: it takes minutes.' : undefined,
    })
  return [
    task(250),
    task(1_000),
    task(4_000, 100),
    task(16_000),
    figure({
      ...shared,
      name: 'time per chunk, 16,000 chunks ÷ 250 chunks',
      unit: '×',
      ours: took.get('ours').map((one) => one[16_000] / 16_000 / (one[250] / 250)),
      target: 1.2,
    }),
    figure({
      ...shared,
      name: 'first event, p50',
      unit: 'ms',
      ours: firsts.get('ours'),
      peer: firsts.get('a2a-js'),
      peerName,
      target: 1 / 0.7,
    }),
    figure({
      ...shared,
      name: 'heap per idle stream, 10,000 subscriptions',
      unit: 'KB',
      ours: [held.perStream / 1024],
      target: 8,
      note: `Peer, 1,000 subscriptions: ${(peerHeld.perStream / 1024).toFixed(1)} KB. Bare Node needs about 5.3 KB for a connection that is answered with an event stream.`,
    }),
    figure({
      ...shared,
      name: 'heap after closing 10,000 idle streams ÷ before',
      unit: '×',
      ours: [held.left],
      target: 1.05,
    }),
    figure({
      ...shared,
      name: 'heap per idle stream with its own run and task',
      unit: 'KB',
      ours: [withRuns.perStream / 1024],
      peer: [peerWithRuns.perStream / 1024],
      peerName,
    }),
  ]
}

/** The peer's longest task, once. */
async function chunksOnce(size, log) {
  const server = start(path(servers['a2a-js']), [], { execArgv: ['--max-old-space-size=4096'] })
  const { port } = await server.ready
  try {
    const { ms } = await measure(path('chunks.mjs'), [String(port), String(size), '1', '0'])
    log(`a2a-js ${size} chunks, once: ${ms[0].toFixed(0)} ms`)
    return ms[0]
  } finally {
    await server.stop()
  }
}
