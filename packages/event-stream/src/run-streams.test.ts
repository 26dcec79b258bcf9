import { queryObjects } from 'node:v8'
import {
  type Awaitable,
  createMemoryRunStore,
  PfError,
  type RunEvent,
  type RunStore,
  type StoredEvent,
  type TaskKey,
} from '@pf-agents/agent-core'
import { createFakeClock, createSeededRandom } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { createRunStreams, type StreamsOverStore } from './run-streams'

const key: TaskKey = { tenant: '', principalId: 'p', taskId: 't' }
const at = '2026-01-01T00:00:00.000Z'
const chunk = (n: number): RunEvent => ({
  type: 'artifact',
  artifact: { artifactId: 'a', parts: [{ text: `${n} ` }] },
  append: true,
})
const completed: RunEvent = { type: 'status', status: { state: 'completed', timestamp: at } }

/** A task whose commits are published as the runtime does. */
async function task(store: RunStore, streams: StreamsOverStore | undefined) {
  let version = 0
  const commit = async (events: RunEvent[]) => {
    const result = await store.commit({
      key,
      expectedVersion: version,
      events,
      ...(version === 0 && {
        create: { id: 't', contextId: 'c', status: { state: 'submitted', timestamp: at }, artifacts: [], history: [] },
        facts: { principal: { id: 'p' }, runId: 'r' },
      }),
    })
    version = result.version
    const first = result.lastSeq - events.length + 1
    streams?.publish(
      key,
      events.map((event, index) => ({ seq: first + index, event })),
      false,
    )
  }
  await commit([{ type: 'status', status: { state: 'working', timestamp: at } }])
  return { commit }
}

async function drain(
  source: AsyncIterable<readonly StoredEvent[]>,
  pause: () => Awaitable<void> = () => {},
): Promise<number[]> {
  const seen: number[] = []
  for await (const batch of source) {
    for (const { seq } of batch) seen.push(seq)
    await pause()
  }
  return seen
}

/** A store that counts how often its log is read. */
function countingReads(inner: RunStore) {
  const counted = {
    reads: 0,
    store: {
      ...inner,
      read: (...args: Parameters<RunStore['read']>) => {
        counted.reads++
        return inner.read(...args)
      },
    },
  }
  return counted
}

const settle = () => new Promise((resolve) => setTimeout(resolve))

const row = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const never = new AbortController().signal

