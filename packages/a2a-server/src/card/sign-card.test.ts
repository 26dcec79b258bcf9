import { verifyAgentCardSignature } from '@a2a-js/sdk'
import { createA2AClient } from '@pf-agents/a2a-client'
import {
  type AgentCard,
  type AgentCardSignature,
  canonicalAgentCard,
  type CardSigner,
  signAgentCard,
} from '@pf-agents/a2a-protocol'
import { defineAgent, type JsonObject } from '@pf-agents/agent-core'
import { appCore, createApp } from '@pf-agents/app'
import { bearer } from '@pf-agents/auth'
import { createCardSigner, createCardVerifier } from '@pf-agents/auth/jwt'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { a2aServer } from '../a2a-server'
import { verifies } from '../conformance/verifies'
import type { A2AServerOptions } from '../options'

interface Pair {
  kid: string
  signer: CardSigner
  publicJwk: object
}

async function pair(kid: string): Promise<Pair> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const publicJwk = await crypto.subtle.exportKey('jwk', keys.publicKey)
  return { kid, signer: await createCardSigner({ key: keys.privateKey, kid }), publicJwk }
}

let old: Pair
let current: Pair
beforeAll(async () => {
  // The SDK prints every signature that is not good.
  vi.spyOn(console, 'debug').mockImplementation(() => {})
  ;[old, current] = await Promise.all([pair('2026-10'), pair('2026-11')])
})
afterAll(() => void vi.restoreAllMocks())

const agent = defineAgent({ name: 'signed', description: 'Signs', version: '1.0.0', onMessage: () => 'hi' })
const publicUrl = 'https://agent.example'
const auth = [bearer({ accept: { alice: 'alice-token' }, scopes: [] })]
const logger = { log: () => {} }
const appOf = (options: A2AServerOptions, agents: Parameters<typeof createApp>[0] = agent) =>
  createApp(agents, [a2aServer({ publicUrl, ...options })], { auth, logger })
type App = ReturnType<typeof appOf>
const cardOf = async (
  app: App,
  url = `${publicUrl}/.well-known/agent-card.json`,
  headers: Record<string, string> = {},
) => app.fetch(new Request(url, { headers }))
const trusting = (...pairs: Pair[]) =>
  createCardVerifier({
    keys: Object.fromEntries(pairs.map(({ kid, publicJwk }) => [kid, { key: publicJwk as never }])),
  })

