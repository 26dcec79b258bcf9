// A client that does no more than read: what it measures is the server.
import net from 'node:net'

let count = 0

/** A request for a run that says so many words; none for a run that waits. */
function request(words) {
  const id = `${process.pid}-${++count}`
  const body = JSON.stringify({
    threadId: `t-${id}`,
    runId: `r-${id}`,
    messages: [{ id: `m-${id}`, role: 'user', content: String(words) }],
    tools: [],
    context: [],
    state: {},
    forwardedProps: {},
  })
  return `POST /agui HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\naccept: text/event-stream\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

export async function connect(port) {
  const socket = net.connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return socket
}

/** Runs the agent on a kept-alive socket and reads its stream to the end: ms to the first event, and what came. */
export function run(socket, words) {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    let firstMs
    const chunks = []
    const onData = (data) => {
      firstMs ??= data.includes('data: {') ? performance.now() - started : undefined
      chunks.push(data)
      if (data.subarray(-5).toString('latin1') !== '0\r\n\r\n') return
      socket.off('data', onData).off('close', onClose)
      resolve({ firstMs, text: Buffer.concat(chunks).toString() })
    }
    const onClose = () => reject(new Error(`The server hung up: ${Buffer.concat(chunks).toString()}`))
    socket.on('data', onData).on('close', onClose)
    socket.write(request(words))
  })
}

/** Throws unless the stream is a run that says all words in order, and succeeds. */
export function check(text, words) {
  // Chunks of HTTP end where they want to: their heads are taken out first.
  const body = text.slice(text.indexOf('\r\n\r\n') + 4).replace(/(?:^|\r\n)[0-9a-f]+\r\n/g, '')
  const events = body.split('\n').flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6))] : []))
  const said = events.flatMap(({ type, delta }) => (type === 'TEXT_MESSAGE_CONTENT' ? [delta] : [])).join('')
  const whole = Array.from({ length: words }, (_, index) => `word ${index} `).join('')
  if (said !== whole || events[0]?.type !== 'RUN_STARTED' || events.at(-1)?.type !== 'RUN_FINISHED')
    throw new Error(`Wrong stream: ${text.slice(0, 1000)} … ${text.slice(-500)}`)
  return events.length
}

/** Begins a run that waits, and leaves it open. */
export async function hold(port) {
  const socket = await connect(port)
  const first = await new Promise((resolve, reject) => {
    let text = ''
    const onData = (data) => {
      text += data
      if (!text.includes('data: {')) return
      socket.off('data', onData)
      socket.resume()
      resolve(text)
    }
    socket.on('data', onData).once('error', reject)
    socket.write(request(0))
  })
  return { socket, isRight: first.startsWith('HTTP/1.1 200') && first.includes('RUN_STARTED') }
}
