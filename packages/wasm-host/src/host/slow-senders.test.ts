import http from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
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

describe('bodies that stall', () => {
  const sockets: Socket[] = []
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })

  /** Sends beginnings of requests and nothing more; what is answered to each is added to `answers`. */
  async function stall(url: string, count: number, beginning: string): Promise<string[]> {
    const { hostname, port } = new URL(url)
    const answers: string[] = []
    for (let n = 0; n < count; n++) {
      const socket = connect(Number(port), hostname)
      sockets.push(socket)
      socket.on('error', () => {})
      socket.once('data', (chunk) => answers.push(chunk.toString('latin1').slice(9, 12)))
      await new Promise((resolve) => socket.write(beginning, resolve))
    }
    return answers
  }

  const post = (head: string, body = '') => `POST /count HTTP/1.1\r\nHost: agent.test\r\n${head}\r\n\r\n${body}`
  const quick = async (url: string) => {
    const began = Date.now()
    const response = await fetch(`${url}/echo`, { method: 'POST', body: 'quick', signal: AbortSignal.timeout(20_000) })
    return [response.status, await response.text(), Date.now() - began < 15_000]
  }

  test.each([
    ['in chunks, without any', post('Transfer-Encoding: chunked')],
    ['in chunks, behind one byte', post('Transfer-Encoding: chunked', '1\r\nx\r\n')],
    ['of a great length, without any', post('Content-Length: 100000')],
    ['of a great length, behind more than a short body has', post('Content-Length: 500000', 'x'.repeat(70_000))],
    ['of a small length', post('Content-Length: 1000')],
  ])('keep nobody out: %s', { timeout: 60_000 }, async (_, beginning) => {
    // More of them than there are instances, and places in the queue.
    host = await startTestHost({ concurrency: 4, queue: 2, timeoutMs: 60_000 })
    await stall(host.url, 24, beginning)
    await expect.poll(() => host?.stats().requests, { timeout: 20_000 }).toBe(24)
    expect(await Promise.all([quick(host.url), quick(host.url)])).toEqual([
      [200, 'quick', true],
      [200, 'quick', true],
    ])
    expect(host.stats().live).toBeLessThanOrEqual(2)
  })

  test('the one that takes longest goes where there are too many, and at once', { timeout: 60_000 }, async () => {
    host = await startTestHost({ receiving: 3 })
    const answers = await stall(host.url, 8, post('Transfer-Encoding: chunked'))
    await expect.poll(() => answers, { timeout: 20_000 }).toEqual(['503', '503', '503', '503', '503'])
    expect(host.stats()).toMatchObject({ receiving: 3, live: 0, rejected: 5 })
    expect(await quick(host.url)).toEqual([200, 'quick', true])
    for (const socket of sockets) socket.destroy()
    await expect.poll(() => host?.stats().receiving, { timeout: 20_000 }).toBe(0)
  })

  test('a guest whose client stops gives its place to who waits for it', { timeout: 60_000 }, async () => {
    host = await startTestHost({ concurrency: 1 })
    const answers = await stall(host.url, 1, post('Transfer-Encoding: chunked', '1\r\nx\r\n'))
    await expect.poll(() => host?.stats().live, { timeout: 20_000 }).toBe(1)
    expect(await quick(host.url)).toEqual([200, 'quick', true])
    await expect.poll(() => answers, { timeout: 20_000 }).toEqual(['503'])
  })

  test('who sends a great deal gets through beside them', { timeout: 60_000 }, async () => {
    host = await startTestHost({ concurrency: 2, timeoutMs: 60_000 })
    await stall(host.url, 6, post('Transfer-Encoding: chunked', '1\r\nx\r\n'))
    await expect.poll(() => host?.stats().live, { timeout: 20_000 }).toBe(1)
    const request = http.request(`${host.url}/count`, { method: 'POST' })
    const answered = new Promise<http.IncomingMessage>((resolve) => request.on('response', resolve))
    for (let n = 0; n < 8; n++) request.write('y'.repeat(250_000))
    request.end()
    const response = await answered
    expect([response.statusCode, await new Response(response as never).text()]).toEqual([200, '2000000'])
  })
})
