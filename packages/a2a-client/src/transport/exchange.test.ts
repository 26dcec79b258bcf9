import { getEventListeners } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { type Asked, createPeer, peerCard, rpc, wireTask } from '../../test/peer'
import { createA2AClient } from '../client'
import type { A2AClientOptions, OutgoingCall } from '../options'
import { userMessage } from '../user-message'

const answer = (asked: Asked) => rpc(asked, wireTask())
const clientOf = (peer: ReturnType<typeof createPeer>, options: A2AClientOptions = {}) =>
  createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, ...options })

describe('headers', () => {
  it('of the caller are asked for anew for each request, and told what it is for', async () => {
    const calls: OutgoingCall[] = []
    const peer = createPeer(answer)
    const client = clientOf(peer, {
      headers: async (call) => {
        calls.push(call)
        return call.operation === 'card' ? {} : { Authorization: `Bearer ${calls.length}`, 'x-none': undefined }
      },
    })
    await client.getTask({ id: 't-1' })
    await client.cancelTask({ id: 't-1' })
    expect(calls).toEqual([
      { url: 'https://agent.test/.well-known/agent-card.json', operation: 'card' },
      { url: 'https://agent.test/rpc', operation: 'GetTask' },
      { url: 'https://agent.test/rpc', operation: 'CancelTask' },
    ])
    expect(peer.cards[0]?.headers.has('authorization')).toBe(false)
    expect(peer.asked.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer 2', 'Bearer 3'])
    expect(peer.asked[0]?.headers.has('x-none')).toBe(false)
  })

  it('of the protocol can not be replaced', async () => {
    const peer = createPeer(answer)
    await clientOf(peer, { headers: () => ({ 'A2A-Version': '0.3', 'Content-Type': 'text/plain' }) }).getTask({
      id: 't-1',
    })
    expect(peer.asked[0]?.headers.get('a2a-version')).toBe('1.0')
    expect(peer.asked[0]?.headers.get('content-type')).toBe('application/json')
  })

  it('of an incoming request are passed on where they are on the list, and the own ones go first', async () => {
    const peer = createPeer(answer)
    const client = clientOf(peer, {
      forwardHeaders: ['Traceparent', 'authorization', 'x-user'],
      headers: () => ({ 'X-User': 'own' }),
    })
    const forwardFrom = new Headers({
      traceparent: '00-1',
      authorization: 'Bearer theirs',
      cookie: 'secret=1',
      'x-user': 'theirs',
      'x-other': 'o',
    })
    await client.getTask({ id: 't-1' }, { forwardFrom })
    expect(Object.fromEntries(peer.asked[0]?.headers ?? [])).toEqual({
      traceparent: '00-1',
      authorization: 'Bearer theirs',
      'x-user': 'own',
      'a2a-version': '1.0',
      accept: 'application/json',
      'content-type': 'application/json',
    })
    await client.getTask({ id: 't-1' })
    expect(peer.asked[1]?.headers.has('traceparent')).toBe(false)
  })

  it('that could smuggle are refused before anything is sent', async () => {
    for (const headers of [{ 'x-a': 'a\r\nx-b: c' }, { 'x a': 'b' }]) {
      const peer = createPeer(answer)
      const error = await clientOf(peer, { headers: () => headers })
        .getTask({ id: 't-1' })
        .catch((caught: unknown) => caught)
      expect(error).toMatchObject({ code: 'PF_REQUEST_INVALID' })
      expect(peer.cards).toHaveLength(0)
    }
    expect(() => clientOf(createPeer(answer), { forwardHeaders: ['host'] })).toThrow(
      expect.objectContaining({ code: 'PF_CONFIG_INVALID' }),
    )
    expect(() => clientOf(createPeer(answer), { extensions: ['https://x\r\ny'] })).toThrow(
      expect.objectContaining({ code: 'PF_REQUEST_INVALID' }),
    )
  })

  it('whose source fails fail the call as it failed, and only once', async () => {
    const peer = createPeer(answer)
    let asked = 0
    const headers = () => {
      asked++
      throw new Error('no token')
    }
    await expect(clientOf(peer, { headers }).getTask({ id: 't-1' })).rejects.toThrow('no token')
    expect([asked, peer.cards.length]).toEqual([1, 0])
  })
})

describe('a redirect', () => {
  it('is not followed over real HTTP, with a credential or without', async () => {
    const seen: string[] = []
    let redirectCard = false
    const server = createServer((request, response) => {
      const { port } = server.address() as AddressInfo
      const path = request.url as string
      seen.push(path)
      const url = `http://127.0.0.1:${port}/rpc`
      const supportedInterfaces = [{ url, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }]
      if (path.endsWith('.json') && !redirectCard) response.end(JSON.stringify({ ...peerCard, supportedInterfaces }))
      else response.writeHead(307, { location: '/elsewhere' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const options = { url, headers: () => ({ authorization: 'Bearer x' }) }
      await expect(createA2AClient(options).getTask({ id: 't-1' })).rejects.toMatchObject({
        code: 'PF_REMOTE_RESPONSE',
        message: expect.stringContaining('/elsewhere'),
      })
      redirectCard = true
      await expect(createA2AClient(options).card()).rejects.toMatchObject({
        code: 'PF_REMOTE_CARD',
        details: { status: 307 },
      })
      expect(seen).toEqual(['/.well-known/agent-card.json', '/rpc', '/.well-known/agent-card.json'])
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

describe('a request that JSON can not carry', () => {
  it('is refused and not sent', async () => {
    const peer = createPeer(answer)
    const metadata = { big: 1n as never }
    await expect(clientOf(peer).sendMessage({ message: userMessage('x'), metadata })).rejects.toMatchObject({
      code: 'PF_REQUEST_INVALID',
    })
    expect(peer.asked).toHaveLength(0)
  })
})

describe('time', () => {
  const silent = () => new Promise<Response>(() => {})

  it.each([
    ['the answer', silent, undefined],
    [
      'the end of the answer',
      () => new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1)) })),
      undefined,
    ],
    ['the card', () => Response.json(peerCard), silent],
  ])('runs out on %s', async (_, respond, card) => {
    const clock = createFakeClock()
    const peer = createPeer(respond, card)
    const client = clientOf(peer, { clock, timeoutMs: 5000, retry: false })
    const started = clock.now()
    await expect(clock.until(client.getTask({ id: 't-1' }))).rejects.toMatchObject({
      code: 'PF_HTTP_TIMEOUT',
      details: { ms: 5000 },
    })
    expect(clock.now() - started).toBe(5000)
    await clock.advance(0)
    expect(clock.pending).toBe(0)
  })

  it('runs out on a source of headers that never answers', async () => {
    const clock = createFakeClock()
    const client = clientOf(createPeer(answer), { clock, timeoutMs: 5000, headers: () => new Promise(() => {}) })
    await expect(clock.until(client.getTask({ id: 't-1' }))).rejects.toMatchObject({ code: 'PF_HTTP_TIMEOUT' })
  })

  it('is longer for a message, and as long as a call says', async () => {
    const clock = createFakeClock()
    const client = clientOf(createPeer(silent), { clock })
    const spent = async (call: Promise<unknown>) => {
      const started = clock.now()
      await clock.until(call.catch(() => {}))
      return clock.now() - started
    }
    await client.card()
    expect(await spent(client.getTask({ id: 't-1' }))).toBe(30_000)
    expect(await spent(client.sendMessage({ message: userMessage('x') }))).toBe(300_000)
    expect(await spent(client.sendMessage({ message: userMessage('x') }, { timeoutMs: 7 }))).toBe(7)
  })
})

describe('a signal', () => {
  it('ends a call over real HTTP, and the connection with it', async () => {
    const arrived = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    const server = createServer((request, response) => {
      const { port } = server.address() as AddressInfo
      if (request.url?.endsWith('.json')) {
        const url = `http://127.0.0.1:${port}/`
        return response.end(
          JSON.stringify({
            ...peerCard,
            supportedInterfaces: [{ url, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
          }),
        )
      }
      request.socket.on('close', () => closed.resolve())
      arrived.resolve()
      return undefined
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const client = createA2AClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
      await client.card()
      const controller = new AbortController()
      const call = client.sendMessage({ message: userMessage('x') }, { signal: controller.signal })
      void arrived.promise.then(() => controller.abort(new Error('changed my mind')))
      await expect(call).rejects.toThrow('changed my mind')
      await closed.promise
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('that is aborted already sends nothing', async () => {
    const peer = createPeer(answer)
    const controller = new AbortController()
    controller.abort('before')
    const client = clientOf(peer)
    await client.card()
    await expect(client.getTask({ id: 't-1' }, { signal: controller.signal })).rejects.toBe('before')
    expect(peer.asked).toHaveLength(0)
  })

  it('that 2,000 calls shared has no listeners left, whichever way they ended', async () => {
    const controller = new AbortController()
    const { signal } = controller
    let hanging = 0
    const peer = createPeer((asked, count) => {
      if (count % 4 === 0) return answer(asked)
      if (count % 4 === 1) return new Response('no', { status: 500 })
      hanging++
      if (count % 4 === 2) return new Promise<Response>(() => {})
      return new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1)) }))
    })
    const clock = createFakeClock()
    const client = clientOf(peer, { retry: false, clock })
    await client.card()
    const calls = Array.from({ length: 2000 }, () =>
      client.getTask({ id: 't-1' }, { signal }).catch((error: unknown) => error),
    )
    while (peer.asked.length < 2000) await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(getEventListeners(signal, 'abort').length).toBe(hanging)
    expect(hanging).toBe(1000)
    controller.abort('all of you')
    const outcomes = await Promise.all(calls)
    expect(outcomes.filter((outcome) => outcome === 'all of you')).toHaveLength(1000)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(clock.pending).toBe(0)
  })
})
