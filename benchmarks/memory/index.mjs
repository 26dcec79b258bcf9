// Heap of the memory driver while a million tasks go through it and a thousand wait for an answer throughout.
import { join } from 'node:path'
import { figure } from '../lib/figures.mjs'
import { measure } from '../lib/process.mjs'

const rounds = 5
const options = { execArgv: ['--expose-gc', '--max-old-space-size=2048'] }

/** What 100,000 finished tasks keep of the heap, in MB. */
const kept = ({ heapAt100k, heapAtStart }) => (heapAt100k - heapAtStart) / 1e6

export async function run({ log }) {
  const [ours, peers] = [[], []]
  for (let round = 0; round < rounds; round++) {
    ours.push(await measure(join(import.meta.dirname, 'ours.mjs'), ['1000000', '1000'], options))
    peers.push(await measure(join(import.meta.dirname, 'a2a-js.mjs'), ['100000'], options))
    log(`round ${round + 1} of ${rounds}: ours ${JSON.stringify(ours.at(-1))}; a2a-js ${JSON.stringify(peers.at(-1))}`)
  }
  const short = peers.find(({ kept }) => kept !== 100_000)
  if (short) throw new Error(`The peer kept ${short.kept} of 100,000 tasks: the figure would say nothing.`)
  return [
    figure({
      bench: 'memory',
      name: 'heap after 1M tasks ÷ heap after 100k',
      unit: '×',
      better: 'less',
      ours: ours.map(({ heapAtEnd, heapAt100k }) => heapAtEnd / heapAt100k),
      target: 1.05,
    }),
    figure({
      bench: 'memory',
      name: 'live tasks lost of 1,000',
      unit: 'tasks',
      better: 'less',
      ours: [Math.max(...ours.map(({ lost }) => lost))],
      target: 0,
    }),
    figure({
      bench: 'memory',
      name: 'heap kept by 100k finished tasks',
      unit: 'MB',
      better: 'less',
      ours: ours.map(kept),
      peer: peers.map(kept),
      peerName: '@a2a-js/sdk 1.3.0 InMemoryTaskStore (unbounded)',
      note: 'Ours is bounded and keeps the newest of them, the peer keeps all; each task has a text of 1 KB.',
    }),
  ]
}
