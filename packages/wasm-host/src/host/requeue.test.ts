// @node24-only: what waits for its turn on a thread, which needs JSPI
import http from 'node:http'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { prepareTestGuest, startTestHost, type TestHost } from '../../test/test-host'

beforeAll(prepareTestGuest, 120_000)

let host: TestHost | undefined
afterEach(() => host?.close())

/** So many have come. They may be gone again: a worker that is ended takes no longer on a busy machine. */
const arrived = (count: number) => expect.poll(() => host?.stats().requests, { timeout: 30_000 }).toBe(count)

/** The body begins before the worker is ended, and goes on behind it. */
async function uploaded(url: string, begin: string, rest: () => Promise<string>): Promise<string> {
  const request = http.request(url, { method: 'POST' })
  const answered = new Promise<http.IncomingMessage>((resolve, reject) =>
    request.on('response', resolve).on('error', reject),
  )
  request.write(begin)
  request.end(await rest())
  const response = await answered
  const text = await new Response(response as never).text()
  return `${response.statusCode} ${text}`
}

test(
  'a request that had not begun is given to the next worker as often as it takes, behind those before it',
  { timeout: 60_000 },
  async () => {
    host = await startTestHost({ workers: 1, busyLimitMs: 300 })
    const { url } = host
    const order: string[] = []
    const sent: Promise<number>[] = []
    for (const [index, path] of ['loop', 'loop', 'loop', 'hello'].entries()) {
      sent.push(
        fetch(`${url}/${path}`).then((response) => {
          order.push(path + index)
          return response.status
        }),
      )
      await arrived(index + 1)
    }
    expect(await Promise.all(sent)).toEqual([504, 504, 504, 200])
    expect(order).toEqual(['loop0', 'loop1', 'loop2', 'hello3'])
    expect(host.stats()).toMatchObject({ killedWorkers: 3, live: 0, queued: 0 })
  },
)

test('a body that had begun to come is whole for the guest that gets it', { timeout: 60_000 }, async () => {
  host = await startTestHost({ workers: 1, busyLimitMs: 2000, timeoutMs: 300_000 })
  const { url } = host
  const loop = fetch(`${url}/loop`)
  await arrived(1)
  const upload = uploaded(`${url}/count`, 'begun ', async () => {
    await arrived(2)
    expect((await loop).status).toBe(504)
    return 'ended'
  })
  expect(await upload).toBe('200 11')
  expect(host.stats()).toMatchObject({ repeated: 1 })
})

test('a body that had come to its end is, too', { timeout: 60_000 }, async () => {
  host = await startTestHost({ workers: 1, busyLimitMs: 2000, timeoutMs: 300_000 })
  const loop = fetch(`${host.url}/loop`)
  await arrived(1)
  const chunks = ['a'.repeat(1000), 'b'.repeat(70_000)].map((text) => new TextEncoder().encode(text))
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
  })
  const upload = host.fetch(new Request('http://app/count', { method: 'POST', body, duplex: 'half' } as RequestInit))
  expect((await loop).status).toBe(504)
  expect(await (await upload).text()).toBe('71000')
})

test(
  'a request that had only made a lease is begun anew: the lease went with its instance',
  { timeout: 60_000 },
  async () => {
    host = await startTestHost({ workers: 1, busyLimitMs: 300 })
    const { url } = host
    const turn = fetch(`${url}/turn?name=mine&until=go`)
    const held = async () =>
      ((await (await fetch(`${url}/get?key=lease/mine`)).json()) as { value: string | null }).value
    await expect.poll(held, { timeout: 30_000 }).toBe('held')
    expect((await fetch(`${url}/loop`)).status).toBe(504)
    expect((await fetch(`${url}/set?key=go&value=1`)).status).toBe(200)
    expect(await (await turn).text()).toBe('had its turn')
    expect(await held()).toBe(null)
    expect(host.stats()).toMatchObject({ killedWorkers: 1, repeated: 1 })
  },
)
