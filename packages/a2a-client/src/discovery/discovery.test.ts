import { describe, expect, it } from 'vitest'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { type Asked, createPeer, peerCard, refused, rpc, wireTask } from '../../test/peer'
import { connect, createA2AClient } from '../client'
import type { A2AClientOptions } from '../options'
import { createRemoteAgents } from '../remote-agents'
import { freshnessOf } from './cache-control'
import { createCardCache } from './card-cache'
import { agentCardUrl } from './card-url'
import { chooseInterface } from './choose-interface'

const answer = (asked: Asked) => rpc(asked, wireTask())

describe('agentCardUrl', () => {
  it.each([
    ['https://a.test', 'https://a.test/.well-known/agent-card.json'],
    ['https://a.test/', 'https://a.test/.well-known/agent-card.json'],
    ['http://a.test:8080/agents/x', 'http://a.test:8080/agents/x/.well-known/agent-card.json'],
    ['https://a.test/agents/x/?k=1#f', 'https://a.test/agents/x/.well-known/agent-card.json?k=1'],
    ['https://a.test/cards/x.json', 'https://a.test/cards/x.json'],
    ['https://a.test/.well-known/agent-card.json', 'https://a.test/.well-known/agent-card.json'],
  ])('of %s is %s', (address, url) => {
    expect(agentCardUrl(address)).toBe(url)
  })

  it.each(['a.test', '', 'ftp://a.test', 'file:///x.json', '/x'])('is none of %j', (address) => {
    expect(() => agentCardUrl(address)).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }))
  })
})

describe('freshnessOf', () => {
  const of = (control?: string, age?: string) =>
    freshnessOf(new Headers({ ...(control && { 'cache-control': control }), ...(age && { age }) }))
  it.each([
    ['max-age=60', undefined, { store: true, freshMs: 60_000 }],
    ['public, Max-Age=60, must-revalidate', '20', { store: true, freshMs: 40_000 }],
    ['max-age=60', '100', { store: true, freshMs: 0 }],
    ['max-age="5"', undefined, { store: true, freshMs: 5000 }],
    ['max-age=0', undefined, { store: true, freshMs: 0 }],
    ['no-cache, max-age=60', undefined, { store: true, freshMs: 0 }],
    ['no-store', undefined, { store: false, freshMs: 0 }],
    ['max-age=x', undefined, { store: true, freshMs: 300_000 }],
    [undefined, undefined, { store: true, freshMs: 300_000 }],
    ['max-age=9999999999', undefined, { store: true, freshMs: 86_400_000 }],
  ])('%s, Age %s', (control, age, expected) => {
    expect(of(control, age)).toEqual(expected)
  })
})

describe('createCardCache', () => {
  it('keeps as many cards as it may, those used last', async () => {
    const cache = createCardCache({ maxEntries: 2 })
    const card = (json: string) => ({ json, freshUntil: 0 })
    await cache.set('a', card('1'))
    await cache.set('b', card('2'))
    await cache.get('a')
    await cache.set('c', card('3'))
    expect([await cache.get('a'), await cache.get('b'), await cache.get('c')]).toEqual([
      card('1'),
      undefined,
      card('3'),
    ])
    await cache.delete('a')
    expect(await cache.get('a')).toBeUndefined()
    for (let count = 0; count < 10_000; count++) await cache.set(`${count}`, card(''))
    expect([await cache.get('9997'), await cache.get('9998')]).toEqual([undefined, card('')])
  })
})

