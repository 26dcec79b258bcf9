// An issuer that is down, and many who knock: what the log says of it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AnyFeature, defineAgent, defineFeature, type LogLevel, PfError, reply } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { apiKey, bearer } from '@pf-agents/auth'
import { jwtTokens } from '@pf-agents/auth/jwt'
import { expect, it } from 'vitest'
import { createApp } from '../create-app'
import { serve } from './serve'

const agent = defineAgent({ name: 'a', description: 'd', version: '1', onMessage: () => reply.text('x') })
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** Good as far as it can be told without the key. */
const tokenOf = (iss: string) =>
  `${part({ alg: 'RS256', kid: 'k' })}.${part({ iss, aud: 'a', sub: 's', exp: 4_000_000_000 })}.${part({})}`

/** An address where nobody listens any more. */
async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}

const feature: AnyFeature = defineFeature({
  name: 'routes',
  targets: ['node'],
  setup: () => ({
    routes: [
      { method: 'GET', path: '/x', handle: () => new Response('in') },
      {
        method: 'GET',
        path: '/throws',
        handle() {
          throw new PfError('PF_AUTH_UNAVAILABLE', 'Another one, of the handler.')
        },
      },
    ],
  }),
})

async function start() {
  const url = await deadUrl()
  const clock = createFakeClock()
  const lines: { level: LogLevel; message: string; fields: Record<string, unknown> | undefined }[] = []
  const tokens = jwtTokens({ issuer: url, audience: 'a', keys: { url: `${url}/keys` }, allowHttp: true })
  const app = createApp(agent, [feature], {
    clock,
    auth: [bearer({ tokens }), apiKey({ accept: { ci: 'the-key' } })],
    logger: { log: (level, message, fields) => lines.push({ level, message, fields }) },
  })
  const server = await serve(app, { port: 0 })
  return {
    server,
    token: tokenOf(url),
    clock,
    lines,
    ask: (headers: Record<string, string>, path = '/x') => fetch(`${server.url}${path}`, { headers }),
  }
}

it('is told to every caller, and to the log once a minute', async () => {
  const { server, token, clock, lines, ask } = await start()
  try {
    const knock = async () => {
      const response = await ask({ authorization: `Bearer ${token}` })
      expect(await response.json()).toMatchObject({ error: { code: 'PF_AUTH_UNAVAILABLE' } })
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    }
    await Promise.all(Array.from({ length: 40 }, knock))
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'A credential could not be checked.',
        fields: { scheme: 'bearer', error: expect.stringMatching(/127\.0\.0\.1:\d+\/keys did not answer/) },
      },
    ])
    // Another alternative lets the request in: no reason for another line.
    const both = await ask({ authorization: `Bearer ${token}`, 'x-api-key': 'the-key' })
    expect([both.status, lines.length]).toEqual([200, 1])
    await clock.advance(59_000)
    await knock()
    expect(lines).toHaveLength(1)
    await clock.advance(1000)
    await Promise.all([knock(), knock()])
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatchObject({ level: 'warn', fields: { scheme: 'bearer', unsaid: 41 } })
  } finally {
    await server.close()
  }
})

it('hides nothing that a route itself could not check', async () => {
  const { server, lines, ask } = await start()
  try {
    for (let count = 0; count < 2; count++) expect((await ask({ 'x-api-key': 'the-key' }, '/throws')).status).toBe(503)
    expect(lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'error: A request failed.',
      'error: A request failed.',
    ])
  } finally {
    await server.close()
  }
})

it('is not waited for by an app that is closed: who waits for it is answered, and nothing is left open', async () => {
  let asked = (): void => {}
  const isAsked = new Promise<void>((resolve) => (asked = resolve))
  let left = (): void => {}
  const isLeft = new Promise<void>((resolve) => (left = resolve))
  const issuer = createServer((_, response) => {
    response.on('close', left)
    asked()
  }).listen(0, '127.0.0.1')
  await once(issuer, 'listening')
  const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`
  // Longer than anybody waits here: closing alone may end it.
  const keys = { keys: { url: `${url}/keys` }, timeoutMs: 3_600_000, allowHttp: true }
  const app = createApp(agent, [feature], {
    auth: [bearer({ tokens: jwtTokens({ issuer: url, audience: 'a', ...keys }) })],
    logger: { log() {} },
  })
  const server = await serve(app, { port: 0, drainMs: 3_600_000 })
  const answer = fetch(`${server.url}/x`, { headers: { authorization: `Bearer ${tokenOf(url)}` } })
  await isAsked
  await server.close()
  expect((await answer).status).toBe(503)
  await isLeft
  issuer.close()
})
