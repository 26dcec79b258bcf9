// Begins so many runs that wait, each with its stream, and ends them: the server's heap before, during and after.
import { closeAll, openInBatches, startForHeap } from '../lib/heap.mjs'
import { hold } from './client.mjs'

const [script, total] = process.argv.slice(2)
const streams = Number(total)
const server = startForHeap(script)
const { port } = await server.ready

const open = (count) => openInBatches(count, () => hold(port))

// Code and caches are warm before anything is counted. Ours ends runs five seconds after their reader has gone.
closeAll(await open(500))
await new Promise((resolve) => setTimeout(resolve, 6_500))
const before = await server.heap()
const held = await open(streams)
const bad = held.filter(({ isRight }) => !isRight).length
const during = await server.heap()
closeAll(held)
await new Promise((resolve) => setTimeout(resolve, 6_500))
const after = await server.heap()
await server.stop()
process.send({ perStream: (during - before) / streams, left: (after - before) / streams, bad, before, during, after })
