// MB/s of one reader: stream.mjs READER CHUNK_BYTES MEGABYTES
import { readers } from './readers.mjs'
import { response } from './sse.mjs'

const [name, chunkBytes, megabytes] = process.argv.slice(2)
let answer
const read = await readers[name](async () => answer.response)

async function once(size) {
  answer = response(size, Number(chunkBytes))
  const from = performance.now()
  const deltas = await read()
  if (deltas !== answer.deltas) throw new Error(`${name} read ${deltas} deltas of ${answer.deltas}.`)
  return answer.bytes / 1e6 / ((performance.now() - from) / 1000)
}

await once(Math.max(1, Math.round(Number(megabytes) / 4)))
process.send({ rate: await once(Number(megabytes)) })
