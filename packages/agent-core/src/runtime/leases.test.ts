import { describe, expect, it } from 'vitest'
import { artifactTexts, failureCode, type Harness, harness, statusText } from '../../test/harness'
import type { AgentDefinition } from '../agent/agent'
import type { StoredTask, TaskCursor, TaskHead } from '../port/run-store'
import { anonymous } from '../port/scope'
import { runStreamsPort } from '../port/services'
import { bind } from '../port/port'
import type { AgentRuntime, ListInput } from './agent-runtime'
import type { RunContext } from './run-context'
import { createFakeClock } from '../testing/fake-clock'
import { createFaultyRunStore } from '../testing/faulty-run-store'
import type { StoredEvent } from '../event/run-event'

const never = { onMessage: () => new Promise<never>(() => {}) } satisfies Partial<AgentDefinition>
const scope = { tenant: '', principalId: 'anonymous' }

/** A task as a process leaves it that was killed in the middle of a run. */
function killed(test: Harness, taskId: string, leaseMs = 1_000, state: 'submitted' | 'working' = 'working'): void {
  const now = test.clock.now()
  test.stores.runStore.commit({
    key: { ...scope, taskId },
    expectedVersion: 0,
    create: {
      id: taskId,
      contextId: 'c',
      status: { state, timestamp: new Date(now).toISOString() },
      artifacts: [],
      history: [],
    },
    facts: { principal: anonymous, runId: 'dead' },
    events: [{ type: 'artifact', artifact: { artifactId: 'a', parts: [{ text: 'half' }] } }],
    lease: { expiresAt: now + leaseMs },
  })
}

