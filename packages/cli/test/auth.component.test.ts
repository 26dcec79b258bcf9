// Credentials checked inside a real component: by a secret of the host, by keys in the code, by keys that it loads.
import type { ServerResponse } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createWasmHost, type WasmHost } from '@pf-agents/wasm-host'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signToken, startIssuer, type TestIssuer, testKey, type TestKey } from '../../auth/test/issuer'
import { type BuiltComponent, buildComponent } from '../src/index'

const hmacSecret = 'a secret of thirty-two bytes, at least'
let folder: string
let issuer: TestIssuer
let keys: Record<'es' | 'rs' | 'remote', TestKey>
let built: BuiltComponent
let host: WasmHost

/** The agent, with the issuer of this run in it. */
const source = (url: string, jwks: object) => `
import { defineAgent, reply, secret } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { apiKey } from '@pf-agents/auth'
import { jwtBearer } from '@pf-agents/auth/jwt'
import { a2aServer } from '@pf-agents/a2a-server'
import { spinStorage } from '@pf-agents/spin-storage'

const agent = defineAgent({
  name: 'guarded', description: 'Guarded', version: '1.0.0',
  onMessage: (_message, { principal }) => reply.data({ ...principal }),
})
const about = { audience: 'guarded', allowHttp: true, clockToleranceSec: 5 }
export default createApp(agent, [a2aServer(), spinStorage()], {
  auth: [
    apiKey({ accept: { ci: secret('CI_KEY') } }),
    jwtBearer({ ...about, name: 'shared', issuer: 'urn:shared', keys: { secret: secret('HMAC') } }),
    jwtBearer({ ...about, name: 'known', issuer: 'urn:known', keys: { jwks: ${JSON.stringify(jwks)} } }),
    jwtBearer({ ...about, name: 'published', issuer: '${url}', keys: { url: '${url}/keys' } }),
    jwtBearer({
      ...about, name: 'renewed', issuer: 'urn:renewed', keys: { url: '${url}/renewed' }, maxAgeMs: 500, timeoutMs: 25_000,
    }),
  ],
})
`

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pf-auth-'))
  issuer = await startIssuer()
  const [es, rs, remote] = await Promise.all([testKey('es'), testKey('rs', 'RS256'), testKey('remote')])
  keys = { es, rs, remote }
  issuer.keys = [remote.publicJwk]
  const entry = join(folder, 'agent.ts')
  writeFileSync(entry, source(issuer.url, { keys: [es.publicJwk, rs.publicJwk] }))
  const cacheDir = join(process.cwd(), 'node_modules/.cache/pf-agents')
  built = await buildComponent({ entry, output: join(folder, 'agent.wasm'), cacheDir, noCache: true, manifest: false })
  host = await createWasmHost({
    component: built.file,
    cacheDir: join(folder, 'components'),
    dataDir: join(folder, 'data'),
    stores: built.definition.needs.keyValue,
    secrets: { CI_KEY: 'ci-key', HMAC: hmacSecret },
    outbound: built.definition.needs.outbound,
    onLog: () => {},
  })
}, 180_000)
afterAll(async () => {
  await host?.close()
  await issuer?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const exp = () => Math.floor(Date.now() / 1000) + 60
const claims = (iss: string, more: object = {}) => ({ iss, aud: 'guarded', sub: 'alice', exp: exp(), ...more })

async function ask(headers: Record<string, string>): Promise<{ status: number; challenge: string; id: unknown }> {
  const response = await fetch(host.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'a2a-version': '1.0', ...headers },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'SendMessage',
      params: { message: { messageId: 'm', role: 'ROLE_USER', parts: [{ text: 'hi' }] } },
    }),
  })
  const body = (await response.json()) as { result?: { message: { parts: { data: { id: string } }[] } } }
  const challenge = response.headers.get('www-authenticate') ?? ''
  return { status: response.status, challenge, id: body.result?.message.parts[0]?.data.id }
}
const byToken = (token: string) => ask({ authorization: `Bearer ${token}` })

