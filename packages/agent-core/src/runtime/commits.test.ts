import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { artifactTexts, failureCode, type Harness, harness } from '../../test/harness'
import type { HandlerResult } from '../agent/skill'
import { PfError } from '../error/pf-error'
import { snapshotTask } from '../event/reducer'
import type { StoredEvent } from '../event/run-event'
import { createMemoryRunStore } from '../memory/memory-run-store'
import { bind } from '../port/port'
import type { RunCommit, RunStore, StoredTask } from '../port/run-store'
import { runStreamsPort } from '../port/services'
import { anonymous } from '../port/scope'
import { reply } from '../reply/reply'
import { createFaultyRunStore } from '../testing/faulty-run-store'
import { testMessage } from '../testing/test-message'
import type { AgentRuntime } from './agent-runtime'
import type { RunContext } from './run-context'

const unhandled: unknown[] = []
const onUnhandled = (reason: unknown): void => void unhandled.push(reason)
beforeAll(() => void process.on('unhandledRejection', onUnhandled))
afterAll(() => {
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toEqual([])
})

/** Keeps every commit as the store was given it, written out at once. */
const recording =
  (commits: RunCommit[], wrap: (store: RunStore) => RunStore = (store) => store) =>
  (store: RunStore) => {
    const inner = wrap(store)
    return {
      ...inner,
      commit(commit: RunCommit) {
        commits.push(JSON.parse(JSON.stringify(commit)) as RunCommit)
        return inner.commit(commit)
      },
    }
  }

const custom = (value: number) => ({ type: 'custom' as const, name: 'n', value })

describe('batches', () => {
  it.each<[string, (context: RunContext) => HandlerResult]>([
    ['a synchronous handler', () => reply.artifact({ parts: [{ text: 'x' }] })],
    [
      'a synchronous handler that emits',
      (context) => {
        context.emit(custom(1))
        context.emit(custom(2))
        return 'x'
      },
    ],
    [
      'an async handler',
      async (context) => {
        context.emit(custom(1))
        return 'x'
      },
    ],
    [
      'a handler that waits for a few promises',
      async (context) => {
        context.emit(custom(1))
        await null
        context.emit(custom(2))
        await null
        await null
        await null
        return 'x'
      },
    ],
    [
      'a generator',
      async function* () {
        yield 'a'
        yield 'b'
        yield 'c'
      },
    ],
    [
      'a handler that throws',
      async (context) => {
        context.emit(custom(1))
        throw new Error('boom')
      },
    ],
    ['one that asks', async () => reply.inputRequired({ prompt: '?' })],
  ])('%s is one commit, with neither lease nor timer left', async (_, handler) => {
    for (const isSlow of [false, true]) {
      const commits: RunCommit[] = []
      const test = harness(
        { onMessage: (_message, context) => handler(context) },
        { wrapStore: recording(commits, isSlow ? (store) => createFaultyRunStore(store) : undefined) },
      )
      const stored = await test.sendTask()
      expect(commits).toHaveLength(1)
      expect(commits[0]?.lease).toBeUndefined()
      expect(commits[0]?.snapshot).toEqual(stored.task)
      expect(stored.lease).toBeUndefined()
      expect(test.clock.pending).toBe(0)
    }
  })

  it('what one tick emits is one commit, and ticks are commits of their own', async () => {
    const commits: RunCommit[] = []
    const test = harness(
      {
        async onMessage(_message, context) {
          for (let tick = 0; tick < 3; tick++) {
            for (let value = 0; value < 5; value++) context.emit(custom(tick * 5 + value))
            await new Promise<void>((resolve) => test.clock.after(10, resolve))
          }
          return 'x'
        },
      },
      { wrapStore: recording(commits) },
    )
    await test.sendTask()
    expect(commits.map((one) => one.events.filter((event) => event.type === 'custom').length)).toEqual([5, 5, 5, 0])
    expect(commits.map((one) => (one.lease === 'release' ? 'release' : one.lease && 'take'))).toEqual([
      'take',
      undefined,
      undefined,
      'release',
    ])
    expect(commits.map((one) => one.leaseToken)).toEqual([undefined, 1, 1, 1])
  })

  it('changes of state.task in one tick are one commit, with the events of that tick', async () => {
    const commits: RunCommit[] = []
    const test = harness(
      {
        async onMessage(_message, { state, emit }) {
          void emit
          state.task.set('a', 1)
          state.task.set('b', 2)
          state.task.set('a', undefined)
          await new Promise<void>((resolve) => test.clock.after(10, resolve))
          return 'x'
        },
      },
      { wrapStore: recording(commits) },
    )
    await test.sendTask()
    expect(commits).toHaveLength(2)
    expect(commits[0]?.facts?.state).toEqual({ b: 2 })
  })
})

