import { A2AError } from '@pf-agents/a2a-protocol'
import { PfError } from '@pf-agents/agent-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { type Asked, broken, createPeer, peerCard, refused, rpc, wireTask } from '../../test/peer'
import { type A2AClient, createA2AClient } from '../client'
import type { A2AClientOptions, ClientBinding } from '../options'
import { userMessage } from '../user-message'
import { isAsleep, mayRepeat } from './retry-rules'

const reads: [string, (client: A2AClient) => Promise<unknown>][] = [
  ['GetTask', (client) => client.getTask({ id: 't-1' })],
  ['ListTasks', (client) => client.listTasks()],
  ['CancelTask', (client) => client.cancelTask({ id: 't-1' })],
]
const sending: [string, (client: A2AClient) => Promise<unknown>] = [
  'SendMessage',
  (client) => client.sendMessage({ message: userMessage('x') }),
]

const answer = () => userMessage('yes', { taskId: 't-1', contextId: 'c-1' })
const answering: (typeof reads)[number][] = [
  ['SendMessage', (client) => client.sendMessage({ message: answer() })],
  ['SendStreamingMessage', (client) => client.sendStreamingMessage({ message: answer() }).result()],
]

const resultOf = (path: string) =>
  path.includes('message:s') ? { task: wireTask() } : /tasks(\?|$)/.test(path) ? { tasks: [] } : wireTask()
const paths = {
  SendMessage: '/message:send',
  SendStreamingMessage: '/message:stream',
  ListTasks: '/tasks',
  GetTask: '/tasks/t-1',
  CancelTask: '/tasks/t-1:cancel',
} as Record<string, string>
const succeed = (asked: Asked) =>
  asked.rpc ? rpc(asked, resultOf(paths[asked.rpc] as string)) : Response.json(resultOf(asked.path))

type Failure = Error | { status: number; retryAfter?: string; body?: string }
const respondWith = (failure: Failure): Response => {
  if (failure instanceof Error) throw failure
  return new Response(failure.body ?? '<html>', {
    status: failure.status,
    ...(failure.retryAfter && { headers: { 'retry-after': failure.retryAfter } }),
  })
}

/** A client of a peer that fails some times and then gives what was asked for. */
function failing(failures: Failure[], options: A2AClientOptions = {}) {
  const clock = createFakeClock()
  const peer = createPeer(
    (asked, count) => {
      const failure = failures[count - 1]
      return failure ? respondWith(failure) : succeed(asked)
    },
    () => Response.json({ ...peerCard, capabilities: { streaming: true } }),
  )
  const random = { id: () => 'id', fraction: () => 0.5 }
  return {
    clock,
    peer,
    client: createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, clock, random, ...options }),
  }
}

const nobodyListens: Failure[] = [
  refused(),
  { status: 429 },
  { status: 429, retryAfter: '2' },
  { status: 503, retryAfter: '2' },
]
const nobodyKnows: Failure[] = [broken(), { status: 502 }, { status: 503 }, { status: 504 }]
const never: Failure[] = [
  { status: 500 },
  { status: 400 },
  { status: 401 },
  { status: 404 },
  { status: 413 },
  { status: 501 },
  new RangeError('bug'),
]
const nameOf = (failure: Failure) =>
  failure instanceof Error ? `${failure.message} ${(failure.cause as Error)?.message ?? ''}` : JSON.stringify(failure)

