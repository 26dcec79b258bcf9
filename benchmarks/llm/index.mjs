// The agent that thinks: what lies between a provider's bytes and an agent's answer, without any network.
import { join } from 'node:path'
import { alternate, figure } from '../lib/figures.mjs'
import { measure } from '../lib/process.mjs'
import { bundleSize } from './size.mjs'

const path = (file) => join(import.meta.dirname, file)
const rounds = 5
const sdk = 'AI SDK 7.0.173'
const bench = 'llm'

const chunkSizes = [
  ['64 KB', 65_536],
  ['1 KB', 1_024],
]
/** Megabytes per reader: about as long for each. */
const megabytes = { ours: 60, 'ai-sdk provider': 12, 'ai-sdk streamText': 4, floor: 60 }

async function streams(log) {
  const figures = []
  for (const [label, bytes] of chunkSizes) {
    const rates = await alternate(Object.keys(megabytes), rounds, async (name, round) => {
      const { rate } = await measure(path('stream.mjs'), [name, String(bytes), String(megabytes[name])])
      log(`round ${round + 1} ${label} ${name}: ${rate.toFixed(1)} MB/s`)
      return rate
    })
    const against = (peer, peerName, target) =>
      figure({
        bench,
        name: `SSE → text deltas, chunks of ${label}, against ${peerName}`,
        unit: 'MB/s',
        better: 'more',
        ours: rates.get('ours'),
        peer: rates.get(peer),
        peerName,
        target,
      })
    figures.push(
      against('ai-sdk streamText', `${sdk} streamText`, 5),
      against('ai-sdk provider', `${sdk} provider alone`),
      against('floor', 'eventsource-parser + JSON.parse alone', 0.5),
    )
  }
  return figures
}

/** Half-spaces of 4 MB: what is counted is what is held, and no more garbage than that. */
const heapOptions = { execArgv: ['--expose-gc', '--max-semi-space-size=4'] }

async function heap(log) {
  const peaks = []
  for (let round = 0; round < 3; round++) {
    for (const [label, bytes] of chunkSizes) {
      const { megabytes: peak } = await measure(path('heap.mjs'), ['ours', String(bytes)], heapOptions)
      log(`100 MB in chunks of ${label}: ${peak.toFixed(1)} MB over the start`)
      peaks.push(peak)
    }
  }
  const peer = await measure(path('heap.mjs'), ['ai-sdk streamText', '65536'], heapOptions)
  log(`100 MB, AI SDK: ${peer.megabytes.toFixed(1)} MB over the start`)
  const shared = { bench, unit: 'MB', better: 'less', ours: [Math.max(...peaks)] }
  return [
    figure({
      ...shared,
      name: 'peak heap over start, an answer of 100 MB',
      target: 10,
      note: 'the worst of all runs; half-spaces of V8 of 4 MB, so that garbage not yet collected counts little. With those of 16 MB it is up to 17 MB',
    }),
    figure({
      ...shared,
      name: 'peak heap, against a peer',
      peer: [peer.megabytes],
      peerName: `${sdk} streamText`,
    }),
  ]
}

async function loops(log) {
  const results = await alternate(['ours', 'byHand', 'generateText', 'streamText'], rounds, async (side, round) => {
    const { ms } = await measure(path('loop.mjs'), [side, '2000'])
    log(`round ${round + 1} loop ${side}: ${ms.toFixed(3)} ms`)
    return ms
  })
  const against = (side, name, peer, peerName, rest) =>
    figure({
      bench,
      name: `agent loop, 2 model calls + 1 tool, ${name}`,
      unit: 'ms',
      better: 'less',
      ours: results.get(side),
      peer: results.get(peer),
      peerName,
      ...rest,
    })
  const note = 'ours streams, makes a task and stores it in memory, generateText does none of the three'
  return [
    against('ours', 'against generateText', 'generateText', `${sdk} generateText`, {
      target: 2.5,
      note: `${note}; 0.4 of the peer is a ratio of 2.5`,
    }),
    against('ours', 'against streamText', 'streamText', `${sdk} streamText`, { target: 2.5 }),
    against('byHand', 'by hand in a handler, against generateText', 'generateText', `${sdk} generateText`, {
      note: 'the floor: no engine, no client, no schema, no failure looked at; fetch, eventsource-parser, JSON.parse and the tool, told as events of a task that is stored',
    }),
    against('ours', 'against the same by hand', 'byHand', 'a handler without engine and client'),
  ]
}

async function agents(log) {
  const options = { execArgv: ['--expose-gc'] }
  const made = await alternate(['ours', 'ai-sdk'], rounds, async (side, round) => {
    const result = await measure(path('agent.mjs'), [side, '50000'], options)
    log(`round ${round + 1} agent ${side}: ${result.microseconds.toFixed(2)} µs, ${result.bytes.toFixed(0)} bytes`)
    return result
  })
  const of = (field) => ({
    ours: made.get('ours').map((one) => one[field]),
  })
  const peer = (field) => made.get('ai-sdk').map((one) => one[field])
  const shared = { bench, better: 'less' }
  return [
    figure({ ...shared, name: 'agent instantiation, time', unit: 'µs', ...of('microseconds'), target: 5 }),
    figure({ ...shared, name: 'agent instantiation, heap', unit: 'bytes', ...of('bytes'), target: 2048 }),
    figure({
      ...shared,
      name: 'agent instantiation, time, against a peer',
      unit: 'µs',
      ...of('microseconds'),
      peer: peer('microseconds'),
      peerName: `${sdk} ToolLoopAgent`,
    }),
  ]
}

async function imports(log) {
  const took = await alternate(['ours', 'ai-sdk'], rounds, async (side, round) => {
    const { ms } = await measure(path('import.mjs'), [side])
    log(`round ${round + 1} import ${side}: ${ms.toFixed(1)} ms`)
    return ms
  })
  const shared = { bench, unit: 'ms', better: 'less', ours: took.get('ours') }
  return [
    figure({ ...shared, name: 'import of core + engine + one provider', target: 40 }),
    figure({ ...shared, name: 'import, against a peer', peer: took.get('ai-sdk'), peerName: `${sdk} + OpenAI` }),
  ]
}

async function sizes(log) {
  const sizes = new Map()
  for (const side of ['ours', 'client', 'runtime', 'ai-sdk']) {
    sizes.set(side, await bundleSize(side))
    log(`bundle: ${side} ${sizes.get(side).toFixed(1)} KB`)
  }
  const [ours, client, runtime, peer] = sizes.values()
  const shared = { bench, unit: 'KB', better: 'less' }
  return [
    figure({ ...shared, name: 'core + one provider, min+gzip', ours: [client], target: 40 }),
    figure({
      ...shared,
      name: 'core + engine + one provider, min+gzip',
      ours: [ours],
      target: 40,
      note: 'what it is made of is in docs/decisions/model-loop.md',
    }),
    figure({
      ...shared,
      name: 'core with its runtime + one provider, no engine',
      ours: [runtime],
      note: 'the floor of the line above: what an engine of no bytes would leave',
    }),
    figure({
      ...shared,
      name: 'bundle with the engine, against a peer',
      ours: [ours],
      peer: [peer],
      peerName: `${sdk} + OpenAI`,
    }),
  ]
}

export async function run({ log }) {
  return [
    ...(await streams(log)),
    ...(await heap(log)),
    ...(await loops(log)),
    ...(await agents(log)),
    ...(await sizes(log)),
    ...(await imports(log)),
  ]
}
