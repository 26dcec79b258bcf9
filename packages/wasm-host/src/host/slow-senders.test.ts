import { connect } from 'node:net'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { prepareTestGuest, startTestHost, type TestHost } from '../../test/test-host'

beforeAll(prepareTestGuest, 120_000)

let host: TestHost | undefined
afterEach(() => host?.close())

/** Sends a beginning, then a byte at a time; resolves with what came once the connection is over. */
function trickle(url: string, beginning: string, byte: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    let answer = ''
    socket.write(beginning)
    const timer = setInterval(() => socket.write(byte), 50)
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
    socket.on('error', () => {})
    socket.on('close', () => {
      clearInterval(timer)
      resolve(answer)
    })
  })
}

test.each([
  ['a head', 'POST /echo HTTP/1.1\r\nHost: agent.test\r\nX-A: ', 'a'],
  ['a short body', 'POST /echo HTTP/1.1\r\nHost: agent.test\r\nContent-Length: 1000\r\n\r\n{', ' '],
  ['a body in chunks', 'POST /echo HTTP/1.1\r\nHost: agent.test\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n'],
])('who sends %s a byte at a time is cut off', { timeout: 60_000 }, async (_, beginning, byte) => {
  host = await startTestHost({ headersTimeoutMs: 300, requestTimeoutMs: 600 })
  const answer = await trickle(host.url, beginning, byte)
  // Of a body that streams the guest may have answered already: then the connection ends all the same.
  expect(answer.slice(0, 12)).toMatch(/^(HTTP\/1\.1 (408|2..|5..))?$/)
  await expect.poll(() => host?.stats().live, { timeout: 20_000 }).toBe(0)
  expect(await host.text('/hello')).toBe('hello')
})
