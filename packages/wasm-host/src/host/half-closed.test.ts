// The other side of a connection that is closed on one: a real server, real sockets.
import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { answerHalfClosed } from './half-closed'

let server: Server
let handle: (response: ServerResponse) => void
beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => handle(response))
  })
  answerHalfClosed(server)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
})

/** Sends this, ends its side, and reads to the end. */
function exchange(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    let answer = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk))
    socket.on('end', () => socket.destroy())
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
    socket.end(text)
  })
}

it('answers a client that has ended its side behind the request, and closes', async () => {
  handle = (response) => {
    // Not before the server knows of the end.
    response.req.socket.once('end', () => setTimeout(() => response.end('late but whole'), 20))
  }
  expect(await exchange('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nbody')).toMatch(
    /^HTTP\/1\.1 200 OK\r\n[^]*late but whole/,
  )
})

it('gives up an answer that does not come, for the client is likely gone', async () => {
  const closed = new Promise<boolean>((resolve) => {
    handle = (response) => response.on('close', () => resolve(response.writableFinished))
  })
  expect(await exchange('GET / HTTP/1.1\r\nhost: x\r\n\r\n')).toBe('')
  expect(await closed).toBe(false)
})

it('answers no request that is not whole', async () => {
  let handled = false
  handle = () => (handled = true)
  expect(await exchange('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nbo')).not.toContain('200 OK')
  expect(handled).toBe(false)
})
