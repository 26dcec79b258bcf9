// The echo agent as a component: how large it is, how long it takes to build, and how fast it answers in our host, in
// `jco serve` and in wasmtime, where that is on PATH.
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { alternate, figure } from '../lib/figures.mjs'
import { measure } from '../lib/process.mjs'
import { build } from './build.mjs'
import { hasWasmtime, jcoServe, ours, wasmtimeServe } from './servers.mjs'

const bench = 'wasm'
const rounds = 5
const memoryRounds = 5
const serial = 100
/** Warmed up by requests, not by time: a client that leaves would leave guests behind. */
const sixteen = [
  { connections: 16, amount: 96 },
  { connections: 16, duration: 3 },
]
const hundred = [
  { connections: 100, amount: 200 },
  { connections: 100, amount: 500 },
]
const held = 32
const jcoName = 'jco 1.35.0 serve --isolate-requests instance'

export async function run({ log }) {
  const folder = await mkdtemp(join(tmpdir(), 'pf-bench-wasm-'))
  try {
    return await measureAll(folder, log)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measureAll(folder, log) {
  const load = () => `load ${loadavg()[0].toFixed(1)}`
  const echo = join(import.meta.dirname, '../../examples/echo')
  const spin = await build(join(echo, 'main.spin.ts'), 'spin', join(folder, 'spin.wasm'), { fresh: true })
  const plain = await build(join(echo, 'agent.ts'), 'wasi-http', join(folder, 'wasi-http.wasm'), { fresh: true })
  const slow = await build(join(import.meta.dirname, 'waiting-agent.ts'), 'wasi-http', join(folder, 'waiting.wasm'))
  log(
    `built: spin ${mb(spin.bytes)} MB in ${spin.seconds.toFixed(1)} s, wasi-http ${mb(plain.bytes)} MB in ${plain.seconds.toFixed(1)} s`,
  )

  // What is kept of a component between starts stays in the folder of this run.
  const env = { PF_CACHE: join(folder, 'cache') }
  const servers = {
    ours: () => ours(plain.file, {}, env),
    'ours, spin': () => ours(spin.file, {}, env),
    jco: () => jcoServe(plain.file),
    ...(hasWasmtime() && { wasmtime: () => wasmtimeServe(plain.file) }),
  }
  // Our host and wasmtime keep what they make of a component: a first start pays for that, unseen. jco keeps nothing.
  for (const name of Object.keys(servers)) if (name !== 'jco') await (await servers[name]()).stop()

  const results = await alternate(Object.keys(servers), rounds, async (name, round) => {
    const started = performance.now()
    const server = await servers[name]()
    const ready = performance.now() - started
    try {
      const result = await client(server.port, { serial, phases: sixteen })
      log(
        `round ${round + 1} ${name}: listens after ${ready.toFixed(0)} ms, first ${result.first.toFixed(1)} ms, p50 ${result.p50.toFixed(2)} ms, ${result.rates[1].toFixed(0)} req/s (${load()})`,
      )
      return { ...result, rate: result.rates[1], ready }
    } finally {
      await server.stop()
    }
  })
  const of = (name, key) => results.get(name).map((one) => one[key])

  const sustained = []
  const burst = []
  for (let round = 0; round < rounds; round++) {
    const { rate, cold } = await manyWaiting(slow.file, env)
    sustained.push(rate)
    burst.push(cold)
    log(`round ${round + 1}: 100 waiting ${rate.toFixed(0)} req/s, out of nothing ${cold.toFixed(0)} req/s (${load()})`)
  }
  const perInstance = { pooled: [], live: [] }
  for (let round = 0; round < memoryRounds; round++) {
    const { pooled, live } = await memory(plain.file, slow.file, env)
    perInstance.pooled.push(pooled)
    perInstance.live.push(live)
    log(`round ${round + 1}: ${mb(pooled)} MB per pooled and ${mb(live)} MB per live instance`)
  }

  const shared = { bench, peerName: jcoName }
  const ms = { unit: 'ms', better: 'less' }
  const rps = { unit: 'req/s', better: 'more' }
  const wasmtime = results.has('wasmtime') && { bench, peerName: 'wasmtime serve -Scli, compiled code kept' }
  const size = { bench, unit: 'MB', better: 'less' }
  const time = { bench, unit: 's', better: 'less' }
  return [
    figure({ ...size, name: 'size of the echo component, spin', ours: [spin.bytes / 1e6] }),
    figure({ ...size, name: 'size of the echo component, wasi-http', ours: [plain.bytes / 1e6] }),
    figure({ ...time, name: 'pf build, spin', ours: [spin.seconds] }),
    figure({ ...time, name: 'pf build, wasi-http', ours: [plain.seconds] }),
    // Ratios are of our host to the peer, so "at most 0.7 times as long" is a ratio of 1 / 0.7.
    figure({
      ...shared,
      ...ms,
      name: 'first request',
      ours: of('ours', 'first'),
      peer: of('jco', 'first'),
      target: 1 / 0.7,
    }),
    figure({
      ...shared,
      ...ms,
      name: 'warm p50, one client',
      ours: of('ours', 'p50'),
      peer: of('jco', 'p50'),
      target: 1 / 0.5,
    }),
    figure({ ...shared, ...rps, name: '16 clients', ours: of('ours', 'rate'), peer: of('jco', 'rate'), target: 1.2 }),
    figure({ ...shared, ...ms, name: 'start to listening', ours: of('ours', 'ready'), peer: of('jco', 'ready') }),
    figure({ bench, ...ms, name: 'first request, spin build', ours: of('ours, spin', 'first') }),
    figure({ bench, ...ms, name: 'warm p50, one client, spin build', ours: of('ours, spin', 'p50') }),
    figure({ bench, ...rps, name: '16 clients, spin build', ours: of('ours, spin', 'rate') }),
    ...(wasmtime
      ? [
          figure({
            ...wasmtime,
            ...ms,
            name: 'start to listening, against wasmtime',
            ours: of('ours', 'ready'),
            peer: of('wasmtime', 'ready'),
          }),
          figure({
            ...wasmtime,
            ...ms,
            name: 'first request, against wasmtime',
            ours: of('ours', 'first'),
            peer: of('wasmtime', 'first'),
          }),
          figure({
            ...wasmtime,
            ...ms,
            name: 'warm p50, one client, against wasmtime',
            ours: of('ours', 'p50'),
            peer: of('wasmtime', 'p50'),
          }),
          figure({
            ...wasmtime,
            ...rps,
            name: '16 clients, against wasmtime',
            ours: of('ours', 'rate'),
            peer: of('wasmtime', 'rate'),
          }),
        ]
      : []),
    figure({ bench, ...rps, name: '100 guests waiting 500 ms at once, one worker', ours: sustained, target: 80 }),
    figure({
      bench,
      ...rps,
      name: 'the same, out of an idle host',
      ours: burst,
      note: '200 requests, 100 at once, the making of the 100 instances included.',
    }),
    figure({
      ...size,
      name: 'memory per pooled instance',
      ours: perInstance.pooled.map(mbOf),
      note: `RSS of the host's process with a pool of ${held} less that with a pool of 1, by ${held - 1}; one worker, nothing served yet.`,
    }),
    figure({
      ...size,
      name: 'memory per live instance',
      ours: perInstance.live.map(mbOf),
      note: `RSS while ${held} requests wait in their instances less RSS before, by ${held - 1}; one worker, pool of 1.`,
    }),
  ]
}

const mbOf = (bytes) => bytes / 1e6
const mb = (bytes) => mbOf(bytes).toFixed(1)

const client = (port, options) =>
  measure(join(import.meta.dirname, 'load.mjs'), [String(port), 'hello', JSON.stringify(options)])

/** One worker, and room for a hundred instances whatever the machine's memory. */
const oneWorker = { workers: 1, totalMemoryMb: 128 * 64 }

async function manyWaiting(component, env) {
  const server = await ours(component, oneWorker, env)
  try {
    const [cold, rate] = (await client(server.port, { serial: 0, phases: hundred })).rates
    return { cold, rate }
  } finally {
    await server.stop()
  }
}

async function memory(component, slow, env) {
  const rssOf = async (file, options, during = async () => {}) => {
    const server = await ours(file, { ...oneWorker, ...options }, env)
    try {
      const before = (await server.ask()).rss
      return { before, during: await during(server) }
    } finally {
      await server.stop()
    }
  }
  const one = await rssOf(component, { pool: 1 })
  const many = await rssOf(component, { pool: held })
  const live = await rssOf(slow, { pool: 1 }, async (server) => {
    const answered = client(server.port, { serial: 0, phases: [{ connections: held, amount: held }] })
    let over = false
    void answered.finally(() => {
      over = true
    })
    // The most it ever held while all of them were in their instances.
    let most = 0
    while (!over) {
      const { rss, stats } = await server.ask()
      if (stats.live === held) most = Math.max(most, rss)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await answered
    if (most === 0) throw new Error('the instances were never live all at once')
    return most
  })
  return { pooled: (many.before - one.before) / (held - 1), live: (live.during - live.before) / (held - 1) }
}
