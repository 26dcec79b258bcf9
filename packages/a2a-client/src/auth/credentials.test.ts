import type { AgentCard } from '@pf-agents/a2a-protocol'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { type Asked, createPeer, peerCard, rpc, wireTask } from '../../test/peer'
import { createA2AClient } from '../client'
import { userMessage } from '../user-message'
import type { Credential, CredentialRequest, CredentialSource } from './credential'
import { createAuthService, createCredentials, type OriginCredentials } from './credentials'

const schemes = {
  bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } },
  basic: { httpAuthSecurityScheme: { scheme: 'basic' } },
  digest: { httpAuthSecurityScheme: { scheme: 'Digest' } },
  header: { apiKeySecurityScheme: { location: 'header' as const, name: 'X-Key' } },
  query: { apiKeySecurityScheme: { location: 'query' as const, name: 'key' } },
  cookie: { apiKeySecurityScheme: { location: 'cookie' as const, name: 'sid' } },
  cookie2: { apiKeySecurityScheme: { location: 'cookie' as const, name: 'tid' } },
  oauth: { oauth2SecurityScheme: { flows: { clientCredentials: { tokenUrl: 'https://id.test/token', scopes: {} } } } },
  oidc: { openIdConnectSecurityScheme: { openIdConnectUrl: 'https://id.test/.well-known/openid-configuration' } },
  mtls: { mtlsSecurityScheme: {} },
}
type Name = keyof typeof schemes
const needing = (...alternatives: Partial<Record<Name, string[]>>[]): AgentCard => ({
  ...(peerCard as AgentCard),
  securitySchemes: schemes,
  securityRequirements: alternatives.map((all) => ({
    schemes: Object.fromEntries(Object.entries(all).map(([name, list]) => [name, { list }])),
  })),
})
const origin = 'https://agent.test'

/** What arrives at the agent. */
async function sent(card: AgentCard, credentials: OriginCredentials, at = origin): Promise<Asked> {
  const peer = createPeer(
    (asked) => rpc(asked, wireTask()),
    () => Response.json(card),
  )
  const client = createA2AClient({
    url: origin,
    fetch: peer.fetch,
    credentials: createCredentials({ [at]: credentials }),
  })
  await client.getTask({ id: 't-1' })
  // Never for the public card.
  for (const { headers, path } of peer.cards) {
    expect([headers.get('authorization'), headers.get('x-key'), headers.get('cookie'), path.includes('?')]).toEqual([
      null,
      null,
      null,
      false,
    ])
  }
  return peer.asked[0] ?? expect.unreachable()
}