describe('chooseInterface', () => {
  const rpcAt = (url: string, protocolVersion = '1.0', rest = {}) => ({
    url,
    protocolBinding: 'JSONRPC',
    protocolVersion,
    ...rest,
  })
  const restAt = (url: string, protocolVersion = '1.0') => ({ url, protocolBinding: 'HTTP+JSON', protocolVersion })
  const choose = (supportedInterfaces: object[], prefer = {}, cardUrl?: string) =>
    chooseInterface({ ...peerCard, supportedInterfaces } as typeof peerCard, prefer, cardUrl)

  it('takes the first it can speak', () => {
    const grpc = { url: 'a.test:1', protocolBinding: 'GRPC', protocolVersion: '1.0' }
    const custom = { url: 'https://a.test/x', protocolBinding: 'https://x.example/binding', protocolVersion: '1.0' }
    expect(
      choose([grpc, custom, rpcAt('https://a.test/0', '0.3'), restAt('https://a.test/1'), rpcAt('https://a.test/2')]),
    ).toEqual({
      url: 'https://a.test/1',
      binding: 'HTTP+JSON',
      tenant: undefined,
      version: '1.0',
    })
    expect(choose([rpcAt('https://a.test/', '1.0.1', { tenant: 'acme' })])).toMatchObject({ tenant: 'acme' })
  })

  it('follows a preference, and takes nothing else', () => {
    const both = [rpcAt('https://a.test/rpc'), restAt('https://a.test/rest')]
    expect(choose(both, { bindings: ['HTTP+JSON', 'JSONRPC'] }).url).toBe('https://a.test/rest')
    expect(() => choose([both[0] as object], { bindings: ['HTTP+JSON'] })).toThrow(
      expect.objectContaining({ code: 'PF_REMOTE_CARD' }),
    )
    expect(() => choose(both, { versions: ['0.3'] })).toThrow(expect.objectContaining({ code: 'PF_REMOTE_CARD' }))
    expect(() => choose(both, { versions: ['2.0'] })).toThrow(expect.objectContaining({ code: 'PF_REMOTE_CARD' }))
  })

  it('takes one of 0.3 where there is none of 1.0, or where it is told to', () => {
    const old = rpcAt('https://a.test/old', '0.3.0')
    expect(choose([old])).toMatchObject({ url: 'https://a.test/old', version: '0.3' })
    expect(choose([old, restAt('https://a.test/rest')]).version).toBe('1.0')
    expect(choose([restAt('https://a.test/rest'), old], { versions: ['0.3', '1.0'] }).version).toBe('0.3')
    expect(() => choose([rpcAt('https://a.test/', '0.2')])).toThrow(expect.objectContaining({ code: 'PF_REMOTE_CARD' }))
  })

  it('does not leave https for http, and does not take what is no address', () => {
    const card = 'https://a.test/.well-known/agent-card.json'
    expect(choose([rpcAt('http://a.test/'), rpcAt('https://a.test/safe')], {}, card).url).toBe('https://a.test/safe')
    expect(() => choose([rpcAt('http://a.test/')], {}, card)).toThrow(/over https/)
    expect(choose([rpcAt('http://a.test/')], {}, 'http://a.test/x.json').url).toBe('http://a.test/')
    for (const url of ['/rpc', 'a.test', 'http://', 'file:///x', 'https:/\\'])
      expect(() => choose([rpcAt(url)])).toThrow(expect.objectContaining({ code: 'PF_REMOTE_CARD' }))
  })
})

