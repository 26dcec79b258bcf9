// @node24-only: it counts guests that wait on one thread, which needs JSPI
import http from 'node:http'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { prepareTestGuest, startTestHost, type TestHost } from '../../test/test-host'
import { hasSuspension } from '../wasm-engine'

beforeAll(prepareTestGuest, 120_000)

let host: TestHost | undefined
afterEach(() => host?.close())

const outcome = async (response: Response) => [
  response.status,
  ((await response.json()) as { error: { code: string } }).error.code,
]

test('a memory bomb is answered 507 and its neighbours are not disturbed', async () => {
  host = await startTestHost()
  const { url } = host
  const neighbours = Array.from({ length: 5 }, () => fetch(`${url}/wait?ms=300`).then((response) => response.status))
  expect(await outcome(await fetch(`${url}/bomb`))).toEqual([507, 'PF_GUEST_MEMORY'])
  expect(await Promise.all(neighbours)).toEqual([200, 200, 200, 200, 200])
  expect(host.stats()).toMatchObject({ killedWorkers: 0, outOfMemory: 1 })
})

test('a guest that survives being refused memory answers for itself', async () => {
  host = await startTestHost()
  expect(await host.text('/bomb-caught')).toBe('caught')
})

test('a busy loop is answered 504, its worker replaced, others go on', async () => {
  host = await startTestHost({ workers: 2, busyLimitMs: 500 })
  const { url } = host
  // The least loaded worker gets the next request: the wait is on one, the loop on the other.
  const waiting = fetch(`${url}/wait?ms=1500`)
  await expect.poll(() => host?.stats().live).toBe(1)
  expect(await outcome(await fetch(`${url}/loop`))).toEqual([504, 'PF_GUEST_TIMEOUT'])
  expect((await waiting).status).toBe(200)
  await expect.poll(() => host?.stats().workers.length).toBe(2)
  expect(host.stats().killedWorkers).toBe(1)
  expect(await host.text('/hello')).toBe('hello')
})

test.runIf(hasSuspension())(
  'innocent requests of a killed worker: repeated where nothing shows, else 503',
  async () => {
    host = await startTestHost({ workers: 1, busyLimitMs: 500 })
    const { url } = host
    const clean = fetch(`${url}/wait?ms=2000`)
    const acted = fetch(`${url}/cas-add?key=acted&pause=2000`)
    const wrote = fetch(`${url}/wait-until?ms=5000`)
    const streaming = (await fetch(`${url}/ticks?count=1000&pause=50`)).text()
    streaming.catch(() => {})
    const lease = fetch(`${url}/lease?name=innocent&then=wait`)
    // Its body is gone with the guest that read it.
    const upload = http.request(`${url}/count`, { method: 'POST' })
    upload.on('error', () => {})
    const uploaded = new Promise<http.IncomingMessage>((resolve) => upload.on('response', resolve))
    upload.write('some of it')
    expect((await wrote).status).toBe(200)
    await expect.poll(() => host?.stats().live).toBe(6)
    expect(await outcome(await fetch(`${url}/loop`))).toEqual([504, 'PF_GUEST_TIMEOUT'])
    expect((await clean).status).toBe(200)
    expect((await acted).status).toBe(200)
    const lost = await lease
    // It has written: whoever sends it again should look first.
    expect(lost.headers.get('retry-after')).toBeNull()
    expect(await outcome(lost)).toEqual([503, 'PF_GUEST_LOST'])
    const half = await uploaded
    expect([half.statusCode, half.headers['retry-after']]).toEqual([503, '1'])
    await expect(streaming).rejects.toThrow('terminated')
    expect(host.stats().repeated).toBe(2)
  },
)

test('a loop after the response has begun breaks the connection off', async () => {
  host = await startTestHost({ busyLimitMs: 400 })
  const response = await fetch(`${host.url}/loop-after-head`)
  expect(response.status).toBe(200)
  await expect(response.text()).rejects.toThrow('terminated')
})

test('the wall-clock limit counts waiting, and frees the instance', async () => {
  host = await startTestHost({ timeoutMs: 300 })
  expect(await outcome(await fetch(`${host.url}/wait?ms=60000`))).toEqual([504, 'PF_GUEST_TIMEOUT'])
  expect(host.stats()).toMatchObject({ live: 0, timeouts: 1, killedWorkers: 0 })
  expect(await host.text('/hello')).toBe('hello')
})