describe('createCredentials', () => {
  it.each<[Name, Credential, Partial<Record<'authorization' | 'x-key' | 'cookie' | 'path', string>>]>([
    ['bearer', { token: 't' }, { authorization: 'Bearer t' }],
    ['oauth', { token: 't' }, { authorization: 'Bearer t' }],
    ['oidc', { token: 't' }, { authorization: 'Bearer t' }],
    ['basic', { user: 'ä', password: 'b:c' }, { authorization: `Basic ${Buffer.from('ä:b:c').toString('base64')}` }],
    ['header', { key: 'k' }, { 'x-key': 'k' }],
    ['cookie', { key: 'k' }, { cookie: 'sid=k' }],
    ['query', { key: 'k&x=y é' }, { path: '/rpc?key=k%26x%3Dy+%C3%A9' }],
    ['mtls', { connection: true }, {}],
  ])('puts a credential for %s where it belongs', async (name, credential, expected) => {
    const { headers, path } = await sent(needing({ [name]: [] }), { [name]: credential })
    const found = {
      authorization: headers.get('authorization'),
      'x-key': headers.get('x-key'),
      cookie: headers.get('cookie'),
      path,
    }
    expect(found).toEqual({ authorization: null, 'x-key': null, cookie: null, path: '/rpc', ...expected })
  })

  it('sends all that is asked for together', async () => {
    const card = needing({ bearer: [], header: [], cookie: [], cookie2: [], query: [] })
    const key = { key: 'k' }
    const { headers, path } = await sent(card, {
      bearer: { token: 't' },
      header: key,
      cookie: key,
      cookie2: key,
      query: key,
    })
    expect([headers.get('authorization'), headers.get('x-key'), headers.get('cookie'), path]).toEqual([
      'Bearer t',
      'k',
      'sid=k; tid=k',
      '/rpc?key=k',
    ])
  })

  it('takes the first alternative for which there is everything', async () => {
    const card = needing(
      { mtls: [], bearer: [] },
      { basic: [], bearer: [] },
      { digest: [] },
      { header: [] },
      { bearer: [] },
    )
    const given = {
      bearer: { token: 't' },
      basic: { user: 'a', password: 'b' },
      digest: { token: 't' },
      header: { key: 'k' },
    }
    const { headers } = await sent(card, given)
    expect([headers.get('authorization'), headers.get('x-key')]).toEqual([null, 'k'])
  })

  it('takes whatever there is where the card has schemes and asks for none', async () => {
    const { securityRequirements: _none, ...card } = needing()
    expect((await sent(card, { header: { key: 'k' } })).headers.get('x-key')).toBe('k')
    // An agent that lets everybody in is told nothing.
    expect((await sent(needing({}), { header: { key: 'k' } })).headers.get('x-key')).toBeNull()
  })

  it.each<[string, OriginCredentials]>([
    ['of another kind', { bearer: { key: 'k' } }],
    ['for another scheme', { header: { key: 'k' } }],
    ['of nobody', {}],
    ['that a source does not have', { bearer: () => undefined }],
  ])('sends no credential %s', async (_what, given) => {
    const { headers } = await sent(needing({ bearer: [] }), given)
    expect([headers.get('authorization'), headers.get('x-key')]).toEqual([null, null])
  })

  it.each(['https://agent.test:8443', 'http://agent.test', 'https://evil.agent.test', 'https://agent.test.evil'])(
    'sends nothing to an origin that is not named (credentials of %s)',
    async (named) => {
      const { headers } = await sent(needing({ bearer: [] }), { bearer: { token: 't' } }, named)
      expect(headers.get('authorization')).toBeNull()
    },
  )

  it('sends nothing where the card names an interface elsewhere', async () => {
    const elsewhere = { url: 'https://evil.test/rpc', protocolBinding: 'JSONRPC', protocolVersion: '1.0' }
    const card = { ...needing({ bearer: [] }), supportedInterfaces: [elsewhere] }
    expect((await sent(card, { bearer: { token: 't' } })).headers.get('authorization')).toBeNull()
  })

  it('asks a source with all that is known', async () => {
    const asked: CredentialRequest[] = []
    const source: CredentialSource = (request) => (asked.push(request), { token: 't' })
    await sent(needing({ oauth: ['a', 'b'] }), source)
    expect(asked).toMatchObject([
      { audience: origin, name: 'oauth', scheme: schemes.oauth, scopes: ['a', 'b'], rejected: undefined },
    ])
  })

  it.each(['Host', 'content-length', 'A2A-Version', 'Transfer-Encoding', 'X Key', 'X\r\nY', ''])(
    'puts no key where the card says %j',
    async (name) => {
      const card = {
        ...needing({ header: [] }),
        securitySchemes: { header: { apiKeySecurityScheme: { location: 'header' as const, name } } },
      }
      const { authorize } = createCredentials({ [origin]: { header: { key: 'k' } } })
      expect(await authorize({ card, url: `${origin}/rpc` })).toBeUndefined()
    },
  )

  it.each<[Name, Credential]>([
    ['bearer', { token: 'a\r\nX-Admin: 1' }],
    ['header', { key: 'a\nb' }],
  ])('refuses a credential for %s with a line end, and does not repeat it', async (name, credential) => {
    const { authorize } = createCredentials({ [origin]: { [name]: credential } })
    const refused = authorize({ card: needing({ [name]: [] }), url: `${origin}/rpc` })
    await expect(refused).rejects.toMatchObject({
      code: 'PF_REQUEST_INVALID',
      message: expect.not.stringContaining('Admin') as string,
    })
  })

  it('puts no cookie that is two', async () => {
    const { authorize } = createCredentials({ [origin]: { cookie: { key: 'a; admin=1' } } })
    expect(await authorize({ card: needing({ cookie: [] }), url: `${origin}/rpc` })).toBeUndefined()
  })

  it.each(['agent.test', 'https://agent.test/rpc', 'file:///x', 'https://a:b@agent.test/', ''])(
    'refuses the origin %j',
    (text) => {
      expect(() => createCredentials({ [text]: {} })).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }))
    },
  )
})

