import { connect } from 'node:net'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { prepareTestGuest, startTestHost, type TestHost } from '../../test/test-host'

beforeAll(prepareTestGuest, 120_000)

let host: TestHost | undefined
afterEach(() => host?.close())

/** Sends requests over one connection without waiting for answers; gives the statuses that came until it ended. */
function pipelined(url: string, path: string, count: number): Promise<string[]> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let answers = ''
    const one = (index: number) =>
      `GET ${path} HTTP/1.1\r\nHost: agent.test\r\n${index === count - 1 ? 'Connection: close\r\n' : ''}\r\n`
    socket.write(Array.from({ length: count }, (_, index) => one(index)).join(''))
    socket.on('data', (chunk) => (answers += chunk.toString('latin1')))
    socket.on('error', reject)
    socket.on('end', () => resolve([...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => match[1] as string)))
  })
}

test(
  'one connection has few requests under way at once, and all are answered in turn',
  { timeout: 60_000 },
  async () => {
    host = await startTestHost()
    const { url, stats } = host
    let most = 0
    const timer = setInterval(() => (most = Math.max(most, stats().live + stats().queued)), 5)
    const statuses = await pipelined(url, '/wait?ms=100', 40)
    clearInterval(timer)
    expect(statuses).toEqual(Array.from({ length: 40 }, () => '200'))
    expect(most).toBeLessThanOrEqual(8)
  },
)

test('more than may wait are refused', { timeout: 60_000 }, async () => {
  host = await startTestHost()
  const statuses = await pipelined(host.url, '/wait?ms=50', 200)
  expect(statuses.slice(0, 72)).toEqual(Array.from({ length: 72 }, () => '200'))
  expect(statuses[72]).toBe('503')
  expect(await host.text('/hello')).toBe('hello')
})
