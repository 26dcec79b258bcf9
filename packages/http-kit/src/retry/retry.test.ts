import { getEventListeners } from 'node:events'
import { PfError } from '@pf-agents/agent-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { backoffDelay } from './backoff'
import { retry, type RetryPolicy } from './retry'

/** A seeded generator of fractions. */
function fractions(seed: number) {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('backoffDelay', () => {
  it('draws from nothing to a ceiling that doubles up to the bound', () => {
    const backoff = { baseMs: 100, maxMs: 1000 }
    expect([0, 1, 2, 3, 4, 5, 100_000].map((retry) => backoffDelay(retry, backoff, 0.999_999))).toEqual([
      99, 199, 399, 799, 999, 999, 999,
    ])
    expect(backoffDelay(3, backoff, 0)).toBe(0)
    expect(backoffDelay(100_000, { baseMs: 100, maxMs: Number.POSITIVE_INFINITY }, 0)).toBe(0)
  })
})

describe('retry', () => {
  it('gives the first success', async () => {
    const clock = createFakeClock()
    let calls = 0
    const result = retry(
      async (attempt) => {
        calls++
        if (attempt < 3) throw new Error('not yet')
        return attempt
      },
      { decide: () => ({}), clock, random: { fraction: () => 0.5 } },
    )
    await clock.run()
    expect(await result).toBe(3)
    expect(calls).toBe(3)
    // Half of 200, then half of 400.
    expect(clock.now() - createFakeClock().now()).toBe(300)
  })

  it('throws the last error as it came', async () => {
    const clock = createFakeClock()
    const errors = [new Error('first'), new Error('second')]
    const result = retry(async (attempt) => Promise.reject(errors[attempt - 1]), {
      policy: { attempts: 2 },
      decide: () => ({}),
      clock,
    })
    const caught = result.catch((error) => error)
    await clock.run()
    expect(await caught).toBe(errors[1])
  })

  it('does not try again where the failure is not safe', async () => {
    let calls = 0
    await expect(
      retry(
        async () => {
          calls++
          throw new Error('sent')
        },
        { decide: () => false },
      ),
    ).rejects.toThrow('sent')
    expect(calls).toBe(1)
  })

  it('waits no less than Retry-After, and gives up at once where that is past the budget', async () => {
    const clock = createFakeClock()
    const start = clock.now()
    const times: number[] = []
    const busy = (afterMs: number) => async () => {
      times.push(clock.now() - start)
      throw new PfError('PF_OVERLOADED', 'x', { retryAfterMs: afterMs })
    }
    const decide = (error: unknown) => PfError.is(error) && { afterMs: error.retryAfterMs }
    const first = retry(busy(9000), { policy: { attempts: 2, totalMs: 20_000 }, decide, clock }).catch((error) => error)
    await clock.run()
    expect(await first).toMatchObject({ code: 'PF_OVERLOADED' })
    expect(times[1]).toBeGreaterThanOrEqual(9000)
    times.length = 0
    await expect(retry(busy(9000), { policy: { attempts: 2, totalMs: 8000 }, decide, clock })).rejects.toMatchObject({
      retryAfterMs: 9000,
    })
    expect(times).toHaveLength(1)
  })

  it('stops waiting at an abort and leaves nothing behind', async () => {
    const clock = createFakeClock()
    const controller = new AbortController()
    const result = retry(async () => Promise.reject(new Error('again')), {
      policy: { attempts: 100, totalMs: 1e9 },
      decide: () => ({ afterMs: 1000 }),
      signal: controller.signal,
      clock,
    }).catch((error) => error)
    await clock.advance(5000)
    controller.abort('enough')
    expect(await result).toBe('enough')
    expect(clock.pending).toBe(0)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })

  it('keeps every bound for every policy, peer and seed', async () => {
    const policies = fc.record({
      attempts: fc.integer({ min: 1, max: 12 }),
      baseMs: fc.integer({ min: 1, max: 2000 }),
      maxMs: fc.integer({ min: 1, max: 20_000 }),
      totalMs: fc.integer({ min: 0, max: 60_000 }),
    }) satisfies fc.Arbitrary<RetryPolicy>
    const peers = fc.array(fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined }), {
      minLength: 12,
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(policies, peers, fc.integer(), async (policy, retryAfters, seed) => {
        const clock = createFakeClock()
        const start = clock.now()
        const times: number[] = []
        const call = retry(
          async () => {
            times.push(clock.now())
            throw new Error('busy')
          },
          {
            policy,
            decide: (_, attempt) => ({ afterMs: retryAfters[attempt - 1] }),
            clock,
            random: { fraction: fractions(seed) },
          },
        ).catch((error) => error as Error)
        await clock.run()
        expect((await call).message).toBe('busy')
        expect(times.length).toBeGreaterThanOrEqual(1)
        expect(times.length).toBeLessThanOrEqual(policy.attempts)
        expect((times.at(-1) ?? 0) - start).toBeLessThanOrEqual(policy.totalMs)
        times.slice(1).forEach((time, index) => {
          const wait = time - (times[index] as number)
          const least = retryAfters[index] ?? 0
          expect(wait).toBeGreaterThanOrEqual(least)
          expect(wait).toBeLessThanOrEqual(least + Math.min(policy.maxMs, policy.baseMs * 2 ** index))
        })
        expect(clock.pending).toBe(0)
      }),
      { numRuns: 200, seed: 7 },
    )
  })
})
