import type { CardVerifier } from '@pf-agents/a2a-protocol'
import { type JsonValue, PfError } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { type Asked, createPeer, peerCard, rpc, wireTask } from '../../test/peer'
import { connect, createA2AClient } from '../client'
import { createCardCache } from '../discovery/card-cache'

const signatures = [{ protected: 'e30', signature: 'AA' }]
const signed = { ...peerCard, signatures, future: { a: 1 } }
const refusal = new PfError('PF_REMOTE_CARD', 'The agent card can not be trusted.')

/** Takes cards that say they are signed, and notes what it was shown. */
function verifier(good = true): { verifyCard: CardVerifier; seen: [JsonValue, string | undefined][] } {
  const seen: [JsonValue, string | undefined][] = []
  return {
    seen,
    async verifyCard(card, { url }) {
      seen.push([card, url])
      if (!good || typeof card !== 'object' || card === null || !('signatures' in card)) throw refusal
      return { kid: 'k', alg: 'ES256', form: 'spec', card }
    },
  }
}

const answer = (asked: Asked) => rpc(asked, asked.rpc === 'GetExtendedAgentCard' ? signed : wireTask())
const peerOf = (card: object, given: (asked: Asked) => Response = answer) =>
  createPeer(given, () => Response.json(card))

describe('verifyCard', () => {
  it('is shown the card as it came, with what nobody knows, and where it came from', async () => {
    const { verifyCard, seen } = verifier()
    const client = await connect('https://agent.test', { fetch: peerOf(signed).fetch, verifyCard })
    expect(seen).toEqual([[signed, 'https://agent.test/.well-known/agent-card.json']])
    await client.getTask({ id: 't-1' })
    expect(seen).toHaveLength(1)
  })

  it('keeps the client from an agent whose card it does not trust', async () => {
    const peer = peerOf(peerCard)
    const { verifyCard } = verifier()
    await expect(connect('https://agent.test', { fetch: peer.fetch, verifyCard })).rejects.toBe(refusal)
    await expect(
      createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, verifyCard }).getTask({ id: 't-1' }),
    ).rejects.toBe(refusal)
    expect(peer.asked).toEqual([])
  })

  it('is asked about cards that another client left in a shared cache, and leaves none there that it does not trust', async () => {
    const cards = createCardCache()
    const peer = peerOf(signed)
    const bad = verifier(false)
    await expect(connect('https://agent.test', { fetch: peer.fetch, cards, verifyCard: bad.verifyCard })).rejects.toBe(
      refusal,
    )
    expect(await cards.get('https://agent.test/.well-known/agent-card.json')).toBeUndefined()
    const trusting = createPeer(answer, () => Response.json(peerCard, { headers: { 'cache-control': 'max-age=60' } }))
    await connect('https://agent.test', { fetch: trusting.fetch, cards })
    const { verifyCard, seen } = verifier()
    await expect(connect('https://agent.test', { fetch: trusting.fetch, cards, verifyCard })).rejects.toBe(refusal)
    expect([seen.length, trusting.cards.length]).toEqual([1, 1])
  })

  it('is asked about a card that is not new (304)', async () => {
    const clock = createFakeClock()
    const peer = createPeer(answer, (asked) =>
      asked.headers.get('if-none-match')
        ? new Response(null, { status: 304 })
        : Response.json(signed, { headers: { etag: '"1"' } }),
    )
    const { verifyCard, seen } = verifier()
    const client = createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, verifyCard, clock })
    await client.card()
    await clock.advance(3_600_000)
    await client.card()
    expect([peer.cards.length, seen.length]).toEqual([2, 2])
  })

  it('is asked about an extended card that is signed; one that is not comes from the address of the trusted card', async () => {
    const { verifyCard, seen } = verifier()
    const client = createA2AClient({ url: 'https://agent.test', fetch: peerOf(signed).fetch, verifyCard })
    await client.getExtendedAgentCard()
    expect(seen.map(([, url]) => url)).toEqual([
      'https://agent.test/.well-known/agent-card.json',
      'https://agent.test/rpc',
    ])
    const plain = peerOf(signed, (asked) => rpc(asked, peerCard))
    await createA2AClient({ url: 'https://agent.test', fetch: plain.fetch, verifyCard }).getExtendedAgentCard()
    expect(seen).toHaveLength(3)

    let calls = 0
    const once: CardVerifier = async (card, from) => (calls++ === 0 ? verifyCard(card, from) : Promise.reject(refusal))
    const doubtful = createA2AClient({ url: 'https://agent.test', fetch: peerOf(signed).fetch, verifyCard: once })
    await expect(doubtful.getExtendedAgentCard()).rejects.toBe(refusal)
    expect(await doubtful.card()).toMatchObject({ name: 'peer' })
  })
})
