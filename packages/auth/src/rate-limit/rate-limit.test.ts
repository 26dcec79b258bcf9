import { anonymous, bind, clockPort, type PfError, PortMap, type RequestInfo } from '@pf-agents/agent-core'
import { createFakeClock, type FakeClock } from '@pf-agents/agent-core/testing'
import { createSseHub, encodeSseEvent, isSseResponse, sseResponse, textSourceOf } from '@pf-agents/http-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { request } from '../../test/context'
import { Allowances } from './allowance'
import { rateLimit, type RateLimitOptions } from './rate-limit'

const json = () => Promise.resolve(Response.json({}))

function limited(options: RateLimitOptions, clock: FakeClock = createFakeClock()) {
  const { middleware } = rateLimit(options).setup({ ports: new PortMap([bind(clockPort, clock)]) } as never)
  const [limit] = middleware ?? []
  const send = async (info: Partial<RequestInfo> = {}, next: () => Promise<Response> = json): Promise<Response> =>
    limit?.(request(), { principal: { id: 'alice' }, path: '/', ...info } as RequestInfo, next) ?? expect.unreachable()
  /** Status 200, or the milliseconds to wait. */
  const outcome = (info?: Partial<RequestInfo>) =>
    send(info).then(
      (response) => response.status,
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'PF_RATE_LIMITED' })
        return (error as PfError).retryAfterMs
      },
    )
  return { clock, send, outcome }
}

describe('rate', () => {
  it('lets a burst through, then one per interval', async () => {
    const { clock, outcome } = limited({ requestsPerMinute: 60, burst: 3 })
    expect([await outcome(), await outcome(), await outcome(), await outcome()]).toEqual([200, 200, 200, 1000])
    await clock.advance(400)
    expect(await outcome()).toBe(600)
    await clock.advance(600)
    expect([await outcome(), await outcome()]).toEqual([200, 1000])
    await clock.advance(60_000)
    expect([await outcome(), await outcome(), await outcome(), await outcome()]).toEqual([200, 200, 200, 1000])
  })

  it('is per caller: principals, and addresses of those without one', async () => {
    const { outcome } = limited({ requestsPerMinute: 1, burst: 1 })
    const from = (remoteAddress?: string) => outcome({ principal: anonymous, remoteAddress })
    expect([await outcome(), await outcome({ principal: { id: 'bob' } }), await outcome()]).toEqual([200, 200, 60_000])
    expect([await from('1.2.3.4'), await from('1.2.3.5'), await from('::ffff:1.2.3.4')]).toEqual([200, 200, 60_000])
    expect([await from('2001:db8::1'), await from('2001:db8::ffff:2'), await from('2001:db8:0:1::1')]).toEqual([
      200, 60_000, 200,
    ])
    expect([await from(), await from()]).toEqual([200, 60_000])
    expect(await outcome({ principal: { id: 'address 1.2.3.4' } })).toBe(200)
  })

  it('can be by anything, and leave out what it likes', async () => {
    const { outcome } = limited({ requestsPerMinute: 1, burst: 1, caller: ({ tenant }) => tenant || undefined })
    expect([await outcome({ tenant: 'a' }), await outcome({ tenant: 'a' })]).toEqual([200, 60_000])
    expect([await outcome({ tenant: '' }), await outcome({ tenant: '' })]).toEqual([200, 200])
  })

  it('leaves out health and cards', async () => {
    const { outcome } = limited({ requestsPerMinute: 1, burst: 1 })
    for (let count = 0; count < 5; count++) {
      expect(await outcome({ path: '/health' })).toBe(200)
      expect(await outcome({ path: '/.well-known/agent-card.json' })).toBe(200)
    }
  })

  it('never lets more through than its rate and burst allow, whatever the times', () => {
    const event = fc.record({ caller: fc.constantFrom('a', 'b'), after: fc.integer({ min: -50, max: 3_000 }) })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), fc.integer({ min: 1, max: 5 }), (events, burst) => {
        const allowances = new Allowances({ burst, perMs: 1 / 500, concurrent: 1_000, callers: 10 })
        const admitted: Record<string, number> = {}
        let now = 0
        let latest = 0
        for (const { caller, after } of events) {
          // A clock may go back.
          now = Math.max(0, now + after)
          latest = Math.max(latest, now)
          const { done, waitMs } = allowances.admit(caller, now)
          if (done) admitted[caller] = (admitted[caller] ?? 0) + 1
          else expect(waitMs).toBeGreaterThan(0)
        }
        const backwards = events.filter(({ after }) => after < 0).length * 50
        for (const count of Object.values(admitted))
          expect(count).toBeLessThanOrEqual(burst + (latest + backwards) / 500 + 1e-9)
      }),
      { seed: 20261120, numRuns: 300 },
    )
  })

  it('takes nothing from anybody where the clock goes back', () => {
    const allowances = new Allowances({ burst: 2, perMs: 1, concurrent: 10, callers: 10 })
    allowances.admit('a', 1_000).done?.()
    expect(allowances.admit('a', 0).done).toBeDefined()
  })

  it('whoever waits as long as it was told is let in', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6_000 }), fc.array(fc.nat(100), { maxLength: 50 }), (perMinute, pauses) => {
        const allowances = new Allowances({ burst: 2, perMs: perMinute / 60_000, concurrent: 1_000, callers: 10 })
        let now = 1_700_000_000_000
        for (const pause of pauses) {
          now += pause
          const { waitMs } = allowances.admit('a', now)
          if (waitMs === undefined) continue
          now += waitMs
          expect(allowances.admit('a', now).waitMs).toBeUndefined()
        }
      }),
      { seed: 20261120, numRuns: 300 },
    )
  })
})