it('what comes while a commit is under way is stored once that is done, though nothing more comes', async () => {
  const test = harness(
    {
      async onMessage(_message, context) {
        context.emit(custom(1))
        await new Promise<void>((resolve) => test.clock.after(10, resolve))
        context.emit(custom(2))
        await new Promise<void>((resolve) => test.clock.after(5_000, resolve))
        return 'x'
      },
    },
    {
      wrapStore: (store) =>
        createFaultyRunStore(store, {
          before: (method) =>
            method === 'commit' ? new Promise<void>((resolve) => void test.clock.after(100, resolve)) : undefined,
        }),
      runtime: { watchMs: 60_000 },
    },
  )
  const run = test.submit()
  await test.clock.advance(300)
  const { tasks } = test.stores.runStore.list({ scope: { tenant: '', principalId: 'anonymous' }, pageSize: 1 })
  expect(tasks[0]?.version).toBe(2)
  await test.clock.until(run.outcome)
})

describe('snapshots', () => {
  const streaming = async (
    count: number,
    log: boolean,
    tick?: (test: Harness) => Promise<void>,
  ): Promise<{ commits: RunCommit[]; sizes: number[] }> => {
    const commits: RunCommit[] = []
    const test: Harness = harness(
      {
        async *onMessage() {
          for (let index = 0; index < count; index++) {
            yield 'x'
            await (tick === undefined ? null : tick(test))
          }
        },
      },
      {
        bounds: { runStore: { maxEvents: 1_000_000 } },
        wrapStore: recording(commits, (store) => createFaultyRunStore(store, { hasEventLog: log })),
      },
    )
    const stored = await test.sendTask()
    expect(artifactTexts(stored)[0]?.length).toBe(count)
    const snapshots = commits.flatMap((one) => (one.snapshot === undefined ? [] : [one.snapshot]))
    return { commits, sizes: snapshots.map((one) => one.artifacts[0]?.parts[0]?.text?.length ?? 0) }
  }
  const sum = (sizes: number[]): number => sizes.reduce((total, size) => total + size, 0)

  it('of a long stream are few, and together no longer than a small multiple of the end', async () => {
    for (const count of [2_000, 16_000]) {
      const { sizes } = await streaming(count, true)
      expect(sizes.length).toBeLessThan(12)
      expect(sum(sizes)).toBeLessThan(3 * count)
    }
  })

  it('are written at changes of state, not with every status', async () => {
    const commits: RunCommit[] = []
    const test = harness(
      {
        async onMessage(_message, context) {
          for (let step = 0; step < 20; step++) {
            context.emit({ type: 'status', status: { state: 'working', timestamp: '2026-01-01T00:00:00.000Z' } })
            await new Promise<void>((resolve) => test.clock.after(10, resolve))
          }
          return reply.inputRequired({ prompt: '?' })
        },
      },
      { wrapStore: recording(commits) },
    )
    await test.sendTask()
    expect(commits).toHaveLength(21)
    expect(commits.map((one) => one.snapshot?.status.state).filter(Boolean)).toEqual(['working', 'input-required'])
  })

  it('a store without a log gets one with every commit, and commits far apart, so that their sum is linear', async () => {
    for (const count of [2_000, 16_000]) {
      const { commits, sizes } = await streaming(count, false)
      expect(sizes).toHaveLength(commits.length)
      expect(sum(sizes)).toBeLessThan(3 * count)
    }
  })

  it('a store without a log is written to at least once a second, while there is something to write', async () => {
    const { commits } = await streaming(100, false, (test) => new Promise((resolve) => test.clock.after(100, resolve)))
    // 10 seconds: the first, one each second, the last.
    expect(commits.length).toBeGreaterThanOrEqual(10)
    expect(commits.length).toBeLessThanOrEqual(13)
  })

  it('a store without a log is written to by the watch, where the run goes quiet', async () => {
    const test = harness(
      {
        async onMessage(_message, context) {
          await context.startTask()
          context.emit(custom(1))
          await new Promise<void>((resolve) => test.clock.after(60_000, resolve))
          return 'x'
        },
      },
      { wrapStore: (store) => ({ ...store, hasEventLog: false }) },
    )
    const run = test.submit('x', {}, { asTask: true })
    const { key } = (await run.started).task as StoredTask
    await test.clock.advance(900)
    expect(test.stores.runStore.head(key)?.version).toBe(1)
    await test.clock.advance(200)
    expect(test.stores.runStore.head(key)?.version).toBe(2)
    await test.clock.until(run.outcome)
  })

  it('do not change any more while a slow store writes them', async () => {
    const seen: [string, string][] = []
    let writing: (() => void) | undefined
    const test = harness(
      {
        async onMessage(_message, context) {
          context.emit({ type: 'text-delta', messageId: 'm', delta: 'one' })
          context.state.task.set('k', 1)
          await new Promise<void>((resolve) => test.clock.after(1, resolve))
          // The first commit is under way and holds its snapshot.
          context.emit({ type: 'text-delta', messageId: 'm', delta: 'two' })
          context.emit({ type: 'message', message: { messageId: 'x', role: 'agent', parts: [{ text: 'x' }] } })
          context.state.task.set('k', 2)
          writing?.()
          return 'done'
        },
      },
      {
        wrapStore: (store) => ({
          ...store,
          async commit(commit) {
            const before = JSON.stringify([commit.snapshot, commit.facts])
            if (writing === undefined) await new Promise<void>((resolve) => (writing = resolve))
            else await null
            seen.push([before, JSON.stringify([commit.snapshot, commit.facts])])
            return store.commit(commit)
          },
        }),
      },
    )
    const stored = await test.sendTask()
    expect(seen).toHaveLength(2)
    for (const [before, after] of seen) expect(after).toBe(before)
    expect(artifactTexts(stored)).toEqual(['onetwo', 'done'])
    expect(stored.facts.state).toEqual({ k: 2 })
  })
})

