// A client that does no more than read: what it measures is the server.
import http from 'node:http'
import net from 'node:net'

const agent = new http.Agent({ keepAlive: true })
let count = 0

function requestOf(method, params) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: ++count, method, params })
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream, application/json',
    'a2a-version': '1.0',
  }
  return { body, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }
}

const messageOf = (text) => ({ message: { messageId: `m-${count}`, role: 'ROLE_USER', parts: [{ text }] } })

/** Sends a message and reads its stream to the end: ms to the first event, ms in all, and what came. */
export function stream(port, text) {
  const { body, headers } = requestOf('SendStreamingMessage', messageOf(text))
  return new Promise((resolve, reject) => {
    const started = performance.now()
    let first
    const chunks = []
    const request = http.request({ port, host: '127.0.0.1', method: 'POST', path: '/', headers, agent }, (response) => {
      response.on('data', (chunk) => {
        first ??= performance.now() - started
        chunks.push(chunk)
      })
      response.on('end', () =>
        resolve({ firstMs: first, ms: performance.now() - started, text: Buffer.concat(chunks).toString() }),
      )
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** Throws unless the stream is that of a task with so many chunks, whole and in order. */
export function check(text, chunks) {
  const events = text
    .split('\n')
    .flatMap((line) => (line.startsWith('data: ') ? [JSON.parse(line.slice(6)).result] : []))
  const words = events.flatMap(({ artifactUpdate }) => artifactUpdate?.artifact.parts.map((part) => part.text) ?? [])
  const whole = Array.from({ length: chunks }, (_, index) => `chunk ${index} `)
  const state = events.at(-1)?.statusUpdate?.status.state
  if (
    words.join('') !== whole.join('') ||
    words.length !== chunks ||
    state !== 'TASK_STATE_COMPLETED' ||
    !events[0]?.task
  )
    throw new Error(`Wrong stream: ${words.length} chunks, ${state}, ${text.slice(0, 300)}`)
}

/** A request as it goes over a socket: a message with a text, or the params of another method. */
export function rawRequest(method, given) {
  const { body, headers } = requestOf(method, typeof given === 'string' ? messageOf(given) : given)
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST / HTTP/1.1\r\nhost: 127.0.0.1\r\n${head.join('')}\r\n${body}`
}

/** Opens a stream on a socket of its own and leaves it open: the socket, and what came up to the first event. */
export function hold(port, method, given) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(rawRequest(method, given)))
    let first = ''
    const onData = (data) => {
      first += data
      if (!/data: \{.*\}\n/.test(first) && !first.includes('"error"')) return
      socket.off('data', onData)
      // What comes later is read and dropped.
      socket.resume()
      resolve({ socket, first })
    }
    socket.on('data', onData)
    socket.once('error', reject)
  })
}