describe('the card', () => {
  /** A server that knows of ETags, and a client with a clock of the test. */
  function server(control: string, options: A2AClientOptions = {}) {
    const clock = createFakeClock()
    const state = { etag: '"1"', name: 'peer' }
    const peer = createPeer(answer, ({ headers }) => {
      const fields = { etag: state.etag, 'cache-control': control }
      if (headers.get('if-none-match') === state.etag) return new Response(null, { status: 304, headers: fields })
      return Response.json({ ...peerCard, name: state.name }, { headers: fields })
    })
    return {
      clock,
      state,
      peer,
      client: createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, clock, ...options }),
    }
  }

  it('is asked for once while it is fresh, and by its ETag after that', async () => {
    const { clock, state, peer, client } = server('max-age=60')
    const first = await client.card()
    await Promise.all([client.card(), client.getTask({ id: 't-1' }), client.getTask({ id: 't-1' })])
    await clock.advance(59_000)
    await client.card()
    expect(peer.cards).toHaveLength(1)
    await clock.advance(2000)
    expect(await client.card()).toEqual(first)
    expect(peer.cards[1]?.headers.get('if-none-match')).toBe('"1"')
    state.etag = '"2"'
    state.name = 'renamed'
    await clock.advance(61_000)
    expect((await client.card()).name).toBe('renamed')
    await clock.advance(61_000)
    await client.card()
    expect(peer.cards.map(({ headers }) => headers.get('if-none-match'))).toEqual([null, '"1"', '"1"', '"2"'])
  })

  it('is asked for by its date where it has no ETag', async () => {
    const clock = createFakeClock()
    const lastModified = 'Fri, 20 Nov 2026 10:00:00 GMT'
    const peer = createPeer(answer, ({ headers }) =>
      headers.has('if-modified-since')
        ? new Response(null, { status: 304 })
        : Response.json(peerCard, { headers: { 'last-modified': lastModified } }),
    )
    const client = createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, clock })
    await client.card()
    for (let round = 0; round < 2; round++) {
      await clock.advance(301_000)
      await client.card()
    }
    expect(peer.cards.map(({ headers }) => headers.get('if-modified-since'))).toEqual([
      null,
      lastModified,
      lastModified,
    ])
  })

  it('is asked for every ten seconds at most, whatever the server says', async () => {
    const { clock, peer, client } = server('no-store')
    for (let call = 0; call < 20; call++) {
      await client.getTask({ id: 't-1' })
      await clock.advance(1000)
    }
    expect(peer.cards).toHaveLength(2)
  })

  it('is asked for once by many at the same time, one of whom gives up', async () => {
    const { peer, client } = server('max-age=60')
    const controller = new AbortController()
    const quitter = client.card({ signal: controller.signal })
    const others = [client.card(), client.getTask({ id: 't-1' })]
    controller.abort('no more')
    await expect(quitter).rejects.toBe('no more')
    await Promise.all(others)
    expect(peer.cards).toHaveLength(1)
  })

  it('is gone on with where the server can not be asked just now', async () => {
    const { clock, client, peer } = server('max-age=60', { retry: false })
    await client.card()
    const working = peer.fetch
    for (const failure of [
      () => Promise.reject(refused()),
      async () => new Response('down', { status: 500 }),
      async () => new Response('', { status: 503 }),
    ]) {
      peer.fetch = failure
      const failing = createA2AClient({
        url: 'https://agent.test',
        retry: false,
        clock,
        fetch: (url, init) => peer.fetch(url, init),
      })
      await expect(failing.card()).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) })
      peer.fetch = working
      await failing.card()
      peer.fetch = failure
      await clock.advance(61_000)
      expect((await failing.card()).name).toBe('peer')
    }
  })

  describe('whose address hangs', () => {
    /** A card that was good, at an address that does not answer any more until `answerCard` does. */
    async function hanging(options: A2AClientOptions = {}) {
      const clock = createFakeClock()
      let isHanging = false
      const waiting: ((response: Response) => void)[] = []
      const peer = createPeer(answer, () =>
        isHanging ? new Promise((resolve) => waiting.push(resolve)) : Response.json(peerCard),
      )
      // As fetch does: whoever gives up is not kept waiting by the peer.
      const fetch: typeof peer.fetch = (url, init) =>
        new Promise((resolve, reject) => {
          const { signal } = init ?? {}
          signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
          peer.fetch(url, init).then(resolve, reject)
        })
      const client = createA2AClient({ url: 'https://agent.test', fetch, clock, ...options })
      await client.card()
      isHanging = true
      await clock.advance(301_000)
      const answerCard = (response: Response) => waiting.forEach((resolve) => resolve(response))
      return { clock, peer, client, answerCard }
    }

    it('is gone on with after a moment, by those behind it at once', async () => {
      const { clock, peer, client } = await hanging()
      let isDone = false
      const first = client.getTask({ id: 't-1' }).finally(() => (isDone = true))
      await clock.advance(249)
      expect([isDone, peer.cards.length]).toEqual([false, 2])
      await clock.advance(1)
      expect(await first).toMatchObject({ id: 't-1' })
      const begun = clock.now()
      const others = Array.from({ length: 5 }, () => client.getTask({ id: 't-1' }))
      expect(await Promise.all(others)).toHaveLength(5)
      // One load at a time, which ends by itself, and none for ten seconds behind it.
      expect([clock.now() - begun, clock.pending, peer.cards.length]).toEqual([0, 1, 2])
      await clock.advance(9_750)
      expect(clock.pending).toBe(0)
      await clock.advance(9_999)
      expect(await client.getTask({ id: 't-1' })).toMatchObject({ id: 't-1' })
      expect(peer.cards).toHaveLength(2)
      await clock.advance(1)
      const again = client.getTask({ id: 't-1' })
      await clock.advance(250)
      expect(await again).toMatchObject({ id: 't-1' })
      expect(peer.cards).toHaveLength(3)
    })

    it('does not use up the time of a call', async () => {
      const { clock, client } = await hanging({ timeoutMs: 3_000 })
      const call = client.getTask({ id: 't-1' })
      await clock.advance(250)
      expect(await call).toMatchObject({ id: 't-1' })
      await clock.advance(2_750)
      expect(clock.pending).toBe(0)
    })

    it('is replaced by the one that comes late', async () => {
      const { clock, client, answerCard } = await hanging()
      const call = client.card()
      await clock.advance(250)
      expect((await call).name).toBe('peer')
      answerCard(Response.json({ ...peerCard, name: 'late' }))
      await clock.settle()
      expect([(await client.card()).name, clock.pending]).toEqual(['late', 0])
    })

    it.each([
      ['gone', () => new Response('', { status: 404 }), { details: { status: 404 } }],
      ['no card', () => Response.json({}), {}],
    ])('is gone on with no longer where it turns out late that it is %s', async (_what, response, error) => {
      const { clock, peer, client, answerCard } = await hanging()
      const call = client.card()
      await clock.advance(250)
      expect((await call).name).toBe('peer')
      answerCard(response())
      await clock.settle()
      // The next call has to know.
      const next = client.card().catch((failure: unknown) => failure)
      await clock.advance(1_000)
      expect(peer.cards).toHaveLength(3)
      answerCard(response())
      expect(await next).toMatchObject({ code: 'PF_REMOTE_CARD', ...error })
      const last = client.card()
      await clock.settle()
      answerCard(Response.json(peerCard))
      expect((await last).name).toBe('peer')
    })
  })

  it('is not gone on with where it is gone', async () => {
    let gone = false
    const clock = createFakeClock()
    const peer = createPeer(answer, () => (gone ? new Response('', { status: 404 }) : Response.json(peerCard)))
    const client = createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, clock })
    await client.card()
    gone = true
    await clock.advance(301_000)
    await expect(client.getTask({ id: 't-1' })).rejects.toMatchObject({
      code: 'PF_REMOTE_CARD',
      details: { status: 404 },
    })
  })

  it.each([
    ['is missing', () => new Response('no', { status: 404 }), /HTTP 404/],
    ['is no JSON', () => new Response('<html>'), /no JSON/],
    ['is no card', () => Response.json({ hello: 1 }), /malformed/],
    ['is no object', () => Response.json(null), /malformed/],
    ['has no interface', () => Response.json({ ...peerCard, supportedInterfaces: [] }), /malformed/],
    [
      'is of A2A 0.1',
      () => Response.json({ name: 'old', protocolVersion: '0.1.0', url: 'https://a.test', skills: [] }),
      /A2A 0\.1\.0/,
    ],
    [
      'is a malformed one of A2A 0.3',
      () => Response.json({ protocolVersion: '0.3.0', url: 'https://a.test' }),
      /malformed/,
    ],
    ['is said to be unchanged though none is known', () => new Response(null, { status: 304 }), /HTTP 304/],
    ['is elsewhere', () => new Response(null, { status: 302, headers: { location: 'https://b.test' } }), /HTTP 302/],
  ])('that %s is an error that says so', async (_, card, message) => {
    const peer = createPeer(answer, card)
    const error = await connect('https://agent.test/?key=secret', { fetch: peer.fetch }).catch(
      (caught: unknown) => caught,
    )
    expect(error).toMatchObject({
      code: 'PF_REMOTE_CARD',
      message: expect.stringMatching(message),
      details: { url: 'https://agent.test/.well-known/agent-card.json' },
    })
    expect(JSON.stringify(error) + String(error)).not.toContain('secret')
    expect(peer.cards).toHaveLength(1)
  })

  it('is shared through a cache, as JSON', async () => {
    const cards = createCardCache()
    const { clock, peer, client } = server('max-age=60', { cards })
    await client.card()
    const stored = await cards.get('https://agent.test/.well-known/agent-card.json')
    expect(JSON.parse(JSON.stringify(stored))).toEqual(stored)
    const second = createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, cards, clock })
    await second.card()
    expect(peer.cards).toHaveLength(1)
    await clock.advance(61_000)
    const third = createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, cards, clock })
    await third.card()
    expect(peer.cards[1]?.headers.get('if-none-match')).toBe('"1"')
  })

  it('is not shared where credentials went along, or the server forbids it', async () => {
    const cards = createCardCache()
    await server('max-age=60', { cards, headers: () => ({ 'x-key': 'k' }) }).client.card()
    await server('no-store', { cards }).client.card()
    expect(await cards.get('https://agent.test/.well-known/agent-card.json')).toBeUndefined()
  })

  it('is fetched by what implements the port of agent-core', async () => {
    const peer = createPeer(answer)
    const remote = await createRemoteAgents({ fetch: peer.fetch }).connect('https://agent.test')
    expect(await remote.task('t-1')).toMatchObject({ id: 't-1' })
    expect(peer.cards).toHaveLength(1)
  })
})