describe.each<ClientBinding>(['JSONRPC', 'HTTP+JSON'])('over %s', (binding) => {
  const prefer = { bindings: [binding] }

  describe.each([...reads, sending])('%s', (_, call) => {
    it.each(nobodyListens.map((failure) => [nameOf(failure), failure] as const))(
      'is sent again after %s',
      async (_name, failure) => {
        const { clock, peer, client } = failing([failure, failure], { prefer })
        await expect(clock.until(call(client))).resolves.toBeDefined()
        expect(peer.asked).toHaveLength(3)
      },
    )

    it.each(never.map((failure) => [nameOf(failure), failure] as const))(
      'is not sent again after %s',
      async (_name, failure) => {
        const { clock, peer, client } = failing([failure], { prefer })
        await expect(clock.until(call(client))).rejects.toBeInstanceOf(PfError)
        expect(peer.asked).toHaveLength(1)
      },
    )
  })

  describe.each(reads)('%s', (_, call) => {
    it.each(nobodyKnows.map((failure) => [nameOf(failure), failure] as const))(
      'is sent again after %s',
      async (_name, failure) => {
        const { clock, peer, client } = failing([failure], { prefer })
        await expect(clock.until(call(client))).resolves.toBeDefined()
        expect(peer.asked).toHaveLength(2)
      },
    )
  })

  it.each(nobodyKnows.map((failure) => [nameOf(failure), failure] as const))(
    'SendMessage is never sent again after %s',
    async (_name, failure) => {
      const { clock, peer, client } = failing([failure, failure], { prefer })
      await expect(clock.until(sending[1](client))).rejects.toBeInstanceOf(PfError)
      expect(peer.asked).toHaveLength(1)
    },
  )

  describe.each(answering)('%s to a task', (_, call) => {
    it.each(nobodyListens.slice(1).map((failure) => [nameOf(failure), failure] as const))(
      'is not sent again after %s: another question may be open by then',
      async (_name, failure) => {
        const { clock, peer, client } = failing([failure], { prefer })
        const { status, retryAfter } = failure as { status: number; retryAfter?: string }
        await expect(clock.until(call(client))).rejects.toMatchObject({
          remote: { httpStatus: status },
          ...(retryAfter && { retryAfterMs: 2000 }),
        })
        expect(peer.asked).toHaveLength(1)
      },
    )

    it('is sent again where nobody listened', async () => {
      const { clock, peer, client } = failing([refused()], { prefer })
      await expect(clock.until(call(client))).resolves.toMatchObject({ task: { id: 't-1' } })
      expect(peer.asked).toHaveLength(2)
    })
  })

  it('a protocol error is no reason to try again', async () => {
    const body = JSON.stringify(
      binding === 'JSONRPC'
        ? { jsonrpc: '2.0', id: 1, error: { code: -32603, message: 'x' } }
        : { error: { code: 500, status: 'INTERNAL', message: 'x' } },
    )
    const { clock, peer, client } = failing([{ status: binding === 'JSONRPC' ? 200 : 500, body }], { prefer })
    await expect(clock.until(client.getTask({ id: 't-1' }))).rejects.toBeInstanceOf(A2AError)
    expect(peer.asked).toHaveLength(1)
  })
})