describe('back-pressure', () => {
  it('holds a generator back while the store lags behind', async () => {
    let produced = 0
    let worst = 0
    let stored = 0
    const test = harness(
      {
        async *onMessage() {
          for (; produced < 5_000; produced++) {
            worst = Math.max(worst, produced - stored)
            yield 'x'
          }
        },
      },
      {
        wrapStore: (store) =>
          createFaultyRunStore(store, {
            before: () => new Promise<void>((resolve) => void test.clock.after(20, resolve)),
            after(method, commit) {
              if (method === 'commit')
                stored += commit?.events.filter((event) => event.type === 'text-delta').length ?? 0
            },
          }),
      },
    )
    await test.sendTask()
    expect(stored).toBe(5_000)
    // Two batches: one that is being stored, one that is full.
    expect(worst).toBeLessThanOrEqual(2 * 256 + 16)
  })
})

describe('followers', () => {
  it('are told in order, each event once, and never before it is stored', async () => {
    const seen: StoredEvent[] = []
    const published: [number, boolean][] = []
    const streams = {
      publish: (_key: unknown, events: readonly StoredEvent[], ended: boolean) =>
        void published.push([events.length, ended]),
      subscribe: () => {
        throw new Error('unused')
      },
    }
    const test = harness(
      {
        async *onMessage(_message, context) {
          for (let index = 0; index < 700; index++) yield `${index} `
          await context.flush()
          return reply.text('end')
        },
      },
      { wrapStore: (store) => createFaultyRunStore(store), bindings: [bind(runStreamsPort, streams)] },
    )
    const onEvents = (events: readonly StoredEvent[]): void => {
      seen.push(...events)
      const { tasks } = test.stores.runStore.list({ scope: { tenant: '', principalId: 'anonymous' }, pageSize: 1 })
      expect(events.at(-1)?.seq).toBeLessThanOrEqual(tasks[0]?.lastSeq ?? 0)
    }
    const stored = await test.sendTask('x', {}, { onEvents })
    expect(seen.map((one) => one.seq)).toEqual(seen.map((_, index) => index + 1))
    expect(seen).toEqual(test.stores.runStore.read(stored.key, 1))
    expect(published.map(([, ended]) => ended)).toEqual(published.map((_, index) => index === published.length - 1))
    expect(published.reduce((total, [count]) => total + count, 0)).toBe(seen.length)
  })

  it('of a follow-up are told, also where the question is only asked again', async () => {
    const seen: string[] = []
    const test = harness({
      onMessage: (_m, { slots }) =>
        slots.n === undefined
          ? reply.inputRequired({ prompt: 'n?', slot: 'n', schema: { type: 'integer' } })
          : reply.text('ok'),
    })
    const onEvents = (events: readonly StoredEvent[]): void =>
      void seen.push(...events.map(({ event }) => (event.type === 'status' ? event.status.state : event.type)))
    const { key } = await test.sendTask('x', {}, { onEvents })
    await test.sendTask('no number', { taskId: key.taskId }, { onEvents })
    await test.sendTask('1', { taskId: key.taskId }, { onEvents })
    expect(seen.join(' ')).toBe(
      'message working interrupt-start message input-required message message input-required message interrupt-end working artifact completed',
    )
  })

  it('that throw are logged; the run goes on', async () => {
    const test = harness({ onMessage: () => reply.completed() })
    const stored = await test.sendTask(
      'x',
      {},
      {
        onEvents: () => {
          throw new Error('follower')
        },
      },
    )
    expect(stored.task.status.state).toBe('completed')
    expect(test.logs).toMatchObject([{ level: 'error', message: 'A follower of a task failed.' }])
  })
})

