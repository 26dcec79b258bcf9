import type { OverdueScan, RunEvent } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { createSqliteStores } from '@pf-agents/sqlite-storage'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { distinct, gist, startPushApp } from '../../test/push-app'
import { startWebhook } from '../../test/webhook'
import { recordKey } from './config-record'
import { OverdueWatch } from './overdue-watch'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pf-overdue-'))
})
afterEach(() => rmSync(directory, { recursive: true }))
vi.setConfig({ testTimeout: 60_000 })

const keyOf = (taskId: string) => ({ tenant: '', principalId: 'anonymous', taskId })

describe('webhooks of tasks whose process died', () => {
  it('are told by whichever process finds that out, once, though nobody reads', async () => {
    const file = join(directory, 'agent.db')
    const [left, right] = [createSqliteStores({ file }), createSqliteStores({ file })]
    await using webhook = await startWebhook()
    const timestamp = '2026-01-01T00:00:00.000Z'
    const working: RunEvent = { type: 'status', status: { state: 'working', timestamp } }
    /** What a process leaves behind that is killed. */
    const leave = async (taskId: string, leaseMs: number) => {
      const key = keyOf(taskId)
      const configs = [{ id: 'c', url: `${webhook.url}?${taskId}`, version: '1.0', nonce: 'n' }]
      await left.keyValue.set(recordKey(key), { key, configs, at: Date.now() })
      await left.runStore.commit({
        key,
        expectedVersion: 0,
        create: { id: taskId, contextId: 'c', status: { state: 'submitted', timestamp }, artifacts: [], history: [] },
        facts: { principal: { id: 'anonymous' }, runId: taskId },
        events: [working],
        lease: { expiresAt: Date.now() + leaseMs },
      })
    }
    const dead = Array.from({ length: 130 }, (_, n) => `dead-${n}`)
    for (const taskId of dead) await leave(taskId, -1)
    await leave('alive', 3_600_000)
    {
      await using one = startPushApp({}, { stores: left })
      await using other = startPushApp({}, { stores: right })
      await webhook.until(dead.length, 40_000)
      for (const app of [one, other]) await expect.poll(() => app.owed(), { timeout: 20_000 }).toBe(0)
      const told = distinct(webhook.received)
      expect(told).toHaveLength(dead.length)
      expect(new Set(told.map(({ path }) => path.split('?')[1]))).toEqual(new Set(dead))
      expect(new Set(told.map(gist))).toEqual(new Set(['TASK_STATE_FAILED']))
      for (const taskId of dead) {
        const events = await right.runStore.read(keyOf(taskId), 1)
        const states = events?.flatMap(({ event }) => (event.type === 'status' ? [event.status.state] : []))
        expect(states).toEqual(['working', 'failed'])
      }
      expect((await right.runStore.head(keyOf('alive')))?.state).toBe('working')
    }
    left.close()
    right.close()
  })
})

