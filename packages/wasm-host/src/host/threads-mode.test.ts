import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareTestGuest, startTestHost, type TestHost } from '../../test/test-host'

/** The way of serving on a Node that can't suspend guests. */
let host: TestHost
let upstream: http.Server
let upstreamUrl: string
beforeAll(async () => {
  await prepareTestGuest()
  upstream = http.createServer((request, response) => void request.pipe(response))
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/`
  host = await startTestHost({
    mode: 'threads',
    workers: 2,
    timeoutMs: 3000,
    busyLimitMs: 1500,
    memoryMb: 24,
    outbound: ['http://127.0.0.1:*'],
  })
}, 120_000)
afterAll(async () => {
  await host.close()
  upstream.close()
})

test('says at start what it means', () => {
  expect(host.logs[0]).toMatchObject({ stream: 'host', line: expect.stringContaining('2 at a time') })
})

test('serves, streams both ways, waits', async () => {
  const response = await fetch(`${host.url}/echo`, { method: 'POST', body: 'the body' })
  expect(await response.text()).toBe('the body')
  expect(await (await fetch(`${host.url}/count`, { method: 'POST', body: new Uint8Array(2_000_000) })).text()).toBe(
    '2000000',
  )
  expect((await (await fetch(`${host.url}/large?chunks=100`)).arrayBuffer()).byteLength).toBe(100 * 32768)
  expect(await host.text('/wait?ms=100')).toBe('waited')
  expect(await host.text('/ticks?count=3&pause=10')).toBe('tick 0\ntick 1\ntick 2\n')
})

test('as many run at once as there are threads; the others wait', async () => {
  const answers = Array.from({ length: 3 }, () => host.text('/wait?ms=400'))
  await expect.poll(() => host.stats()).toMatchObject({ live: 2, queued: 1 })
  expect(await Promise.all(answers)).toEqual(['waited', 'waited', 'waited'])
})

test('calls out, and what is not allowed is refused', async () => {
  const posted = await fetch(`${host.url}/post?url=${encodeURIComponent(upstreamUrl)}`, {
    method: 'POST',
    body: 'payload',
  })
  expect(await posted.text()).toBe('payload')
  expect((await fetch(`${host.url}/fetch?url=${encodeURIComponent('http://example.com/')}`)).status).toBe(418)
})

test('limits hold: waiting too long, looping, memory', async () => {
  expect((await fetch(`${host.url}/wait?ms=60000`)).status).toBe(504)
  expect((await fetch(`${host.url}/loop`)).status).toBe(504)
  expect((await fetch(`${host.url}/bomb`)).status).toBe(507)
  expect(await host.text('/hello')).toBe('hello')
})
