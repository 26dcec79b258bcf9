import { describe, expect, it } from 'vitest'
import { artifactTexts, custom, type Harness, harness } from '../../test/harness'
import { expectNothingUnhandled } from '../../test/unhandled'
import type { HandlerResult } from '../agent/skill'
import { snapshotTask } from '../event/reducer'
import type { RunCommit, RunStore, StoredTask } from '../port/run-store'
import { reply } from '../reply/reply'
import { createFaultyRunStore } from '../testing/faulty-run-store'
import type { RunContext } from './run-context'

expectNothingUnhandled()

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