describe('a task whose run died', () => {
  it('is left alone while its lease is good', async () => {
    const test = harness(never)
    killed(test, 't')
    await test.clock.advance(999)
    expect((await test.runtime.task('t', anonymous))?.task.status.state).toBe('working')
    await expect(test.send('x', { taskId: 't' })).rejects.toMatchObject({ code: 'PF_BUSY' })
  })

  it.each<[string, (test: Harness) => Promise<unknown>, string | undefined]>([
    ['task()', (test) => test.runtime.task('t', anonymous), undefined],
    ['list()', (test) => test.runtime.list({ principal: anonymous, pageSize: 5 }), undefined],
    ['submit()', (test) => test.send('x', { taskId: 't' }), 'PF_TASK_TERMINAL'],
    ['cancel()', (test) => test.runtime.cancel('t', anonymous), 'PF_TASK_NOT_CANCELABLE'],
  ])('is failed by %s that finds it, keeps what it had, and says why', async (_, look, code) => {
    const published: [readonly StoredEvent[], boolean][] = []
    const streams = {
      publish: (_key: unknown, events: readonly StoredEvent[], ended: boolean) => void published.push([events, ended]),
      subscribe: () => {
        throw new Error('unused')
      },
    }
    const test = harness(never, { bindings: [bind(runStreamsPort, streams)] })
    killed(test, 't')
    await test.clock.advance(1_000)
    if (code === undefined) await look(test)
    else await expect(look(test)).rejects.toMatchObject({ code })
    const stored = test.load('t') as StoredTask
    expect(stored.task.status.state).toBe('failed')
    expect(failureCode(stored)).toBe('PF_RUN_LOST')
    expect(statusText(stored)).toContain('died')
    expect(artifactTexts(stored)).toEqual(['half'])
    expect(stored.lease).toBeUndefined()
    expect(stored.task.history.at(-1)).toEqual(stored.task.status.message)
    expect(test.stores.conversation.read(scope, 'c')).toEqual([stored.task.status.message])
    expect(published).toEqual([
      [
        [
          { seq: 2, event: { type: 'message', message: stored.task.status.message } },
          { seq: 3, event: { type: 'status', status: stored.task.status } },
        ],
        true,
      ],
    ])
    expect(test.logs).toMatchObject([{ level: 'warn', fields: { code: 'PF_RUN_LOST', taskId: 't', runId: 'dead' } }])
  })

  it('is failed once, however many look at the same time', async () => {
    const test = harness(never, { wrapStore: (store) => createFaultyRunStore(store) })
    const peers = [test.runtime, test.peer(), test.peer()]
    killed(test, 't', 1_000, 'submitted')
    await test.clock.advance(1_000)
    const seen = await Promise.all(peers.flatMap((one) => [one.task('t', anonymous), one.task('t', anonymous)]))
    expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(test.load('t')?.version).toBe(2)
  })

  it('is failed on every page of a list', async () => {
    const test = harness(never)
    for (let index = 0; index < 5; index++) {
      killed(test, `t${index}`)
      await test.clock.advance(1)
    }
    await test.clock.advance(2_000)
    const page = await test.runtime.list({ principal: anonymous, pageSize: 2 })
    expect(page.tasks.map((one) => one.task.status.state)).toEqual(['failed', 'failed'])
    expect(page.total).toBe(5)
    const { tasks } = await test.runtime.list({ principal: anonymous, pageSize: 10 })
    expect(new Set(tasks.map((one) => one.task.status.state))).toEqual(new Set(['failed']))
  })

  it.each(['all', 'working'] as const)(
    'leaves out no other one of a list that is read page by page: %s',
    async (which) => {
      const test = harness(never)
      for (let index = 0; index < 43; index++) {
        killed(test, `t${index}`, index % 4 === 0 ? 60_000 : 1_000)
        await test.clock.advance(1)
      }
      await test.clock.advance(2_000)
      const states = new Map<string, string>()
      let seen = 0
      let after: TaskCursor | undefined
      do {
        const page = await test.runtime.list({
          principal: anonymous,
          pageSize: 10,
          ...(after && { after }),
          ...(which === 'working' && { state: which }),
        })
        for (const { task } of page.tasks) states.set(task.id, task.status.state)
        seen += page.tasks.length
        after = page.next
      } while (after !== undefined)
      const alive = Array.from({ length: 43 }, (_, index) => `t${index}`).filter((_, index) => index % 4 === 0)
      expect(
        [...states]
          .filter(([, state]) => state === 'working')
          .map(([id]) => id)
          .toSorted(),
      ).toEqual(alive.toSorted())
      expect(states.size).toBe(which === 'all' ? 43 : alive.length)
      expect(seen).toBe(states.size)
    },
  )

  it.each([1, 7])(
    'is neither hidden by two readers from each other, nor left out of filters (pages of %s)',
    async (pageSize) => {
      const test = harness(never)
      const since = new Date(test.clock.now() + 900).toISOString()
      for (let index = 0; index < 20; index++) {
        killed(test, `t${index}`)
        await test.clock.advance(1)
      }
      await test.clock.advance(2_000)
      const readers = [test.runtime, test.peer()].map((runtime) => ({
        runtime,
        seen: new Set<string>(),
        totals: new Set(),
      }))
      const cursors = new Map<AgentRuntime, TaskCursor>()
      do {
        for (const { runtime, seen, totals } of readers) {
          const after = cursors.get(runtime)
          const page = await runtime.list({ principal: anonymous, pageSize, ...(after && { after }) })
          for (const { task } of page.tasks) seen.add(task.id)
          totals.add(page.total)
          if (page.next === undefined) cursors.delete(runtime)
          else cursors.set(runtime, page.next)
        }
      } while (cursors.size > 0)
      expect(readers.map(({ seen, totals }) => [seen.size, [...totals]])).toEqual([
        [20, [20]],
        [20, [20]],
      ])
      const changed = await test.runtime.list({ principal: anonymous, pageSize, updatedSince: since })
      expect(changed.total).toBe(20)
    },
  )

  it.each<[string, Partial<ListInput>, number]>([
    ['failed', { state: 'failed' }, 20],
    ['working', { state: 'working' }, 3],
    ['changed since the crash', { updatedSince: 'the crash' }, 20],
    ['of one context', { contextId: 'c' }, 23],
    ['of another context', { contextId: 'other' }, 0],
  ])('is found by a filter though nobody loaded it: %s', async (_, filter, total) => {
    const test = harness(never)
    for (let index = 0; index < 23; index++) killed(test, `t${index}`, index < 20 ? 1_000 : 9_999_000)
    await test.clock.advance(2_000)
    const query = {
      ...filter,
      ...(filter.updatedSince && { updatedSince: new Date(test.clock.now() - 1).toISOString() }),
    }
    const pages: [number, number][] = []
    let after: TaskCursor | undefined
    do {
      const page = await test.runtime.list({ principal: anonymous, pageSize: 9, ...query, ...(after && { after }) })
      pages.push([page.tasks.length, page.total])
      expect(page).not.toHaveProperty('overdue')
      after = page.next
    } while (after !== undefined)
    const full = Array.from({ length: Math.ceil(total / 9) }, (__, at) => [Math.min(9, total - 9 * at), total])
    expect(pages).toEqual(total === 0 ? [[0, 0]] : full)
  })

  it('is found behind any number of tasks that are slow but alive here', async () => {
    const test = harness(never, { runtime: { leaseMs: 2_000, watchMs: 60_000 } })
    const alive = Array.from({ length: 300 }, (_, index) =>
      test.submit('x', { contextId: `${index}` }, { asTask: true }),
    )
    await test.clock.settle()
    killed(test, 't', 3_000)
    await test.clock.advance(3_000)
    const failed = await test.runtime.list({ principal: anonymous, pageSize: 9, state: 'failed' })
    expect(failed.tasks.map(({ task }) => task.id)).toEqual(['t'])
    expect((await test.runtime.list({ principal: anonymous, pageSize: 9, state: 'working' })).total).toBe(300)
    for (const one of alive) one.cancel()
    await test.clock.settle()
  })

  it('one of very many: a list fails so many and says so, and the next goes on', async () => {
    const test = harness(never)
    for (let index = 0; index < 2_300; index++) killed(test, `t${index}`)
    await test.clock.advance(1_000)
    const failed = (): number => test.stores.runStore.list({ scope, pageSize: 1, state: 'failed' }).total
    const list = () => test.runtime.list({ principal: anonymous, pageSize: 9, state: 'failed' })
    await expect(list()).rejects.toMatchObject({ code: 'PF_OVERLOADED', retryAfterMs: 1_000 })
    expect(failed()).toBe(1_000)
    await expect(list()).rejects.toMatchObject({ code: 'PF_OVERLOADED' })
    expect((await list()).total).toBe(2_300)
  })

  it('of somebody else is left to whoever may see it', async () => {
    const test = harness(never)
    killed(test, 't')
    await test.clock.advance(1_000)
    expect((await test.runtime.list({ principal: { id: 'eve' }, pageSize: 9 })).total).toBe(0)
    expect(test.load('t')?.task.status.state).toBe('working')
  })

  it('costs a list nothing but one look where there is none', async () => {
    const calls: string[] = []
    const test = harness(never, {
      wrapStore: (store) => createFaultyRunStore(store, { before: (method) => void calls.push(method) }),
    })
    killed(test, 't')
    for (const query of [{}, { state: 'failed' as const }])
      await test.clock.until(test.runtime.list({ principal: anonymous, pageSize: 9, ...query }))
    expect(calls).toEqual(['list', 'list'])
  })

  it('in a list that lags behind its tasks is failed, and given as it is', async () => {
    let lists = 0
    const test = harness(never, {
      wrapStore: (store) => {
        const old = new Map<string, Awaited<ReturnType<typeof store.list>>>()
        return {
          ...store,
          async list(query) {
            lists++
            const page = old.get(JSON.stringify(query)) ?? (await store.list(query))
            old.set(JSON.stringify(query), page)
            return page
          },
        }
      },
    })
    killed(test, 't')
    await test.clock.advance(1_000)
    const page = await test.runtime.list({ principal: anonymous, pageSize: 1 })
    expect(page.tasks).toEqual([test.load('t')])
    expect(page.tasks[0]?.task.status.state).toBe('failed')
    expect(lists).toBeLessThan(10)
  })

  it('its run, if it lives after all, finds out by its next commit', async () => {
    const test = harness(
      {
        async onMessage(_message, context) {
          context.emit({ type: 'custom', name: 'begun', value: 1 })
          await new Promise<void>((resolve) => test.clock.after(5_000, resolve))
          context.emit({ type: 'custom', name: 'late', value: 1 })
          await context.flush()
          return 'never heard'
        },
        // Its looks come too late to prolong the lease: the process slept.
      },
      { runtime: { leaseMs: 2_000, watchMs: 60_000 } },
    )
    const outcome = test.submit().outcome
    await test.clock.advance(3_000)
    const page = await test.peer().list({ principal: anonymous, pageSize: 1 })
    expect(page.tasks[0]?.task.status.state).toBe('failed')
    const { task } = await test.clock.until(outcome)
    expect(task && failureCode(task)).toBe('PF_RUN_LOST')
    expect(task?.version).toBe(2)
  })
})

