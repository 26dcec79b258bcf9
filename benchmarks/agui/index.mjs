// AG-UI: events into the text of a stream, runs over HTTP, the time to the first event, and what runs cost that wait.
import { join } from 'node:path'
import { alternate, figure } from '../lib/figures.mjs'
import { measure, start } from '../lib/process.mjs'

const rounds = 5
const servers = { ours: 'ours.mjs', tanstack: 'tanstack.mjs', byHand: 'encoder.mjs' }
const peers = { tanstack: '@tanstack/ai 0.58.0 + Hono', byHand: '@ag-ui/encoder 1.0.0 + Express 5, by hand' }
const encoderName = '@ag-ui/encoder 1.0.0'
const path = (file) => join(import.meta.dirname, file)
/** Text events of a run. */
const words = 500

async function encode(name, what, round, log) {
  const { perSecond } = await measure(path('encode.mjs'), [name, what])
  log(`round ${round + 1} ${name} ${what}: ${Math.round(perSecond)} events/s`)
  return perSecond
}

/** All of one server's figures in one process of it. */
async function http(name, round, log) {
  const server = start(path(servers[name]))
  const { port } = await server.ready
  const run = async (runs, atOnce) =>
    (await measure(path('stream.mjs'), [port, words, runs, atOnce].map(String))).perSecond
  try {
    const result = {
      one: await run(400, 1),
      many: await run(800, 16),
      p50: (await measure(path('first.mjs'), [String(port), '1500'])).p50,
    }
    log(`round ${round + 1} ${name}: ${JSON.stringify(result)}`)
    return result
  } finally {
    await server.stop()
  }
}

async function idle(name, round, log) {
  const streams = 2_000
  const result = await measure(path('idle.mjs'), [path(servers[name]), String(streams)])
  log(`round ${round + 1} ${name} ${streams} idle runs: ${JSON.stringify(result)}`)
  if (result.bad > 0) throw new Error(`${result.bad} of ${streams} runs of ${name} did not begin.`)
  return { perStream: result.perStream / 1024, left: result.left / 1024 }
}

export async function run({ log }) {
  const talk = await alternate(['ours', 'encoder'], rounds, (name, round) => encode(name, 'talk', round, log))
  const work = await alternate(['ours', 'encoder'], rounds, (name, round) => encode(name, 'work', round, log))
  const served = await alternate(Object.keys(servers), rounds, (name, round) => http(name, round, log))
  const held = await alternate(Object.keys(servers), 3, (name, round) => idle(name, round, log))

  const bench = 'agui'
  const encoded = (name, of, note) =>
    figure({
      bench,
      name,
      unit: 'events/s',
      better: 'more',
      ours: of.get('ours'),
      peer: of.get('encoder'),
      peerName: encoderName,
      target: 1,
      note,
    })
  const against = (name, unit, better, of, key, target, note) =>
    Object.entries(peers).map(([peer, peerName]) =>
      figure({
        bench,
        name: `${name}, against ${peer === 'byHand' ? 'a server by hand' : 'TanStack AI'}`,
        unit,
        better,
        ours: of.get('ours').map((one) => one[key]),
        peer: of.get(peer).map((one) => one[key]),
        peerName,
        ...(peer === 'tanstack' && { target }),
        note: peer === 'byHand' ? note : undefined,
      }),
    )
  return [
    encoded(
      'encoder with guard, text',
      talk,
      'Of processor time, in memory. Ours checks every event for every rule on its way; the peer checks nothing.',
    ),
    encoded('encoder with guard, some of everything', work),
    ...against(
      `over HTTP, one run of ${words} words after the other`,
      'events/s',
      'more',
      served,
      'one',
      1,
      'By hand there is no run: nothing is kept, nothing can be joined, watched or canceled, and no event is checked.',
    ),
    ...against(`over HTTP, 16 runs of ${words} words at once`, 'events/s', 'more', served, 'many', 1),
    ...against('first event, p50', 'ms', 'less', served, 'p50', 1),
    ...against('heap per idle stream with its run', 'KB', 'less', held, 'perStream', 1),
    figure({
      bench,
      name: 'heap kept by a run after it was canceled',
      unit: 'KB',
      better: 'less',
      ours: held.get('ours').map(({ left }) => left),
      note: 'The task, which can be read afterwards: the memory store keeps it until it needs the room.',
    }),
  ]
}