describe('run streams', () => {
  it('gives every subscriber every event once and in order, whatever their speed and whenever they came', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = createSeededRandom(seed)
      const store = createMemoryRunStore()
      const streams = createRunStreams({
        store,
        clock: createFakeClock(),
        tailEvents: 1 + Math.floor(random.fraction() * 8),
        pollMs: 0,
      })
      const { commit } = await task(store, streams)
      const readers: Promise<{ from: number; seen: number[] }>[] = []
      const join = () => {
        const from = 1 + Math.floor(random.fraction() * 3)
        const slow = Math.floor(random.fraction() * 4)
        const read = drain(streams.subscribe(key, from, never), async () => {
          for (let hop = 0; hop < slow * 7; hop++) await Promise.resolve()
        })
        readers.push(read.then((seen) => ({ from, seen })))
      }
      let count = 1
      while (count < 80) {
        if (random.fraction() < 0.3) join()
        const size = 1 + Math.floor(random.fraction() * 5)
        await commit(row(count, count + size - 1).map(chunk))
        count += size
        if (random.fraction() < 0.3) await Promise.resolve()
      }
      join()
      await commit([completed])
      join()
      for (const { from, seen } of await Promise.all(readers))
        expect(seen, `seed ${seed}`).toEqual(row(from, count + 1))
      expect(streams.followed).toBe(0)
    }
  })

  it('ends at once where the task is over and nothing is left', async () => {
    const store = createMemoryRunStore()
    const streams = createRunStreams({ store, clock: createFakeClock() })
    const { commit } = await task(store, streams)
    await commit([completed])
    expect(await drain(streams.subscribe(key, 3, never))).toEqual([])
    expect(await drain(streams.subscribe(key, 2, never))).toEqual([2])
  })

  it('lets go of everything when a subscriber leaves, aborts, or the streams close', async () => {
    const store = createMemoryRunStore()
    const clock = createFakeClock()
    const streams = createRunStreams({ store, clock })
    await task(store, streams)
    const left = streams.subscribe(key, 1, never)[Symbol.asyncIterator]()
    await left.next()
    await left.return?.()
    const controller = new AbortController()
    const aborted = drain(streams.subscribe(key, 1, controller.signal))
    const closed = drain(streams.subscribe(key, 1, never))
    await new Promise((resolve) => setTimeout(resolve))
    controller.abort()
    expect(await aborted).toEqual([1])
    streams.close()
    expect(await closed).toEqual([1])
    expect(streams.followed).toBe(0)
    expect(clock.pending).toBe(0)
  })

  it('finds by looking what another process wrote', async () => {
    const store = createMemoryRunStore()
    const clock = createFakeClock()
    const streams = createRunStreams({ store, clock, pollMs: 1000 })
    const elsewhere = await task(store, undefined)
    const seen = drain(streams.subscribe(key, 1, never))
    await elsewhere.commit([chunk(1), chunk(2)])
    await clock.advance(1000)
    await elsewhere.commit([completed])
    await clock.advance(1000)
    expect(await seen).toEqual([1, 2, 3, 4])
  })

  it('is one promise while it waits, however often it looks in vain', async () => {
    const store = createMemoryRunStore()
    const clock = createFakeClock()
    const streams = createRunStreams({ store, clock, pollMs: 1000 })
    const elsewhere = await task(store, undefined)
    const subscription = streams.subscribe(key, 2, never)
    const next = subscription.next()
    const poll = async (times: number) => {
      for (let n = 0; n < times; n++) await clock.advance(1000)
      await settle()
      return queryObjects(Promise, { format: 'count' })
    }
    const before = await poll(10)
    expect((await poll(2000)) - before).toBeLessThan(500)
    await elsewhere.commit([completed])
    await clock.advance(1000)
    expect((await next).value?.map(({ seq }) => seq)).toEqual([2])
    expect(await subscription.next()).toEqual({ done: true, value: undefined })
  })

  it('asks the store for nothing where it follows from the commit that is being told', async () => {
    const counted = countingReads(createMemoryRunStore())
    const streams = createRunStreams({ store: counted.store, clock: createFakeClock(), pollMs: 0 })
    const { commit } = await task(counted.store, undefined)
    await commit([chunk(1)])
    // As the runtime does: whoever began the run subscribes first, then the commit is published.
    const seen = drain(streams.subscribe(key, 3))
    streams.publish(key, [{ seq: 2, event: chunk(1) }], false)
    await settle()
    streams.publish(key, [{ seq: 3, event: chunk(2) }], false)
    await settle()
    streams.publish(key, [{ seq: 4, event: completed }], true)
    expect(await seen).toEqual([3, 4])
    expect(counted.reads).toBe(0)
  })

  it('ends for one who comes behind the end while another is still reading', async () => {
    const store = createMemoryRunStore()
    const streams = createRunStreams({ store, clock: createFakeClock(), pollMs: 0 })
    const { commit } = await task(store, streams)
    const slow = streams.subscribe(key, 1)
    await slow.next()
    await commit([completed])
    expect(await drain(streams.subscribe(key, 3))).toEqual([])
    expect(await drain(slow)).toEqual([2])
  })

  it('keeps what a follower has not read, and nothing that all have read', async () => {
    const counted = countingReads(createMemoryRunStore())
    const streams = createRunStreams({ store: counted.store, clock: createFakeClock(), pollMs: 0 })
    const { commit } = await task(counted.store, streams)
    const slow = streams.subscribe(key, 1)
    await slow.next()
    const fast = drain(streams.subscribe(key, 2))
    await commit([chunk(0)])
    await settle()
    const before = counted.reads
    for (let count = 1; count <= 3000; count++) await commit([chunk(count)])
    await commit([completed])
    expect(await fast).toEqual(row(2, 3003))
    expect(await drain(slow)).toEqual(row(2, 3003))
    // All of it was at hand.
    expect(counted.reads).toBe(before)
  })

  it.each([
    ['events', { tailEvents: 200 }],
    ['characters', { tailLength: 20_000 }],
  ])('gives a follower from the store what goes over the bound of %s', async (_, bounds) => {
    const counted = countingReads(createMemoryRunStore())
    const streams = createRunStreams({ store: counted.store, clock: createFakeClock(), pollMs: 0, ...bounds })
    const { commit } = await task(counted.store, streams)
    const slow = streams.subscribe(key, 1)
    await slow.next()
    const before = counted.reads
    for (let count = 1; count <= 1000; count++) await commit([chunk(count)])
    await commit([completed])
    expect(await drain(slow)).toEqual(row(2, 1002))
    expect(counted.reads).toBeGreaterThan(before)
  })

  it('gives all of a long log at once, however much of it there is, and asks no clock for it', async () => {
    const store = createMemoryRunStore()
    const { commit } = await task(store, undefined)
    for (let count = 1; count <= 2000; count++) await commit([chunk(count)])
    const clock = createFakeClock()
    const working = createRunStreams({ store, clock })
    const seen: number[] = []
    const reading = (async () => {
      for await (const batch of working.subscribe(key, 1)) for (const { seq } of batch) seen.push(seq)
    })()
    await clock.settle()
    expect(seen).toEqual(row(1, 2001))
    await commit([completed])
    expect(await drain(createRunStreams({ store, clock, pollMs: 0 }).subscribe(key, 1))).toEqual(row(1, 2002))
    working.close()
    await reading
  })

  it.each([
    ['text', { text: 'x'.repeat(50_000) }],
    ['data', { data: { rows: Array.from({ length: 50 }, () => 'x'.repeat(1000)) } }],
  ])(
    'hands over no more large events of %s at once than make a batch, from memory and from the log',
    async (_, part) => {
      const large: RunEvent = { type: 'artifact', artifact: { artifactId: 'a', parts: [part] }, append: true }
      for (const bounds of [{}, { tailEvents: 1 }]) {
        const counted = countingReads(createMemoryRunStore())
        const streams = createRunStreams({ store: counted.store, clock: createFakeClock(), pollMs: 0, ...bounds })
        const { commit } = await task(counted.store, streams)
        const slow = streams.subscribe(key, 1)
        await slow.next()
        const before = counted.reads
        for (let count = 0; count < 60; count++) await commit([large])
        for (let count = 0; count < 600; count++) await commit([chunk(count)])
        await commit([completed])
        const sizes: number[] = []
        for await (const batch of slow) sizes.push(batch.length)
        expect(sizes.slice(0, 29)).toEqual(sizes.slice(0, 29).map(() => 2))
        // Small ones come in large batches again.
        expect(Math.max(...sizes)).toBeGreaterThan(100)
        expect(sizes.reduce((sum, size) => sum + size)).toBe(661)
        // Each large batch costs one look at the log, and none is read over and over.
        expect(counted.reads - before).toBeLessThan(50)
      }
    },
  )

  it('never parts a message from what followed it, wherever a batch ends', async () => {
    const message = (n: number): RunEvent => ({
      type: 'message',
      message: { messageId: `m${n}`, role: 'agent', parts: [{ text: 'x' }] },
    })
    for (const bounds of [{}, { tailEvents: 1 }]) {
      const store = createMemoryRunStore()
      const streams = createRunStreams({ store, clock: createFakeClock(), pollMs: 0, ...bounds })
      const { commit } = await task(store, streams)
      const slow = streams.subscribe(key, 1)
      await slow.next()
      for (let count = 0; count < 300; count++) await commit([chunk(count), message(count), chunk(count)])
      await commit([completed])
      const lasts: string[] = []
      for await (const batch of slow) lasts.push(batch.at(-1)?.event.type as string)
      expect(lasts.length).toBeGreaterThan(2)
      expect(lasts).not.toContain('message')
    }
  })

  it('says where nobody works on a task any more', async () => {
    const store = createMemoryRunStore()
    const clock = createFakeClock()
    const lost: string[] = []
    const streams = createRunStreams({ store, clock, onLost: ({ taskId }) => lost.push(taskId) })
    await task(store, undefined)
    store.claim(key, { now: clock.now(), expiresAt: clock.now() + 5000 })
    const seen = drain(streams.subscribe(key, 1))
    await clock.advance(4500)
    expect(lost).toEqual([])
    await clock.advance(2000)
    expect(lost).toContain('t')
    streams.close()
    expect(await seen).toEqual([1])
    expect(clock.pending).toBe(0)
  })

  it('refuses to go on with a gap where the log was trimmed', async () => {
    const store = createMemoryRunStore()
    const streams = createRunStreams({
      store: { ...store, hasEventLog: true, read: () => undefined, head: store.head.bind(store) } as RunStore,
      clock: createFakeClock(),
    })
    await task(store, streams)
    const error = await drain(streams.subscribe(key, 1, never)).catch((one: unknown) => one)
    expect(PfError.is(error, 'PF_STREAM_LAGGED')).toBe(true)
    expect(streams.followed).toBe(0)
  })
})
