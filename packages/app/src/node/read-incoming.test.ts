import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { readIncoming } from './read-incoming'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A request as Node's server has it once its headers are read, and the client's socket. */
async function requestOf(text: string) {
  const server = createServer().listen(0, '127.0.0.1')
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  closing.push(() => socket.destroy())
  const told = once(server, 'request')
  socket.write(text)
  const [incoming] = (await told) as [IncomingMessage]
  return { incoming, socket }
}

const head = (length: number) => `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`

it('reads what came with the headers, and what comes later', async () => {
  const { incoming, socket } = await requestOf(`${head(10)}12345`)
  const body = readIncoming(incoming, 10)
  socket.write('67890')
  expect(Buffer.from(await body).toString()).toBe('1234567890')
})

it('reads a body of no bytes, and one whose length nobody told', async () => {
  for (const [text, expected] of [
    [head(0), ''],
    ['POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n', 'abcd'],
  ] as const) {
    const { incoming } = await requestOf(text)
    expect(Buffer.from(await readIncoming(incoming, 10)).toString()).toBe(expected)
  }
})

it('has the body with its last byte: the end of the stream is not waited for', async () => {
  const { incoming, socket } = await requestOf(`${head(4)}ab`)
  let hasEnded = false
  incoming.on('end', () => (hasEnded = true))
  const body = readIncoming(incoming, 10)
  socket.write('cd')
  expect(Buffer.from(await body).toString()).toBe('abcd')
  expect(hasEnded).toBe(false)
})

it.each<[string, (incoming: IncomingMessage) => unknown]>([
  ['has set an encoding', (incoming) => incoming.setEncoding('utf8')],
  ['has paused it', (incoming) => incoming.pause()],
  ['counts its bytes', (incoming) => incoming.on('data', () => {})],
  ['lets it flow', (incoming) => incoming.resume()],
])('reads a body where somebody before the app %s', async (_what, before) => {
  for (const text of [
    `${head(5)}häö`,
    'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhäö\r\n0\r\n\r\n',
  ]) {
    const body = await new Promise<Uint8Array>((resolve, reject) => {
      const server = createServer((incoming, outgoing) => {
        before(incoming)
        readIncoming(incoming, 10).then(resolve, reject)
        outgoing.on('error', reject)
      }).listen(0, '127.0.0.1', () => {
        closing.push(() => {
          server.closeAllConnections()
          server.close()
        })
        const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
        closing.push(() => socket.destroy())
        socket.write(text)
      })
    })
    expect(Buffer.from(body).toString()).toBe('häö')
  }
})

it('is not cut short where an encoding has made more bytes of it', async () => {
  const { incoming, socket } = await requestOf(head(8))
  incoming.setEncoding('utf8')
  const body = readIncoming(incoming, 100)
  socket.write(Buffer.from([0xff, 0xff, 0x61, 0x62]))
  socket.write('cdef')
  expect(Buffer.from(await body).toString()).toMatch(/abcdef$/)
})

it('reads a body that was waiting for somebody to ask', async () => {
  const { incoming } = await requestOf(`${head(3)}abc`)
  while (!incoming.complete) await new Promise((resolve) => setImmediate(resolve))
  expect(Buffer.from(await readIncoming(incoming, 3)).toString()).toBe('abc')
})

it('refuses a body over the limit, whether it is here or comes', async () => {
  for (const isHere of [true, false]) {
    const { incoming } = await requestOf(`${head(5)}12345`)
    while (isHere && !incoming.complete) await new Promise((resolve) => setImmediate(resolve))
    await expect(readIncoming(incoming, 4)).rejects.toMatchObject({ code: 'PF_REQUEST_TOO_LARGE' })
  }
})

it('says so where the client goes away, while it is read and where it went before', async () => {
  for (const wentBefore of [true, false]) {
    const { incoming, socket } = await requestOf(`${head(10)}12345`)
    const closed = once(incoming, 'close').catch(() => {})
    if (wentBefore) {
      socket.destroy()
      await closed
    }
    const body = readIncoming(incoming, 10)
    socket.destroy()
    await expect(body).rejects.toMatchObject({
      code: 'PF_REQUEST_INVALID',
      message: expect.stringContaining('went away'),
    })
  }
})