describe('returnImmediately', () => {
  it('is answered once the task is stored; the run goes on', async () => {
    const kept: Promise<unknown>[] = []
    const test = harness(
      {
        onMessage: async () => {
          await new Promise<void>((resolve) => test.clock.after(100, resolve))
          return 'done'
        },
      },
      { wrapStore: (store) => createFaultyRunStore(store) },
    )
    const run = test.submit('x', {}, { asTask: true, waitUntil: (promise) => kept.push(promise) })
    const { task } = await run.started
    expect(task?.task.status.state).toBe('working')
    expect(test.load(task?.key.taskId as string)?.task).toEqual(task?.task)
    expect(task?.lease?.token).toBe(1)
    expect(kept).toHaveLength(1)
    const outcome = await test.clock.until(run.outcome)
    expect(artifactTexts(outcome.task as StoredTask)).toEqual(['done'])
    expect(task?.task.artifacts).toEqual([])
    await kept[0]
  })

  it('makes a task of a handler that answers at once', async () => {
    const test = harness({ onMessage: () => 'hi' })
    const run = test.submit('x', {}, { asTask: true })
    expect((await run.started).task?.task.status.state).toBe('working')
    expect(artifactTexts((await run.outcome).task as StoredTask)).toEqual(['hi'])
  })

  it('is refused where nothing was begun', async () => {
    const test = harness({ onMessage: () => 'hi' })
    const run = test.submit('x', { metadata: { 'urn:pf-agents:a2a:skill:v1': 'none' } }, { asTask: true })
    await expect(run.started).rejects.toMatchObject({ code: 'PF_SKILL_UNKNOWN' })
    await expect(run.outcome).rejects.toMatchObject({ code: 'PF_SKILL_UNKNOWN' })
  })

  it('of a follow-up is answered once the answers are taken', async () => {
    const test = harness({
      onMessage: async (_m, { slots }) => {
        if (slots.answer === undefined) return reply.inputRequired({ prompt: '?' })
        await new Promise<void>((resolve) => test.clock.after(100, resolve))
        return 'done'
      },
    })
    const { key } = await test.sendTask()
    const run = test.submit('x', { taskId: key.taskId }, { asTask: true })
    const { task } = await run.started
    expect(task?.task.status.state).toBe('working')
    expect(task?.facts.interrupts?.[0]?.status).toBe('answered')
    expect((await test.clock.until(run.outcome)).task?.task.status.state).toBe('completed')
  })
})