describe('a credential that is refused', () => {
  const unauthorized = () => new Response('no', { status: 401 })
  const agent = (good: string) =>
    createPeer(
      (asked) =>
        asked.headers.get('authorization') === `Bearer ${good}` ? rpc(asked, { task: wireTask() }) : unauthorized(),
      () => Response.json(needing({ bearer: [] }, { header: [] })),
    )

  it('is replaced once, and the message sent again: nothing was done with it', async () => {
    const peer = agent('new')
    const rejected: unknown[] = []
    const source: CredentialSource = (request) => (
      rejected.push(request.rejected),
      { token: request.rejected ? 'new' : 'old' }
    )
    const client = createA2AClient({
      url: origin,
      fetch: peer.fetch,
      credentials: createCredentials({ [origin]: { bearer: source } }),
    })
    expect(await client.sendMessage({ message: userMessage('hi') })).toMatchObject({ task: { id: 't-1' } })
    expect(peer.asked.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer old', 'Bearer new'])
    expect(rejected).toEqual([undefined, { token: 'old' }])
    expect(peer.asked[0]?.text).toBe(peer.asked[1]?.text)
  })

  it.each<[string, OriginCredentials, number]>([
    ['that is all there is', { bearer: { token: 'old' } }, 1],
    ['that a source gives again', { bearer: () => ({ token: 'old' }) }, 1],
    ['without another', { bearer: ({ rejected }) => (rejected ? undefined : { token: 'old' }) }, 1],
    ['by another that is no good either', { bearer: ({ rejected }) => ({ token: rejected ? 'new' : 'old' }) }, 2],
  ])('is told to the caller where it is one %s', async (_what, credentials, times) => {
    const peer = agent('good')
    const client = createA2AClient({
      url: origin,
      fetch: peer.fetch,
      credentials: createCredentials({ [origin]: credentials }),
    })
    await expect(client.sendMessage({ message: userMessage('hi') })).rejects.toMatchObject({
      code: 'PF_UNAUTHENTICATED',
    })
    expect(peer.asked).toHaveLength(times)
  })

  it('may give way to the next alternative of the card', async () => {
    const peer = createPeer(
      (asked) => (asked.headers.get('x-key') === 'k' ? rpc(asked, wireTask()) : unauthorized()),
      () => Response.json(needing({ bearer: [] }, { header: [] })),
    )
    const credentials = createCredentials({ [origin]: { bearer: { token: 'old' }, header: { key: 'k' } } })
    await createA2AClient({ url: origin, fetch: peer.fetch, credentials }).getTask({ id: 't-1' })
    expect(peer.asked.map(({ headers }) => [headers.get('authorization'), headers.get('x-key')])).toEqual([
      ['Bearer old', null],
      [null, 'k'],
    ])
  })

  it('is not replaced for a 403, and not sent along a redirect', async () => {
    for (const answer of [
      () => new Response('no', { status: 403 }),
      () => new Response(null, { status: 307, headers: { location: 'https://evil.test/' } }),
    ]) {
      const peer = createPeer(answer, () => Response.json(needing({ bearer: [] })))
      const inits: RequestInit[] = []
      const client = createA2AClient({
        url: origin,
        fetch: (url, init = {}) => (inits.push(init), expect(new URL(url).origin).toBe(origin), peer.fetch(url, init)),
        credentials: createCredentials({ [origin]: { bearer: ({ rejected }) => ({ token: rejected ? 'new' : 't' }) } }),
      })
      await expect(client.getTask({ id: 't-1' })).rejects.toBeInstanceOf(Error)
      expect(peer.asked).toHaveLength(1)
      expect(inits.every(({ redirect }) => redirect === 'manual')).toBe(true)
    }
  })

  it('goes along with no request for the card, the second one neither', async () => {
    const clock = createFakeClock()
    const peer = createPeer(
      (asked) => rpc(asked, wireTask()),
      () => Response.json(needing({ bearer: [] })),
    )
    const credentials = createCredentials({ [origin]: { bearer: { token: 't' } } })
    const client = createA2AClient({ url: origin, fetch: peer.fetch, credentials, clock })
    await client.getTask({ id: 't-1' })
    await clock.advance(86_400_000)
    await client.getTask({ id: 't-1' })
    expect(peer.asked.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer t', 'Bearer t'])
    expect(peer.cards.map(({ headers }) => headers.get('authorization'))).toEqual([null, null])
  })

  it('is replaced for a stream too', async () => {
    const peer = createPeer(
      (asked) =>
        asked.headers.get('authorization') === 'Bearer new'
          ? new Response(
              `data: ${JSON.stringify({ jsonrpc: '2.0', id: asked.id, result: { task: wireTask() } })}\n\n`,
              { headers: { 'content-type': 'text/event-stream' } },
            )
          : unauthorized(),
      () => Response.json({ ...needing({ bearer: [] }), capabilities: { streaming: true } }),
    )
    const bearer: CredentialSource = ({ rejected }) => ({ token: rejected ? 'new' : 'old' })
    const client = createA2AClient({
      url: origin,
      fetch: peer.fetch,
      credentials: createCredentials({ [origin]: { bearer } }),
    })
    const events: unknown[] = []
    for await (const event of client.sendStreamingMessage({ message: userMessage('hi') })) events.push(event)
    expect(events).toMatchObject([{ task: { id: 't-1' } }])
    expect(peer.asked).toHaveLength(2)
  })
})

it('createAuthService has credentials by audience', async () => {
  const service = createAuthService({
    a: () => ({ token: 't' }),
    b: () => ({ key: 'k' }),
    c: () => ({ connection: true }),
    d: () => undefined,
  })
  const found = await Promise.all(
    ['a', 'b', 'c', 'd', 'e', '__proto__'].map((audience) => service.credential(audience, { id: 'p' })),
  )
  expect(found).toEqual([
    { scheme: 'Bearer', value: 't' },
    { scheme: 'ApiKey', value: 'k' },
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})