describe('OverdueWatch', () => {
  /** A task as the store has it: waiting for an answer, or worked on by somebody whose lease ends at a time. */
  interface Task {
    readonly tenant?: string
    readonly leaseUntil?: number
    /** What reading it comes to. Default: it is failed. */
    readonly stays?: true | Error
  }

  /** A watch of one tenant over a store with these tasks; the wall clock can be set apart from the timers. */
  function watch(tasks: Record<string, Task>, pollMs = 1_000) {
    const clock = createFakeClock()
    let ahead = 0
    const queries: OverdueScan[] = []
    const read: string[] = []
    const failed: string[] = []
    const logs: string[] = []
    let failure: Error | undefined
    const agent = {
      tenant: '',
      runtime: {
        task: async (taskId: string) => {
          read.push(taskId)
          const { stays } = tasks[taskId] ?? {}
          if (stays instanceof Error) throw stays
          if (stays === undefined) failed.push(taskId)
        },
      } as never,
    }
    const one = new OverdueWatch({
      clock: { now: () => clock.now() + ahead, after: (ms, callback) => clock.after(ms, callback) },
      pollMs,
      logger: { log: (_, text) => void logs.push(text) },
      store: {
        overdue(query) {
          if (failure !== undefined) throw failure
          queries.push(query)
          const { tenant, now, limit, after = '' } = query
          const found = Object.entries(tasks).filter(
            ([id, task]) =>
              (task.tenant ?? '') === tenant && !failed.includes(id) && id > after && (task.leaseUntil ?? 0) <= now,
          )
          const page = found.slice(0, limit).map(([taskId]) => ({ ...keyOf(taskId), tenant }))
          return { tasks: page, ...(found.length > limit && { next: page.at(-1)?.taskId ?? '' }) }
        },
        head({ taskId }) {
          const until = tasks[taskId]?.leaseUntil
          if (until === undefined) return { version: 1, state: 'input-required' }
          return { version: 1, state: 'working', lease: { token: 1, expiresAt: until } }
        },
      },
      agents: [agent],
    })
    one.start()
    return {
      one,
      clock,
      queries,
      read,
      failed,
      logs,
      fail: (error?: Error) => (failure = error),
      /** Sets the wall clock, while timers go on as before. */
      step: (ms: number) => (ahead += ms),
      now: () => clock.now() + ahead,
    }
  }

  /** So many tasks that are alike, in the order of their names. */
  const many = (name: string, count: number, task: Task): Record<string, Task> =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`${name}-${String(n).padStart(5, '0')}`, task]))

  it('asks for what the app serves alone, and pages past all that can not be helped', async () => {
    const tasks = {
      ...many('a', 1_500, { tenant: 'of an agent that is gone' }),
      ...many('b', 1_500, { stays: true }),
      ...many('c', 250, {}),
    }
    const { one, clock, failed, queries } = watch(tasks)
    await clock.advance(1_000)
    expect(failed).toHaveLength(250)
    expect(new Set(queries.map(({ tenant }) => tenant))).toEqual(new Set(['']))
    await one.close()
    const looks = queries.length
    await clock.advance(10_000)
    expect(queries).toHaveLength(looks)
  })

  it('costs one question where there is nothing', async () => {
    const { one, clock, queries } = watch({})
    await clock.advance(3_000)
    expect(queries).toHaveLength(3)
    await one.close()
  })

  it('goes on past what can not be read, which it says and tries again later', async () => {
    const { one, clock, failed, read, logs } = watch({ ...many('a', 40, { stays: new Error('broken') }), b: {} })
    await clock.advance(1_000)
    expect(failed).toEqual(['b'])
    await clock.advance(50_000)
    expect(read).toHaveLength(41)
    expect(logs).toHaveLength(40)
    await clock.advance(20_000)
    expect(read).toHaveLength(81)
    await one.close()
  })

  it('takes a run for dead when its lease has been over for five seconds', async () => {
    const start = createFakeClock().now()
    const { one, clock, failed, now } = watch({ dead: { leaseUntil: start + 10_000 } })
    await clock.advance(14_900)
    expect(failed).toEqual([])
    await clock.advance(2_000)
    expect(failed).toEqual(['dead'])
    expect(now() - start).toBeLessThan(17_000)
    await one.close()
  })

  it.each([1_000, 45_000, 3_600_000, 864_000_000])(
    'leaves the holders of leases the time to renew them when the clock was set forward by %d ms',
    async (ms) => {
      const start = createFakeClock().now()
      const tasks: Record<string, { leaseUntil: number }> = {
        alive: { leaseUntil: start + 30_000 },
        dead: { leaseUntil: start + 30_000 },
      }
      const { one, clock, failed, step, now } = watch(tasks)
      await clock.advance(20_000)
      step(ms)
      for (let second = 0; second < 60; second++) {
        await clock.advance(1_000)
        // Whoever is alive looks at its leases every second; a slow one is late by some.
        if (second % 4 === 3) tasks.alive = { leaseUntil: now() + 30_000 }
      }
      expect(failed).toEqual(['dead'])
      await one.close()
    },
  )

  it('takes nobody for dead by a clock that was ahead', async () => {
    const start = createFakeClock().now()
    const { one, clock, failed, step } = watch({ alive: { leaseUntil: start + 60_000 } })
    step(100_000)
    await clock.advance(4_000)
    step(-100_000)
    await clock.advance(30_000)
    expect(failed).toEqual([])
    await one.close()
  })

  it('goes on when the store can be asked again', async () => {
    const { one, clock, failed, logs, fail } = watch({ a: {}, b: {}, c: {} })
    fail(new Error('locked'))
    await clock.advance(1_000)
    await clock.advance(1_000)
    expect(logs).toEqual(['Tasks that can not go on any more could not be looked for.'])
    fail()
    await clock.advance(1_000)
    expect(failed).toEqual(['a', 'b', 'c'])
    await one.close()
  })
})