describe('a run that lives', () => {
  it('prolongs its lease for as long as it takes, and gives it back', async () => {
    const heads: (TaskHead | undefined)[] = []
    let renewals = 0
    const test = harness(
      {
        onMessage: async (_m, context) => {
          await context.startTask()
          await new Promise<void>((resolve) => test.clock.after(100_000, resolve))
          return 'done'
        },
      },
      {
        runtime: { leaseMs: 10_000 },
        wrapStore: (store) => ({
          ...store,
          renew: (key, token, expiresAt) => {
            renewals++
            return store.renew(key, token, expiresAt)
          },
        }),
      },
    )
    const run = test.submit('x', {}, { asTask: true })
    const taskId = (await run.started).task?.key.taskId as string
    const peer = test.peer()
    for (let second = 0; second < 99; second++) {
      await test.clock.advance(1_000)
      expect((await peer.task(taskId, anonymous))?.task.status.state).toBe('working')
      heads.push(test.stores.runStore.head({ ...scope, taskId }))
    }
    for (const head of heads) expect(head?.lease?.token).toBe(1)
    expect(new Set(heads.map((one) => one?.lease?.expiresAt)).size).toBeGreaterThan(9)
    expect(renewals).toBeLessThan(30)
    const { task } = await test.clock.until(run.outcome)
    expect(task?.task.status.state).toBe('completed')
    expect(task?.lease).toBeUndefined()
    // Prolonging is no commit.
    expect(task?.version).toBe(2)
  })

  it('never has a lease beyond its deadline', async () => {
    const test = harness({ ...never, deadlineMs: 25_000 }, { runtime: { leaseMs: 10_000 } })
    const run = test.submit('x', {}, { asTask: true })
    const { task } = await run.started
    const deadline = test.clock.now() + 25_000
    for (let second = 0; second < 24; second++) {
      await test.clock.advance(1_000)
      expect(test.stores.runStore.head(task?.key as StoredTask['key'])?.lease?.expiresAt).toBeLessThanOrEqual(deadline)
    }
    expect(failureCode((await test.clock.until(run.outcome)).task as StoredTask)).toBe('PF_RUN_TIMEOUT')
  })

  it('is not taken for dead by its own process, though its lease ran out', async () => {
    const test = harness(
      {
        onMessage: async (_m, context) => {
          await context.startTask()
          await new Promise<void>((resolve) => test.clock.after(5_000, resolve))
          return 'done'
        },
      },
      { runtime: { leaseMs: 1_000, watchMs: 60_000 } },
    )
    const run = test.submit('x', {}, { asTask: true })
    const taskId = (await run.started).task?.key.taskId as string
    await test.clock.advance(2_000)
    expect((await test.runtime.task(taskId, anonymous))?.task.status.state).toBe('working')
    expect((await test.runtime.list({ principal: anonymous, pageSize: 1 })).tasks[0]?.task.status.state).toBe('working')
    expect((await test.clock.until(run.outcome)).task?.task.status.state).toBe('completed')
  })

  it('of somebody else with the same task id does not count', async () => {
    const test = harness({
      onMessage: async (_m, context) => {
        await context.startTask()
        return new Promise<never>(() => {})
      },
    })
    const run = test.submit('x', {}, { asTask: true })
    const taskId = (await run.started).task?.key.taskId as string
    expect(await test.runtime.task(taskId, { id: 'mallory' })).toBeUndefined()
    await expect(test.runtime.cancel(taskId, { id: 'mallory' })).rejects.toMatchObject({ code: 'PF_TASK_NOT_FOUND' })
    expect(test.load(taskId)?.task.status.state).toBe('working')
    run.cancel()
    await test.clock.until(run.outcome)
  })

  it('is ended where somebody else took its lease, and leaves the task to them', async () => {
    for (const emits of [false, true]) {
      let context: RunContext | undefined
      const test = harness(
        {
          async onMessage(_message, ctx) {
            context = ctx
            await ctx.startTask()
            return new Promise<never>(() => {})
          },
        },
        { runtime: { leaseMs: 2_000, watchMs: 3_000 } },
      )
      const run = test.submit('x', {}, { asTask: true })
      const { key } = (await run.started).task as StoredTask
      await test.clock.advance(2_500)
      const lease = test.stores.runStore.claim(key, { now: test.clock.now(), expiresAt: test.clock.now() + 60_000 })
      expect(lease?.token).toBe(2)
      if (emits) context?.emit({ type: 'custom', name: 'n', value: 1 })
      else await test.clock.advance(500)
      const { task } = await run.outcome
      expect(context?.signal.reason).toMatchObject({ code: 'PF_LEASE_LOST' })
      expect([task?.task.status.state, task?.lease?.token, task?.version]).toEqual(['working', 2, 1])
      expect(test.clock.pending).toBe(0)
    }
  })

  it('is looked after by one look at a time, however slow the store is', async () => {
    let most = 0
    let looks = 0
    const test = harness(
      {
        async onMessage(_m, context) {
          await context.startTask()
          await new Promise<void>((resolve) => test.clock.after(30_000, resolve))
          return 'done'
        },
      },
      {
        wrapStore: (store) => ({
          ...store,
          async head(key) {
            most = Math.max(most, ++looks)
            await new Promise<void>((resolve) => test.clock.after(7_000, resolve))
            looks--
            return store.head(key)
          },
        }),
      },
    )
    expect((await test.sendTask()).task.status.state).toBe('completed')
    expect(most).toBe(1)
  })
})

