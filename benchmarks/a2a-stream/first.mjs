// Time to the first event of a stream, over one kept-alive socket: written and read raw, so that what is measured is the
// server and not a client.
import net from 'node:net'
import { rawRequest } from './client.mjs'

const [port, times] = process.argv.slice(2).map(Number)
const socket = net.connect(port, '127.0.0.1')
socket.setNoDelay(true)
await new Promise((resolve) => socket.once('connect', resolve))

function once() {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    let first
    let text = ''
    const onData = (data) => {
      text += data
      if (first === undefined && text.includes('data: {')) first = performance.now() - started
      if (!text.endsWith('\r\n0\r\n\r\n')) return
      socket.off('data', onData)
      if (text.includes('TASK_STATE_COMPLETED')) resolve(first)
      else reject(new Error(`Wrong stream: ${text}`))
    }
    socket.on('data', onData)
    socket.write(rawRequest('SendStreamingMessage', '1 1'))
  })
}

// Long enough for the engine to have compiled what is called once per request.
for (let count = 0; count < 4_000; count++) await once()
const ms = []
for (let count = 0; count < times; count++) ms.push(await once())
socket.destroy()
process.send({ p50: ms.sort((a, b) => a - b)[Math.floor(ms.length / 2)] })
