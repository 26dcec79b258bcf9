import { describe, expect, it } from 'vitest'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { type Asked, createPeer, peerCard, refused, rpc, wireTask } from '../../test/peer'
import { createA2AClient } from '../client'
import type { A2AClientOptions } from '../options'
import { userMessage } from '../user-message'

type Gateway = (asked: Asked) => Response

const gateways: [string, Gateway][] = [
  [
    'refuses connections',
    () => {
      throw refused()
    },
  ],
  ['answers 502', () => new Response('bad gateway', { status: 502 })],
  ['answers 503', () => new Response('no upstream', { status: 503 })],
  ['answers 503 with Retry-After', () => new Response('', { status: 503, headers: { 'retry-after': '1' } })],
]

/** An agent that wakes `wakesAfter` ms after it is first asked for anything, and the gateway in front of it. */
function sleeper(gateway: Gateway, wakesAfter: number, options: A2AClientOptions = {}) {
  const clock = createFakeClock()
  const state = { asleep: true, wakes: Number.POSITIVE_INFINITY, messages: 0 }
  const through = (answer: (asked: Asked) => Response) => (asked: Asked) => {
    if (state.asleep && clock.now() >= state.wakes) state.asleep = false
    if (state.asleep) {
      state.wakes = Math.min(state.wakes, clock.now() + wakesAfter)
      if (asked.rpc === 'SendMessage') state.messages++
      return gateway(asked)
    }
    if (asked.rpc === 'SendMessage') state.messages++
    return answer(asked)
  }
  const peer = createPeer(
    through((asked) => rpc(asked, asked.rpc === 'SendMessage' ? { task: wireTask() } : wireTask())),
    through(() => Response.json(peerCard, { headers: { 'cache-control': 'max-age=3600' } })),
  )
  const client = createA2AClient({
    url: 'https://agent.test',
    fetch: peer.fetch,
    clock,
    wakeBudgetMs: 20_000,
    ...options,
  })
  const sleepAgain = () => {
    state.asleep = true
    state.wakes = Number.POSITIVE_INFINITY
    state.messages = 0
  }
  return { clock, state, peer, client, sleepAgain }
}

describe.each(gateways)('an agent scaled to zero whose gateway %s', (_, gateway) => {
  it('is waited for on first contact', async () => {
    const { clock, client } = sleeper(gateway, 8000)
    const started = clock.now()
    await expect(clock.until(client.getTask({ id: 't-1' }))).resolves.toMatchObject({ id: 't-1' })
    // It asks every two seconds at most, so that its caller does not wait much longer than the agent needs.
    expect(clock.now() - started).toBeGreaterThanOrEqual(8000)
    expect(clock.now() - started).toBeLessThanOrEqual(11_000)
  })

  it('is waited for by a read when it went to sleep in between', async () => {
    const { clock, client, sleepAgain } = sleeper(gateway, 8000)
    await clock.until(client.card())
    await clock.advance(60_000)
    sleepAgain()
    await expect(clock.until(client.getTask({ id: 't-1' }))).resolves.toMatchObject({ id: 't-1' })
  })

  it('is woken by a read before it is sent a message, and the message is sent once', async () => {
    const { clock, client, state, peer, sleepAgain } = sleeper(gateway, 8000)
    await clock.until(client.card())
    await clock.advance(60_000)
    sleepAgain()
    peer.cards.length = 0
    await expect(clock.until(client.sendMessage({ message: userMessage('x') }))).resolves.toMatchObject({
      task: { id: 't-1' },
    })
    expect(state.messages).toBe(1)
    expect(peer.asked).toHaveLength(1)
    expect(peer.cards.length).toBeGreaterThan(2)
    // Awake now: the next message goes without.
    await clock.until(client.sendMessage({ message: userMessage('y') }))
    expect(state.messages).toBe(2)
  })

  it('is given up on when the budget is used up, with the last failure', async () => {
    const { clock, client, state, sleepAgain } = sleeper(gateway, 60_000)
    const started = clock.now()
    await expect(clock.until(client.card())).rejects.toMatchObject({
      code: expect.stringMatching(/PF_HTTP_FAILED|PF_REMOTE_ERROR|PF_OVERLOADED/),
    })
    expect(clock.now() - started).toBeLessThanOrEqual(20_000)
    expect(clock.now() - started).toBeGreaterThan(15_000)
    await clock.advance(60_000)
    await clock.until(client.card())
    await clock.advance(60_000)
    sleepAgain()
    await expect(clock.until(client.sendMessage({ message: userMessage('x') }))).rejects.toMatchObject({
      code: expect.stringMatching(/^PF_/),
    })
    expect(state.messages).toBe(0)
    expect(clock.pending).toBe(0)
  })

  it('is not waited for unless that is asked for', async () => {
    const { clock, client } = sleeper(gateway, 8000, { wakeBudgetMs: 0 })
    const started = clock.now()
    await expect(clock.until(client.card())).rejects.toMatchObject({ code: expect.stringMatching(/^PF_/) })
    expect(clock.now() - started).toBeLessThan(5000)
  })
})

describe('waking', () => {
  it('takes any answer for awake, and asks at the interface where no card was asked for', async () => {
    const clock = createFakeClock()
    let asleep = 3
    const peer = createPeer(
      (asked) => rpc(asked, { task: wireTask() }),
      () => new Response('', { status: asleep-- > 0 ? 503 : 404 }),
    )
    const client = createA2AClient({ card: peerCard, fetch: peer.fetch, clock, wakeBudgetMs: 20_000 })
    await clock.until(client.sendMessage({ message: userMessage('x') }))
    expect(peer.cards).toHaveLength(4)
    expect(peer.asked).toHaveLength(1)
  })

  it('does not hide other failures', async () => {
    const clock = createFakeClock()
    const peer = createPeer(() => new Response('no', { status: 500 }))
    const client = createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, clock, wakeBudgetMs: 20_000 })
    await expect(clock.until(client.getTask({ id: 't-1' }))).rejects.toMatchObject({ code: 'PF_REMOTE_ERROR' })
    expect(peer.asked).toHaveLength(1)
  })
})