async function hmacToken(secretText: string): Promise<string> {
  const key = await crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(secretText),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  return signToken({ kid: 'h', alg: 'HS256', privateKey: key } as TestKey, claims('urn:shared'))
}

describe('in a component', { timeout: 60_000 }, () => {
  it('an API key is compared with the secret of the host', async () => {
    expect(await ask({ 'x-api-key': 'ci-key' })).toMatchObject({ status: 200, id: 'ci' })
    expect(await ask({ 'x-api-key': 'ci-kez' })).toMatchObject({ status: 401 })
    expect(await ask({})).toMatchObject({ status: 401, challenge: expect.stringContaining('Bearer') as string })
  })

  it('HS256 is verified with the secret of the host', async () => {
    expect(await byToken(await hmacToken(hmacSecret))).toMatchObject({ status: 200, id: 'urn:shared#alice' })
    expect(await byToken(await hmacToken(`${hmacSecret}!`))).toMatchObject({ status: 401 })
  })

  it.each(['es', 'rs'] as const)('%s256 is verified with a key in the code', async (name) => {
    expect(await byToken(await signToken(keys[name], claims('urn:known')))).toMatchObject({
      status: 200,
      id: 'urn:known#alice',
    })
    const stranger = await testKey(name, keys[name].alg)
    for (const bad of [
      await signToken(stranger, claims('urn:known')),
      await signToken(keys[name], claims('urn:known', { exp: 1 })),
      await signToken(keys[name], claims('urn:known', { aud: 'other' })),
    ]) {
      expect(await byToken(bad)).toMatchObject({ status: 401 })
    }
  })

  it('published keys are loaded once, and kept from one request to the next', async () => {
    for (let count = 0; count < 3; count++) {
      const token = await signToken(keys.remote, claims(issuer.url))
      expect(await byToken(token)).toMatchObject({ status: 200, id: `${issuer.url}#alice` })
    }
    const unknown = await testKey('unknown')
    for (let count = 0; count < 3; count++) {
      expect(await byToken(await signToken(unknown, claims(issuer.url)))).toMatchObject({ status: 401 })
    }
    expect(issuer.loads).toBe(1)
  })

  it('an issuer that does not answer holds no request up, and is heard when it does', async () => {
    const silent: ServerResponse[] = []
    const publish = (response: ServerResponse, key: TestKey) => response.end(JSON.stringify({ keys: [key.publicJwk] }))
    const loads = () => issuer.asked.filter((path) => path === '/renewed').length
    const next = await testKey('next')
    const token = (key: TestKey) => signToken(key, claims('urn:renewed'))
    try {
      issuer.answer = (_request, response) => publish(response, keys.remote)
      expect(await byToken(await token(keys.remote))).toMatchObject({ status: 200, id: 'urn:renewed#alice' })
      issuer.answer = (_request, response) => void silent.push(response)
      await new Promise((resolve) => setTimeout(resolve, 600))
      // Answered while the issuer is silent. Of these requests one asks it, and the others learn of that by the store.
      for (let count = 0; count < 3; count++)
        expect(await byToken(await token(keys.remote))).toMatchObject({ status: 200 })
      expect([loads(), silent.length]).toEqual([2, 1])
      // The request that asked is long answered; what it asked for goes on behind it.
      publish(silent[0] as ServerResponse, next)
      const renewed = await token(next)
      await expect.poll(async () => (await byToken(renewed)).status, { timeout: 20_000, interval: 100 }).toBe(200)
    } finally {
      issuer.answer = undefined
      for (const response of silent) response.destroy()
    }
  })

  it('says what it needs, and holds no secret', () => {
    expect(built.definition.needs.outbound).toEqual([issuer.url])
    expect([...built.definition.needs.secrets].sort()).toEqual(['CI_KEY', 'HMAC'])
  })
})
