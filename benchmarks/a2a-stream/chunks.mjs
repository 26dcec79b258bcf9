// Reads one task of so many chunks after another, and tells how long each took.
import { check, stream } from './client.mjs'

const [port, chunks, times, warm] = process.argv.slice(2).map(Number)
for (let count = 0; count < warm; count++) check((await stream(port, '250')).text, 250)
const ms = []
for (let count = 0; count < times; count++) {
  const one = await stream(port, String(chunks))
  check(one.text, chunks)
  ms.push(one.ms)
}
process.send({ ms })
