import type { RunEvent } from '@pf-agents/agent-core'
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
  /** A store that says these are overdue, however often they are read; reads are noted. */
  function watch(stuck: number, more: number) {
    const clock = createFakeClock()
    const limits: number[] = []
    const read: string[] = []
    const keys = Array.from({ length: stuck + more }, (_, n) => ({
      ...keyOf(`t-${n}`),
      tenant: n < stuck ? 'of another agent' : '',
    }))
    const logs: string[] = []
    let failure: Error | undefined
    const one = new OverdueWatch({
      clock,
      pollMs: 1_000,
      logger: { log: (_, text) => void logs.push(text) },
      store: {
        overdue({ limit }) {
          if (failure !== undefined) throw failure
          limits.push(limit)
          return keys.filter(({ taskId }) => !read.includes(taskId)).slice(0, limit)
        },
      },
      agents: [{ tenant: '', runtime: { task: async (taskId: string) => void read.push(taskId) } as never }],
    })
    return { one, clock, limits, read, logs, fail: (error?: Error) => (failure = error) }
  }

  it('steps over those that it can not help, and costs one look where there is nothing', async () => {
    const { one, clock, limits, read } = watch(150, 130)
    one.start()
    await clock.advance(1_000)
    expect(read).toHaveLength(0)
    await clock.advance(1_000)
    expect(read).toHaveLength(130)
    const looks = limits.length
    await clock.advance(1_000)
    expect(limits.length - looks).toBeLessThanOrEqual(2)
    await one.close()
    await clock.advance(10_000)
    expect(limits.length - looks).toBeLessThanOrEqual(2)
  })

  it('goes on when the store can be asked again', async () => {
    const { one, clock, read, logs, fail } = watch(0, 3)
    fail(new Error('locked'))
    one.start()
    await clock.advance(1_000)
    await clock.advance(1_000)
    expect(logs).toEqual(['Tasks that can not go on any more could not be looked for.'])
    fail()
    await clock.advance(1_000)
    expect(read).toEqual(['t-0', 't-1', 't-2'])
    await one.close()
  })
})
