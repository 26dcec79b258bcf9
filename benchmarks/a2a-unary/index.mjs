// Requests per second of one server process: an echo answered as a Message, and one answered as a Task with an artifact.
import { join } from 'node:path'
import { alternate, figure } from '../lib/figures.mjs'
import { measure, start } from '../lib/process.mjs'

const rounds = 5
const seconds = 4
const connections = 32
const servers = { ours: 'ours.mjs', 'a2a-js': 'a2a-js.mjs', hono: 'hono.mjs' }

export async function run({ log }) {
  const rates = await alternate(Object.keys(servers), rounds, async (name, round) => {
    const server = start(join(import.meta.dirname, servers[name]))
    const { port } = await server.ready
    const rate = {}
    try {
      for (const mode of name === 'hono' ? ['message'] : ['message', 'task']) {
        const result = await measure(join(import.meta.dirname, 'load.mjs'), [
          String(port),
          mode,
          String(seconds),
          String(connections),
        ])
        rate[mode] = result.rate
        log(`round ${round + 1} ${name} ${mode}: ${result.rate} req/s, p50 ${result.p50} ms, p99 ${result.p99} ms`)
      }
    } finally {
      await server.stop()
    }
    return rate
  })
  const of = (name, mode) => rates.get(name).map((one) => one[mode])
  const shared = { bench: 'a2a-unary', unit: 'req/s', better: 'more' }
  return [
    figure({
      ...shared,
      name: 'message',
      ours: of('ours', 'message'),
      peer: of('a2a-js', 'message'),
      peerName: '@a2a-js/sdk 1.3.0 + Express 5',
      target: 2,
    }),
    figure({
      ...shared,
      name: 'message, against a bare echo',
      ours: of('ours', 'message'),
      peer: of('hono', 'message'),
      peerName: 'Hono echo, no protocol',
      target: 0.8,
    }),
    figure({
      ...shared,
      name: 'task',
      ours: of('ours', 'task'),
      peer: of('a2a-js', 'task'),
      peerName: '@a2a-js/sdk 1.3.0 + Express 5',
      target: 2,
    }),
  ]
}
