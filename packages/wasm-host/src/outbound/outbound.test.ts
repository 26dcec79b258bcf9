// @node24-only: it counts guests that wait on one thread, which needs JSPI
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { prepareTestGuest, startTestHost, type TestHost } from '../../test/test-host'

beforeAll(prepareTestGuest, 120_000)

let host: TestHost | undefined
let server: http.Server
let upstream: string
let closed = 0
const seen: string[] = []

beforeAll(async () => {
  server = http.createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers['x-from'] ?? ''}`)
    if (request.url === '/redirect') return response.writeHead(302, { location: '/target' }).end()
    if (request.url === '/never') return void response.on('close', () => closed++)
    if (request.method === 'POST') return void request.pipe(response)
    response.end('upstream')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  upstream = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
afterEach(() => host?.close())

const through = async (url: string) => {
  const response = await fetch(`${host?.url}/fetch?url=${encodeURIComponent(url)}`, { redirect: 'manual' })
  return { status: response.status, body: await response.text(), location: response.headers.get('location') }
}

describe('outbound calls', () => {
  test('nothing is allowed by default', async () => {
    host = await startTestHost()
    const before = seen.length
    expect((await through(`http://${upstream}/`)).status).toBe(418)
    expect(seen.length).toBe(before)
  })

  test('an allow-listed address is reached, with body and headers', async () => {
    host = await startTestHost({ outbound: ['http://127.0.0.1:*'] })
    expect(await through(`http://${upstream}/`)).toMatchObject({ status: 200, body: 'upstream' })
    const response = await fetch(`${host.url}/post?url=${encodeURIComponent(`http://${upstream}/post`)}`, {
      method: 'POST',
      body: 'payload',
    })
    expect(await response.text()).toBe('payload')
    expect(seen.at(-1)).toBe(`POST /post ${upstream} guest`)
  })

  test('redirects are handed back, not followed', async () => {
    host = await startTestHost({ outbound: ['http://127.0.0.1:*'] })
    expect(await through(`http://${upstream}/redirect`)).toMatchObject({ status: 302, location: '/target' })
    expect(seen.some((line) => line.includes('/target'))).toBe(false)
  })

  test('private addresses are refused unless they are what the list names', async () => {
    host = await startTestHost({ outbound: ['http://*:*'] })
    const before = seen.length
    expect((await through(`http://${upstream}/`)).status).toBe(418)
    // A name that resolves to this machine.
    expect((await through(`http://localhost:${upstream.split(':')[1]}/`)).status).toBe(418)
    expect((await through('http://169.254.169.254/latest/meta-data')).status).toBe(418)
    expect((await through('http://[::ffff:127.0.0.1]:1/')).status).toBe(418)
    expect(seen.length).toBe(before)
  })

  test('self is the app’s own address', async () => {
    host = await startTestHost({ workers: 2, outbound: ['self'] })
    expect(await through(`${host.url}/hello`)).toMatchObject({ status: 200, body: 'hello' })
    expect(await through('http://self/hello')).toMatchObject({ status: 200, body: 'hello' })
    expect((await through(`http://${upstream}/`)).status).toBe(418)
  })

  test('a call still open when its request ends is aborted', async () => {
    host = await startTestHost({ outbound: ['http://127.0.0.1:*'] })
    const before = closed
    const response = await fetch(`${host.url}/fetch-and-leave?url=${encodeURIComponent(`http://${upstream}/never`)}`)
    expect(await response.text()).toBe('left')
    await expect.poll(() => closed).toBe(before + 1)
  })
})
