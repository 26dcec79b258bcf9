// Heap of the memory driver while a million tasks go through it and a thousand wait for an answer throughout.
import { join } from 'node:path'
import { figure } from '../lib/figures.mjs'
import { measure } from '../lib/process.mjs'

const options = { execArgv: ['--expose-gc', '--max-old-space-size=2048'] }

export async function run({ log }) {
  const ours = await measure(join(import.meta.dirname, 'ours.mjs'), ['1000000', '1000'], options)
  log(`ours: ${JSON.stringify(ours)}`)
  const peer = await measure(join(import.meta.dirname, 'a2a-js.mjs'), ['100000'], options)
  log(`a2a-js: ${JSON.stringify(peer)}`)
  if (peer.kept !== 100_000)
    throw new Error(`The peer kept ${peer.kept} of 100,000 tasks: the figure would say nothing.`)
  return [
    figure({
      bench: 'memory',
      name: 'heap after 1M tasks ÷ heap after 100k',
      unit: '×',
      better: 'less',
      ours: [ours.heapAtEnd / ours.heapAt100k],
      target: 1.05,
    }),
    figure({
      bench: 'memory',
      name: 'live tasks lost of 1,000',
      unit: 'tasks',
      better: 'less',
      ours: [ours.lost],
      target: 0,
    }),
    figure({
      bench: 'memory',
      name: 'heap kept by 100k finished tasks',
      unit: 'MB',
      better: 'less',
      ours: [(ours.heapAt100k - ours.heapAtStart) / 1e6],
      peer: [(peer.heapAt100k - peer.heapAtStart) / 1e6],
      peerName: '@a2a-js/sdk 1.3.0 InMemoryTaskStore (unbounded)',
      note: 'Ours is bounded and keeps the newest of them, the peer keeps all; each task has a text of 1 KB.',
    }),
  ]
}