describe('a clock that is set forward while a run is under way', () => {
  it.each([45_000, 3_600_000])(
    'by %d ms: its lease is renewed at the next look, past its deadline, too',
    async (step) => {
      const clock = createFakeClock()
      let ahead = 0
      let finish = (): void => {}
      const finished = new Promise<string>((resolve) => (finish = () => resolve('done')))
      const now = () => clock.now() + ahead
      const test = harness(
        {
          async onMessage(_: unknown, context: RunContext) {
            await context.startTask()
            return finished
          },
        },
        { clock: { ...clock, now } },
      )
      const { outcome } = test.submit('x')
      await clock.advance(1_000)
      const [{ key }] = (await test.runtime.list({ principal: anonymous, pageSize: 1 })).tasks as [StoredTask]
      const lease = () => test.stores.runStore.head(key)?.lease?.expiresAt ?? 0
      ahead = step
      expect(lease()).toBeLessThan(now())
      await clock.advance(1_000)
      expect(lease()).toBeGreaterThan(now() + 20_000)
      // And again, for as long as the run is alive.
      await clock.advance(60_000)
      expect(lease()).toBeGreaterThan(now() + 10_000)
      finish()
      expect((await clock.until(outcome)).task?.task.status.state).toBe('completed')
    },
  )

  it('ends at its deadline all the same, as timers have it', async () => {
    const clock = createFakeClock()
    let ahead = 0
    const now = () => clock.now() + ahead
    const test = harness(
      {
        async onMessage(_: unknown, context: RunContext) {
          await context.startTask()
          return new Promise<never>(() => {})
        },
      },
      { clock: { ...clock, now } },
    )
    const { outcome } = test.submit('x')
    await clock.advance(1_000)
    ahead = 3_600_000
    await clock.advance(600_000)
    expect((await outcome).task?.task.status.state).toBe('failed')
    expect((await outcome).task?.lease).toBeUndefined()
  })
})