describe('a store that fails', () => {
  const agent = {
    async onMessage(_message: unknown, context: RunContext): Promise<ReturnType<typeof reply.text>> {
      for (let step = 0; step < 4; step++) {
        context.emit(custom(step))
        await context.flush()
      }
      return reply.text('done')
    },
  }
  const failing = (broken: (commit: number) => boolean, error: unknown, after = false) => {
    let commits = 0
    const fault = (method: string): void => {
      if (method === 'commit' && broken(++commits)) throw error
    }
    return (store: RunStore) => createFaultyRunStore(store, after ? { after: fault } : { before: fault })
  }

  // The run makes five commits: four steps and the end.
  it.each([1, 2, 3, 4, 5])(
    'once, at commit %i: the run ends; the task is failed and says so, or there is none',
    async (position) => {
      const test = harness(agent, {
        wrapStore: failing((commit) => commit === position, new Error('disk full: /secret/path')),
      })
      const outcome = test.send()
      if (position === 1) {
        await expect(outcome).rejects.toMatchObject({
          code: 'PF_STORE_UNAVAILABLE',
          cause: { message: 'disk full: /secret/path' },
        })
        expect(test.stores.runStore.list({ scope: { tenant: '', principalId: 'anonymous' }, pageSize: 9 }).total).toBe(
          0,
        )
      } else {
        const task = (await outcome).task as StoredTask
        expect([task.task.status.state, failureCode(task)]).toEqual(['failed', 'PF_STORE_UNAVAILABLE'])
        expect(JSON.stringify(task)).not.toContain('secret')
        // What was stored before is still there, in order.
        const events = test.stores.runStore
          .read(task.key, 1)
          ?.flatMap(({ event }) => (event.type === 'custom' ? [event.value] : []))
        expect(events).toEqual(Array.from({ length: position - 1 }, (_, step) => step))
        expect(task.lease).toBeUndefined()
      }
      expect(test.logs.some((one) => one.level === 'error')).toBe(true)
      expect([test.runtime.activeRuns, test.clock.pending]).toEqual([0, 0])
    },
  )

  const ring: Record<string, unknown> = {}
  ring['self'] = ring

  it.each<[string, unknown]>([
    ['a BigInt', 10n],
    ['an object that holds itself', ring],
  ])('of what JSON can not carry is no failure of the store: %s', async (_, value) => {
    const test = harness({
      async onMessage(_message, context) {
        context.emit(custom(1))
        await context.flush()
        context.emit({ type: 'custom', name: 'n', value: value as never })
        return 'x'
      },
    })
    const task = (await test.send()).task as StoredTask
    expect([task.task.status.state, failureCode(task)]).toEqual(['failed', 'PF_CONFIG_INVALID'])
    expect(test.logs.map(({ message }) => message).join()).toContain('JSON can not carry')
  })

  it.each([1, 2, 3, 4, 5])(
    'for good, from commit %i on: the outcome tells, and the lease ends the task',
    async (position) => {
      let isRepaired = false
      const test = harness(agent, {
        wrapStore: failing(
          (commit) => !isRepaired && commit >= position,
          new PfError('PF_STORE_UNAVAILABLE', 'no disk'),
        ),
      })
      await expect(test.send()).rejects.toMatchObject({ code: 'PF_STORE_UNAVAILABLE', message: 'no disk' })
      expect([test.runtime.activeRuns, test.clock.pending]).toEqual([0, 0])
      isRepaired = true
      await test.clock.advance(30_000)
      const { tasks } = await test.runtime.list({ principal: { id: 'anonymous' }, pageSize: 9 })
      expect(tasks.map((one) => [one.task.status.state, failureCode(one)])).toEqual(
        position === 1 ? [] : [['failed', 'PF_RUN_LOST']],
      )
    },
  )

  it.each([1, 2, 3, 4, 5])(
    'after it stored commit %i: nothing is there twice, and the task has an end',
    async (position) => {
      const test = harness(agent, {
        wrapStore: failing((commit) => commit === position, new Error('connection lost'), true),
      })
      const task = (await test.send()).task as StoredTask
      // The last commit had ended the task: that end stands.
      expect(task.task.status.state).toBe(position === 5 ? 'completed' : 'failed')
      const events = test.stores.runStore
        .read(task.key, 1)
        ?.flatMap(({ event }) => (event.type === 'custom' ? [event.value] : []))
      expect(events).toEqual(Array.from({ length: Math.min(position, 4) }, (_, step) => step))
      expect(test.load(task.key.taskId)?.task.status.state).toBe(task.task.status.state)
    },
  )

  it('after it stored the question, which somebody has answered meanwhile: their run is left alone', async () => {
    let commits = 0
    const test = harness(
      {
        async onMessage(_message, context) {
          if (context.slots.answer === undefined) {
            await context.startTask()
            return reply.inputRequired({ prompt: '?' })
          }
          await new Promise<void>((resolve) => test.clock.after(1_000, resolve))
          return reply.text('answered elsewhere')
        },
      },
      {
        wrapStore: (store) =>
          createFaultyRunStore(store, {
            async after(method, commit) {
              if (method !== 'commit' || ++commits !== 2 || commit === undefined) return
              const message = testMessage('yes', { taskId: commit.key.taskId })
              await peer.submit({ message, principal: anonymous, asTask: true }).started
              throw new Error('connection lost')
            },
          }),
      },
    )
    const peer: AgentRuntime = test.peer()
    const { task } = await test.submit().outcome
    expect(task?.task.status.state).toBe('working')
    await test.clock.run()
    expect(artifactTexts(test.load(task?.key.taskId as string) as StoredTask)).toEqual(['answered elsewhere'])
  })

  it('while an answer is taken: nothing was begun, and the answer can be sent again', async () => {
    let broken = false
    let calls = 0
    const test = harness(
      {
        onMessage: (_m, { slots }) => {
          calls++
          return slots.answer === undefined ? reply.inputRequired({ prompt: '?' }) : 'ok'
        },
      },
      {
        wrapStore: (store) =>
          createFaultyRunStore(store, {
            before(method) {
              if (broken && method === 'commit') throw new Error('no')
            },
          }),
      },
    )
    const { key, version } = await test.sendTask()
    broken = true
    await expect(test.send('x', { taskId: key.taskId })).rejects.toMatchObject({ code: 'PF_STORE_UNAVAILABLE' })
    expect([calls, test.load(key.taskId)?.version]).toEqual([1, version])
    broken = false
    expect(artifactTexts(await test.sendTask('x', { taskId: key.taskId }))).toEqual(['ok'])
  })

  it.each(['load', 'list'] as const)('to %s is told to whoever asked', async (method) => {
    const test = harness(agent, {
      wrapStore: (store) =>
        createFaultyRunStore(store, {
          before(one) {
            if (one === method) throw new PfError('PF_STORE_UNAVAILABLE')
          },
        }),
    })
    const call =
      method === 'load'
        ? test.runtime.task('t', { id: 'anonymous' })
        : test.runtime.list({ principal: { id: 'anonymous' }, pageSize: 1 })
    await expect(call).rejects.toMatchObject({ code: 'PF_STORE_UNAVAILABLE' })
  })

  it('at the looks of the watch is logged, and the run goes on', async () => {
    const test = harness(
      {
        async onMessage(_m, context) {
          await context.startTask()
          await new Promise<void>((resolve) => test.clock.after(20_000, resolve))
          return 'done'
        },
      },
      {
        wrapStore: (store) =>
          createFaultyRunStore(store, {
            before(method) {
              if (method === 'head' || method === 'renew') throw new Error('blip')
            },
          }),
      },
    )
    expect((await test.sendTask()).task.status.state).toBe('completed')
    expect(test.logs.filter((one) => one.level === 'warn').length).toBeGreaterThan(5)
  })

  it('in the conversation keeps a direct reply from being given as if it were kept', async () => {
    const stores = harness(agent).stores
    const conversation = {
      ...stores.conversation,
      append: () => {
        throw new Error('no')
      },
    }
    const test = harness({ onMessage: () => 'hi' }, { stores: { ...stores, conversation } })
    await expect(test.send()).rejects.toMatchObject({ code: 'PF_STORE_UNAVAILABLE' })
  })

  it('that is full of live tasks ends the run that found out, and so makes room', async () => {
    const store = createMemoryRunStore({ maxBytes: 20_000 })
    const test = harness(
      {
        onMessage: async (_m, context) => {
          await context.startTask()
          context.emit({ type: 'custom', name: 'big', value: 'x'.repeat(30_000) })
          await context.flush()
          context.emit(custom(1))
          await context.flush()
          return 'never'
        },
      },
      { wrapStore: () => store },
    )
    const task = (await test.send()).task as StoredTask
    expect([task.task.status.state, failureCode(task)]).toEqual(['failed', 'PF_STORE_FULL'])
  })
})

describe('the outcome', () => {
  it('is what is stored', async () => {
    const test = harness({
      async *onMessage(_m, context) {
        context.state.task.set('k', 'v')
        context.emit({ type: 'metadata', metadata: { m: 1 } })
        yield 'text'
        yield reply.artifact({ name: 'n', parts: [{ data: { a: [1, null] } }] })
      },
    })
    const stored = await test.sendTask()
    expect(test.load(stored.key.taskId)).toEqual(stored)
  })

  it('does not change any more, whatever the handler does later', async () => {
    let late: (() => void) | undefined
    const test = harness({
      onMessage: async (_m, context) => {
        late = () => {
          context.emit(custom(1))
          context.state.task.set('late', 1)
        }
        await context.startTask()
        return 'done'
      },
    })
    const stored = await test.sendTask()
    const before = [JSON.stringify(stored), JSON.stringify(snapshotTask(stored.task))]
    late?.()
    await test.clock.settle()
    expect([JSON.stringify(stored), JSON.stringify(snapshotTask(stored.task))]).toEqual(before)
    expect(JSON.stringify(test.load(stored.key.taskId))).toBe(before[0])
  })
})