describe('signWith', () => {
  it(`signs the card, so that our client and the official SDK trust it ${verifies('CARD-SIGN-001', 'CARD-SIGN-002', 'CARD-SIGN-003')}`, async () => {
    const app = appOf({ signWith: [current.signer] })
    const verifyCard = trusting(current)
    const client = createA2AClient({
      url: publicUrl,
      fetch: async (url, init) => app.fetch(new Request(url, init)),
      headers: () => ({ authorization: 'Bearer alice-token' }),
      verifyCard,
    })
    expect((await client.card()).signatures?.length).toBeGreaterThan(0)
    expect(
      await client.sendMessage({ message: { messageId: 'm', role: 'user', parts: [{ text: 'hi' }] } }),
    ).toBeDefined()
    const json = (await (await cardOf(app)).json()) as AgentCard
    await expect(
      verifyAgentCardSignature(async () => current.publicJwk as never)(json as never),
    ).resolves.toBeUndefined()
    const stranger = trusting(old)
    await expect(stranger(json as never, {})).rejects.toMatchObject({ code: 'PF_REMOTE_CARD' })
  })

  it('signs so that the card can not be made one which asks for less', async () => {
    const skills = [{ id: 's', name: 's', description: 's', tags: ['t'] }]
    const app = appOf({ signWith: [current.signer], card: { skills } })
    const { signatures, ...card } = (await (await cardOf(app)).json()) as JsonObject
    const stripped = JSON.parse(canonicalAgentCard(card, 'sdk')) as JsonObject
    expect([card['securityRequirements'], stripped['securityRequirements']]).toEqual([expect.any(Array), undefined])
    expect(signatures).toHaveLength(2)
    for (const one of signatures as JsonObject[]) {
      await expect(trusting(current)({ ...stripped, signatures: [one] }, {})).rejects.toMatchObject({
        code: 'PF_REMOTE_CARD',
      })
    }
  })

  it('signs with several keys, so that they can be changed', async () => {
    const json = (await (await cardOf(appOf({ signWith: [old.signer, current.signer] }))).json()) as JsonObject
    expect(await trusting(old)(json, {})).toMatchObject({ kid: '2026-10' })
    expect(await trusting(current)(json, {})).toMatchObject({ kid: '2026-11' })
  })

  it('signs once, and a cache can keep the card', async () => {
    let signed = 0
    const counted: CardSigner = { kid: current.kid, sign: (...given) => (signed++, current.signer.sign(...given)) }
    const app = appOf({ signWith: [Promise.resolve(counted)] })
    const first = await cardOf(app)
    const again = await cardOf(app, undefined, { 'if-none-match': first.headers.get('etag') ?? '' })
    expect([first.status, again.status, await again.text()]).toEqual([200, 304, ''])
    const elsewhere = await cardOf(app, 'https://evil.example/.well-known/agent-card.json')
    expect(await elsewhere.text()).toBe(await first.text())
    // One signature for each form that differs.
    expect(signed).toBe(2)
  })

  it('signs the card of each tenant', async () => {
    const app = appOf({ signWith: [current.signer] }, { tenants: { a: agent, b: agent } })
    for (const tenant of ['a', 'b']) {
      const json = (await (
        await cardOf(app, `${publicUrl}/${tenant}/.well-known/agent-card.json`)
      ).json()) as JsonObject
      expect(json).toMatchObject({
        supportedInterfaces: [{ tenant }, { tenant }, { url: `${publicUrl}/${tenant}` }, {}],
      })
      expect(await trusting(current)(json, {})).toBeDefined()
    }
  })

  it('signs extended cards too', async () => {
    const app = appOf({ signWith: [current.signer], extendedCard: ({ id }) => ({ description: `For ${id}` }) })
    const client = createA2AClient({
      url: publicUrl,
      fetch: async (url, init) => app.fetch(new Request(url, init)),
      headers: () => ({ authorization: 'Bearer alice-token' }),
      verifyCard: trusting(current),
    })
    const card = await client.getExtendedAgentCard()
    expect(card).toMatchObject({ description: 'For alice' })
    expect(card.signatures?.length).toBeGreaterThan(0)
  })

  it('says by card and health where it can not sign, and tries again', async () => {
    let broken = true
    const moody: CardSigner = {
      kid: 'k',
      sign: (...given) => (broken ? Promise.reject(new Error('the key is gone')) : current.signer.sign(...given)),
    }
    const app = appOf({ signWith: [moody] })
    expect((await cardOf(app)).status).toBe(500)
    expect((await app.fetch(new Request(`${publicUrl}/health`))).status).toBe(503)
    broken = false
    expect((await cardOf(app)).status).toBe(200)
    expect((await app.fetch(new Request(`${publicUrl}/health`))).status).toBe(200)
  })

  it.each<[string, () => unknown, string]>([
    ['without a public URL', () => createApp(agent, [a2aServer({ signWith: [current.signer] })]), 'publicUrl'],
    [
      'in a component',
      () => createApp(agent, [a2aServer({ publicUrl, signWith: [current.signer] })], { target: 'wasm' }),
      'holds no key',
    ],
  ])('is refused %s', (_what, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({ code: 'PF_CONFIG_INVALID', message: expect.stringContaining(message) }),
    )
  })
})

describe('signatures that a component was built with', () => {
  it('are shown beside the very card they were made over', async () => {
    // What a build does: ask the app for its card, sign it outside, and build it again with the signatures.
    const make = (options: A2AServerOptions = {}) =>
      createApp(agent, [a2aServer({ publicUrl, ...options })], { auth, logger, target: 'wasm' })
    const bare = (await (await cardOf(make())).json()) as AgentCard
    const { signatures = [] } = await signAgentCard(bare, [current.signer])
    const cardSignatures = { '': signatures as unknown as JsonObject[] }
    const app = make()
    app[appCore].host({ cardSignatures })
    const json = (await (await cardOf(app)).json()) as JsonObject & { signatures: AgentCardSignature[] }
    expect(json.signatures).toEqual(signatures)
    expect(await trusting(current)(json, {})).toMatchObject({ kid: '2026-11' })

    const nowhere = createApp(agent, [a2aServer()], { auth, logger, target: 'wasm' })
    nowhere[appCore].host({ cardSignatures })
    expect(await (await cardOf(nowhere)).json()).not.toHaveProperty('signatures')
  })
})
