import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createGuardedFetch } from '@pf-agents/http-kit/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testCertificate } from '../../http-kit/test/test-certificate'
import { peerCard } from '../test/peer'
import { createA2AClient } from './client'
import type { A2AClientOptions } from './options'

let server: Server
let url: string
const asked: string[] = []
beforeAll(async () => {
  const { key, cert } = testCertificate
  server = createServer({ key, cert }, (request, response) => {
    asked.push(request.url ?? '')
    response.setHeader('content-type', 'application/json').end(JSON.stringify(peerCard))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

describe('a server whose certificate nobody vouches for', () => {
  const guarded = createGuardedFetch({ allow: ['https://127.0.0.1:*'] })
  it.each<[string, A2AClientOptions]>([
    ['the fetch of Node', {}],
    ['the guarded fetch', { fetch: (address, init) => guarded(address, init) }],
  ])('is not spoken to, nor given a credential, by %s [AUTH-SERVER-001]', async (_which, options) => {
    const headers = () => ({ authorization: 'Bearer secret' })
    const client = createA2AClient({ url, headers, retry: false, ...options })
    await expect(client.card()).rejects.toMatchObject({
      code: 'PF_HTTP_FAILED',
      cause: { cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } },
    })
    expect(asked).toEqual([])
  })

  it('is spoken to by who trusts it, so that it is not for want of a server', async () => {
    const fetch = createGuardedFetch({
      allow: ['https://agent.test:*'],
      ca: testCertificate.cert,
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    })
    const client = createA2AClient({ url: url.replace('127.0.0.1', 'agent.test'), fetch })
    expect(await client.card()).toMatchObject({ name: 'peer' })
    expect(asked).toEqual(['/.well-known/agent-card.json'])
  })
})