test('a guest at its limit is let go of by itself: others on its worker are not disturbed, however busy they are', async () => {
  host = await startTestHost({ workers: hasSuspension() ? 1 : 3, timeoutMs: 1000 })
  const { url } = host
  const late = fetch(`${url}/wait?ms=60000`)
  await new Promise((resolve) => setTimeout(resolve, 700))
  const others = Array.from({ length: 2 }, () => fetch(`${url}/wait?ms=600`).then((response) => response.status))
  expect((await late).status).toBe(504)
  expect(await Promise.all(others)).toEqual([200, 200])
  expect(host.stats()).toMatchObject({ killedWorkers: 0, timeouts: 1 })
})

test('a guest that loops at its time limit is ended long before it counts as stuck', async () => {
  host = await startTestHost({ timeoutMs: 300, busyLimitMs: 60_000 })
  const started = Date.now()
  expect(await outcome(await fetch(`${host.url}/loop`))).toEqual([504, 'PF_GUEST_TIMEOUT'])
  expect(Date.now() - started).toBeLessThan(10_000)
  expect(host.stats()).toMatchObject({ killedWorkers: 1, timeouts: 1 })
})

test('work after the response ends with the limit', async () => {
  host = await startTestHost({ timeoutMs: 300 })
  expect(await host.text('/wait-until?ms=60000')).toBe('first')
  await expect.poll(() => host?.stats().live).toBe(0)
  expect(await host.json('/get?key=after')).toEqual({ value: null })
})

test('more than the queue holds is answered 503 with Retry-After', async () => {
  host = await startTestHost({ workers: 2, concurrency: 2, queue: 1 })
  const { url } = host
  const served = Array.from({ length: 3 }, () => fetch(`${url}/wait?ms=400`).then((response) => response.status))
  await expect.poll(() => host?.stats()).toMatchObject({ live: 2, queued: 1 })
  const refused = await fetch(`${url}/hello`)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(await outcome(refused)).toEqual([503, 'PF_OVERLOADED'])
  expect(await Promise.all(served)).toEqual([200, 200, 200])
})

test('a crash is answered 502 and stays the guest’s own', async () => {
  host = await startTestHost()
  const { url } = host
  const neighbour = fetch(`${url}/wait?ms=200`)
  expect(await outcome(await fetch(`${url}/trap`))).toEqual([502, 'PF_GUEST_TRAP'])
  expect((await neighbour).status).toBe(200)
  expect(host.stats()).toMatchObject({ traps: 1, killedWorkers: 0 })
  expect(await outcome(await fetch(`${url}/throw`))).toEqual([502, 'PF_GUEST_TRAP'])
})

test('a slow sender of a short body costs no instance', async () => {
  host = await startTestHost()
  const request = http.request(`${host.url}/echo`, { method: 'POST', headers: { 'content-length': '4' } })
  const answered = new Promise<http.IncomingMessage>((resolve) => request.on('response', resolve))
  request.write('sl')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(host.stats().live).toBe(0)
  request.end('ow')
  expect((await answered).statusCode).toBe(200)
})

test('closing lets running requests finish and refuses new ones', async () => {
  host = await startTestHost()
  const running = fetch(`${host.url}/wait?ms=300`)
  await expect.poll(() => host?.stats().live).toBe(1)
  const closed = host.close()
  const refused = await host.fetch(new Request('http://agent.test/hello'))
  expect(refused.status).toBe(503)
  expect(await (await running).text()).toBe('waited')
  await closed
  host = undefined
})

test('what cannot work is said at start', async () => {
  await expect(startTestHost({ outbound: ['example.com'] })).rejects.toMatchObject({
    code: 'PF_CONFIG_INVALID',
    message: expect.stringContaining('https://api.example.com'),
  })
  await expect(startTestHost({ memoryMb: 4 })).rejects.toMatchObject({
    code: 'PF_CONFIG_INVALID',
    message: expect.stringContaining('memoryMb'),
  })
  await expect(startTestHost({ component: new TextEncoder().encode('text') })).rejects.toMatchObject({
    code: 'PF_COMPONENT_INVALID',
  })
})
