// Heap while an answer of 100 MB goes by: heap.mjs READER CHUNK_BYTES. Nothing is collected by hand on the way: what is
// measured is what the process really has, garbage of the young generation included.
import { readers } from './readers.mjs'
import { response } from './sse.mjs'

const [name, chunkBytes] = process.argv.slice(2)
let answer
const read = await readers[name](async () => answer.response)
answer = response(2, Number(chunkBytes))
await read()

answer = response(100, Number(chunkBytes))
globalThis.gc()
globalThis.gc()
const start = process.memoryUsage().heapUsed
let peak = start
const { body, headers } = answer.response
const reader = body.getReader()
let chunks = 0
const watched = new ReadableStream(
  {
    async pull(controller) {
      const { done, value } = await reader.read()
      if (++chunks % 8 === 0) peak = Math.max(peak, process.memoryUsage().heapUsed)
      if (done) controller.close()
      else controller.enqueue(value)
    },
  },
  { highWaterMark: 0 },
)
answer.response = new Response(watched, { headers })
const deltas = await read()
if (deltas !== answer.deltas) throw new Error(`${name} read ${deltas} deltas of ${answer.deltas}.`)
process.send({ megabytes: (peak - start) / 1e6 })
