// @node24-only: it counts guests that wait on one thread, which needs JSPI
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { prepareTestGuest, startTestHost, type TestHost } from '../../test/test-host'

beforeAll(prepareTestGuest, 120_000)

let host: TestHost | undefined
afterEach(() => host?.close())

test('values survive the host', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pf-wasm-kv-'))
  try {
    const first = await startTestHost({ dataDir })
    await first.text('/set?key=kept&value=yes')
    await first.close()
    const second = await startTestHost({ dataDir })
    expect(await second.json('/get?key=kept')).toEqual({ value: 'yes' })
    await second.text('/delete?key=kept')
    expect(await second.json('/get?key=kept')).toEqual({ value: null })
    await second.close()
  } finally {
    await rm(dataDir, { recursive: true })
  }
})

test('compare-and-set loses no update over many instances and workers', async () => {
  host = await startTestHost({ workers: 2 })
  const { json } = host
  const results = (await Promise.all(Array.from({ length: 12 }, () => json('/cas-add?key=sum&pause=1')))) as {
    next: number
    tries: number
  }[]
  expect(results.map(({ next }) => next).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 12 }, (_, index) => index + 1),
  )
  expect(results.some(({ tries }) => tries > 0)).toBe(true)
  expect(await json('/get?key=sum')).toEqual({ value: '12' })
})

test('increments are atomic and answer the new value', async () => {
  host = await startTestHost({ workers: 2 })
  const { text } = host
  const results = await Promise.all(Array.from({ length: 20 }, () => text('/increment?key=count')))
  expect(results.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  expect(await text('/increment?key=count&by=5')).toBe('25')
})

test('batches, key listing, undeclared stores', async () => {
  host = await startTestHost({ stores: ['default', 'second'] })
  expect(await host.json('/batch')).toEqual({
    many: [
      ['batch/a', '1'],
      ['batch/missing', null],
      ['batch/b', '2'],
    ],
    left: false,
  })
  await host.text('/set?key=b&value=1')
  await host.text('/set?key=a&value=1')
  await host.text('/set?key=elsewhere&value=1&store=second')
  expect(await host.json('/keys')).toEqual({ keys: ['a', 'b'], cursor: null })
  expect(await host.text('/open?store=second')).toBe('open')
  expect(await host.text('/open?store=other')).toBe('access-denied')
})

test.each(['loop', 'trap', 'wait', 'bomb', 'throw'])('a lease dies with its instance: %s', async (then) => {
  host = await startTestHost({
    timeoutMs: then === 'wait' ? 300 : 10_000,
    busyLimitMs: then === 'loop' ? 400 : 10_000,
    memoryMb: 24,
  })
  await host.text('/lease?name=kept')
  await host.text('/set?key=other&value=stays')
  const response = await fetch(`${host.url}/lease?name=mine&then=${then}`)
  expect(response.status).toBe({ loop: 504, trap: 502, wait: 504, bomb: 507, throw: 502 }[then])
  // The answer is out, so the lease is already gone: whoever reads next sees it.
  expect(await host.json('/get?key=lease/mine')).toEqual({ value: null })
  expect(await host.json('/get?key=lease/kept')).toEqual({ value: 'held' })
  expect(await host.json('/get?key=other')).toEqual({ value: 'stays' })
})