describe('callers that are remembered', () => {
  const rules = { burst: 1, perMs: 1e-9, concurrent: 10, callers: 3 }

  it('are bounded; the one silent for longest goes', () => {
    const allowances = new Allowances(rules)
    for (let index = 0; index < 1_000; index++) allowances.admit(`c${index}`, index).done?.()
    expect(allowances.size).toBe(3)
    expect(allowances.admit('c998', 1_000).waitMs).toBeGreaterThan(0)
    allowances.admit('new', 1_001).done?.()
    expect(allowances.admit('c998', 1_002).waitMs).toBeGreaterThan(0)
    expect(allowances.admit('c997', 1_003).done).toBeDefined()
  })

  it('keep who has a request under way', () => {
    const allowances = new Allowances({ ...rules, burst: 100, concurrent: 1 })
    const { done } = allowances.admit('busy', 0)
    for (let index = 0; index < 100; index++) allowances.admit(`c${index}`, index).done?.()
    expect(allowances.admit('busy', 200).waitMs).toBe(1_000)
    done?.()
    done?.()
    expect(allowances.admit('busy', 300).done).toBeDefined()
    expect(allowances.admit('busy', 300).waitMs).toBe(1_000)
  })
})

describe('concurrency', () => {
  it('counts a request until it is answered, or fails', async () => {
    const { send, outcome } = limited({ requestsPerMinute: 6e5, concurrent: 2 })
    let answer: (response: Response) => void = () => {}
    const waiting = send({}, () => new Promise((resolve) => (answer = resolve)))
    const failing = send({}, () => Promise.reject(new Error('handler')))
    await expect(failing).rejects.toThrow('handler')
    const other = send({}, () => new Promise(() => {}))
    expect(await outcome()).toBe(1_000)
    answer(Response.json({}))
    await waiting
    expect(await outcome()).toBe(200)
    void other
  })

  const stream = (cancel: (reason: unknown) => void = () => {}) => {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined
    const body = new ReadableStream<Uint8Array>({ start: (made) => void (controller = made), cancel })
    const response = new Response(body, { status: 201, headers: { 'content-type': 'text/event-stream', 'x-a': 'b' } })
    return {
      next: () => Promise.resolve(response),
      controller: controller as never as ReadableStreamDefaultController<Uint8Array>,
    }
  }

  it('counts a stream until it is over, however it ends', async () => {
    const { send, outcome } = limited({ requestsPerMinute: 6e5, concurrent: 1 })
    const reasons: unknown[] = []
    const ends: ((response: Response, controller: ReadableStreamDefaultController<Uint8Array>) => Promise<unknown>)[] =
      [
        async (response, controller) => {
          controller.enqueue(Uint8Array.of(1))
          controller.close()
          expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1])
        },
        async (response, controller) => {
          controller.error(new Error('broken'))
          await expect(response.text()).rejects.toThrow('broken')
        },
        async (response) => response.body?.cancel('gone'),
      ]
    for (const end of ends) {
      const { next, controller } = stream((reason) => reasons.push(reason))
      const response = await send({}, next)
      expect([response.status, response.headers.get('x-a')]).toEqual([201, 'b'])
      expect(await outcome()).toBe(1_000)
      await end(response, controller)
      expect(await outcome()).toBe(200)
    }
    expect(reasons).toEqual(['gone'])
  })

  it('passes on that nobody reads: no chunk is asked for before', async () => {
    const { send } = limited({})
    let pulls = 0
    const body = new ReadableStream<Uint8Array>(
      { pull: (made) => (pulls++, made.enqueue(Uint8Array.of(1))) },
      { highWaterMark: 0 },
    )
    const response = await send({}, () =>
      Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } })),
    )
    expect(pulls).toBe(0)
    const reader = response.body?.getReader()
    await reader?.read()
    expect(pulls).toBe(1)
    await reader?.cancel()
  })

  it('leaves a stream that a host takes straight as it is, and counts it until it is gone', async () => {
    const { clock, send, outcome } = limited({ requestsPerMinute: 6e5, concurrent: 1 })
    const hub = createSseHub({ clock })
    const open = () => hub.open({ gone: () => {}, stalled: () => '' })
    const text = encodeSseEvent({ data: '1' })

    // Written to a connection: by the host, which says when it is gone.
    const straight = open()
    const response = await send({}, () => Promise.resolve(sseResponse(straight)))
    expect([isSseResponse(response), await outcome()]).toEqual([true, 1_000])
    const written: string[] = []
    textSourceOf(response)?.attach({ write: (more) => written.push(more) > 0, end: () => {}, destroy: () => {} })
    straight.write(text)
    straight.close()
    expect([written, await outcome()]).toEqual([[text], 1_000])
    textSourceOf(response)?.gone()
    expect(await outcome()).toBe(200)

    // Read as a stream: to its end, or until it is canceled.
    const read = open()
    const other = await send({}, () => Promise.resolve(sseResponse(read)))
    expect(await outcome()).toBe(1_000)
    read.write(text)
    read.close()
    expect([await clock.until(other.text()), await outcome()]).toEqual([text, 200])
    const canceled = await send({}, () => Promise.resolve(sseResponse(open())))
    expect(await outcome()).toBe(1_000)
    await canceled.body?.cancel()
    expect([await outcome(), hub.size]).toEqual([200, 0])
  })

  it('counts an empty stream as over', async () => {
    const { send, outcome } = limited({ concurrent: 1 })
    await send({}, () => Promise.resolve(new Response(null, { headers: { 'content-type': 'text/event-stream' } })))
    expect(await outcome()).toBe(200)
  })
})

it.each([{ requestsPerMinute: 0 }, { burst: 0.5 }, { concurrent: -1 }, { callers: Number.NaN }])(
  'refuses %j',
  (options) => {
    expect(() => rateLimit(options)).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }))
  },
)