describe('retries', () => {
  it('can be turned off, and set', async () => {
    for (const [retry, attempts] of [
      [false, 1],
      [{ attempts: 5 }, 5],
      [undefined, 3],
    ] as const) {
      const { clock, peer, client } = failing(
        Array.from({ length: 9 }, () => refused()),
        { retry },
      )
      await expect(clock.until(client.getTask({ id: 't-1' }))).rejects.toMatchObject({
        code: 'PF_HTTP_FAILED',
        retryable: true,
        details: { failure: 'refused', origin: 'https://agent.test' },
        cause: { cause: { code: 'ECONNREFUSED' } },
      })
      expect(peer.asked).toHaveLength(attempts)
    }
  })

  it('wait as long as Retry-After says, as seconds or as a date, or give up at once where that is too long', async () => {
    for (const after of [() => '7', (now: number) => new Date(now + 7000).toUTCString()]) {
      const clock = createFakeClock()
      const retryAfter = after(clock.now())
      const times: number[] = []
      const peer = createPeer((asked, count) => {
        times.push(clock.now())
        return count === 1 ? respondWith({ status: 503, retryAfter }) : succeed(asked)
      })
      const client = createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, clock })
      await clock.until(client.sendMessage({ message: userMessage('x') }))
      const wait = (times[1] as number) - (times[0] as number)
      expect(wait).toBeGreaterThanOrEqual(7000)
      expect(wait).toBeLessThanOrEqual(7200)
    }
    const { clock, peer, client } = failing([{ status: 503, retryAfter: '3600' }])
    const started = clock.now()
    await expect(clock.until(client.getTask({ id: 't-1' }))).rejects.toMatchObject({
      code: 'PF_OVERLOADED',
      retryAfterMs: 3_600_000,
    })
    expect([peer.asked.length, clock.now() - started]).toEqual([1, 0])
  })

  it('end with the timeout of the call, and with its signal', async () => {
    const failures = Array.from({ length: 99 }, () => refused())
    const { clock, client } = failing(failures, {
      retry: { attempts: 99, baseMs: 1000, totalMs: 1e9 },
      timeoutMs: 4000,
    })
    const started = clock.now()
    await expect(clock.until(client.getTask({ id: 't-1' }))).rejects.toMatchObject({ code: 'PF_HTTP_TIMEOUT' })
    expect(clock.now() - started).toBe(4000)
    const controller = new AbortController()
    const call = client.getTask({ id: 't-1' }, { signal: controller.signal })
    setTimeout(() => controller.abort('stop'), 20)
    await expect(call).rejects.toBe('stop')
    expect(clock.pending).toBe(0)
  })

  it('ask for credentials anew', async () => {
    let token = 0
    const { clock, peer, client } = failing([refused(), refused()], {
      headers: () => ({ authorization: `Bearer ${++token}` }),
    })
    await clock.until(client.getTask({ id: 't-1' }))
    expect(peer.asked.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer 2', 'Bearer 3', 'Bearer 4'])
  })

  it('have a message run once, whatever the peer does', async () => {
    // What the peer may do with a request: begin work and then fail in some way, or not begin and say so.
    const after = fc.constantFrom<Failure>(
      broken(),
      { status: 500 },
      { status: 502 },
      { status: 503 },
      { status: 504 },
      { status: 200, body: '<' },
    )
    const before = fc.constantFrom<Failure>(
      refused(),
      { status: 429 },
      { status: 429, retryAfter: '1' },
      { status: 503, retryAfter: '1' },
    )
    const step = fc.oneof(
      after.map((failure) => ({ failure, ran: true })),
      before.map((failure) => ({ failure, ran: false })),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        fc.nat(),
        async (steps, attempts, wake, seed) => {
          let ran = 0
          const clock = createFakeClock()
          const peer = createPeer((asked, count) => {
            const { failure, ran: began } = steps[count - 1] ?? { failure: undefined, ran: true }
            if (began) ran++
            return failure ? respondWith(failure) : succeed(asked)
          })
          const client = createA2AClient({
            url: 'https://agent.test',
            fetch: peer.fetch,
            clock,
            random: { id: () => 'id', fraction: () => ((seed * 7919) % 1000) / 1000 },
            retry: { attempts },
            wakeBudgetMs: wake ? 60_000 : 0,
          })
          await clock.until(
            client
              .sendMessage({ message: userMessage('x') })
              .catch((error: unknown) => expect(error).toBeInstanceOf(PfError)),
          )
          expect(ran).toBeLessThanOrEqual(1)
          expect(peer.asked.length).toBeLessThanOrEqual(attempts)
          expect(clock.pending).toBe(0)
        },
      ),
      { numRuns: 150, seed: 11 },
    )
  })
})

describe('the rules', () => {
  it('do not mistake other errors for failures of the network', () => {
    for (const error of [
      new Error('x'),
      'text',
      undefined,
      new PfError('PF_OUTBOUND_DENIED', 'denied'),
      new PfError('PF_HTTP_TIMEOUT', 'late'),
      new PfError('PF_REMOTE_RESPONSE', 'unclear'),
    ]) {
      expect(mayRepeat(error, true)).toBe(false)
      expect(isAsleep(error)).toBe(false)
    }
  })
})
