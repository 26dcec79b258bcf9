import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PfError } from '../error/pf-error'
import { applyEvent } from '../event/reducer'
import type { RunEvent } from '../event/run-event'
import { createMemoryStores } from '../memory/memory-stores'
import type { Task } from '../model/task'
import type { Deliveries, PendingCommit } from '../port/deliveries'
import type { OutboxEntry } from '../port/outbox'
import { anonymous } from '../port/scope'
import type { Awaitable, RunStore } from '../port/run-store'
import { createFakeClock } from '../testing/fake-clock'
import { createFaultyRunStore } from '../testing/faulty-run-store'
import { createSeededRandom } from '../testing/seeded-random'
import { TaskWriter } from './task-writer'

const key = { tenant: '', principalId: 'anonymous', taskId: 't' }
const timestamp = '2026-01-01T00:00:00.000Z'
const create = (): Task => ({
  id: 't',
  contextId: 'c',
  status: { state: 'submitted', timestamp },
  artifacts: [],
  history: [],
})

type Step =
  | { do: 'emit'; count: number; kind: number }
  | { do: 'facts'; value: number }
  | { do: 'wait'; turns: number }
  | { do: 'time'; ms: number }
  | { do: 'flush' }
  | { do: 'flush and wait' }
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('emit' as const), count: fc.integer({ min: 1, max: 40 }), kind: fc.nat(5) }),
  },
  fc.record({ do: fc.constant('facts' as const), value: fc.nat() }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), turns: fc.nat(30) }) },
  fc.record({ do: fc.constant('time' as const), ms: fc.nat(2_000) }),
  fc.constant({ do: 'flush' as const }),
  fc.constant({ do: 'flush and wait' as const }),
)

function eventOf(kind: number, number: number): RunEvent {
  if (kind === 0)
    return { type: 'message', message: { messageId: `m${number}`, role: 'agent', parts: [{ text: `${number}` }] } }
  if (kind === 1)
    return {
      type: 'artifact',
      artifact: { artifactId: `a${number % 3}`, parts: [{ data: number }] },
      append: number % 2 === 0,
    }
  if (kind === 2) return { type: 'status', status: { state: number % 4 === 0 ? 'submitted' : 'working', timestamp } }
  if (kind === 3) return { type: 'custom', name: 'n', value: number }
  return { type: 'text-delta', messageId: `t${number % 2}`, delta: `${number} ` }
}

it('stores a prefix of what was emitted, in order, exactly once, whatever the store does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 30 }),
      fc.record({
        seed: fc.nat(10_000),
        failAt: fc.option(fc.nat(12), { nil: undefined }),
        isApplied: fc.boolean(),
        slowness: fc.nat(6),
        hasEventLog: fc.boolean(),
        isSync: fc.boolean(),
        deliveries: fc.constantFrom('none', 'at once', 'later'),
      }),
      async (steps, how) => {
        const random = createSeededRandom(how.seed)
        const { runStore, conversation, outbox } = createMemoryStores()
        const clock = createFakeClock()
        const snapshots: { lastSeq: number; task: string }[] = []
        let commits = 0
        let inFlight = 0
        const pause = async (): Promise<void> => {
          for (let turn = random.below(how.slowness + 1); turn > 0; turn--) await null
        }
        const recording: RunStore = {
          ...runStore,
          hasEventLog: how.hasEventLog,
          commit(commit) {
            const result = runStore.commit(commit)
            if (commit.snapshot !== undefined)
              snapshots.push({ lastSeq: result.lastSeq, task: JSON.stringify(commit.snapshot) })
            return result
          },
        }
        const store = how.isSync
          ? recording
          : createFaultyRunStore(recording, {
              async before(method) {
                if (method !== 'commit') return
                expect(++inFlight).toBe(1)
                await pause()
                if (how.failAt === commits++ && !how.isApplied) throw new Error('lost')
              },
              async after(method) {
                if (method !== 'commit') return
                await pause()
                inFlight--
                if (how.failAt === commits - 1 && how.isApplied) throw new Error('lost after all')
              },
            })
        const told: RunEvent[] = []
        let lost: PfError | undefined
        const emitted: RunEvent[] = []
        let beforeCalls = 0
        let asked = 0
        // One delivery per event, so that what is owed can be compared with what is stored.
        const owedFor = ({ events, firstSeq, task, isNew }: PendingCommit): OutboxEntry[] => {
          expect([isNew, beforeCalls]).toEqual([asked++ === 0, 1])
          expect(task).toEqual(emitted.slice(0, firstSeq - 1 + events.length).reduce(applyEvent, create()))
          return events.map((event, index) => ({
            id: `${firstSeq + index}`.padStart(6, '0'),
            topic: 'all',
            group: `${firstSeq + index}`,
            body: { event: JSON.parse(JSON.stringify(event)) },
            dueAt: 0,
            attempts: 0,
          }))
        }
        const deliveries: Deliveries = {
          owed(pending) {
            const owed = owedFor(pending)
            return how.deliveries === 'later' ? pause().then(() => owed) : owed
          },
          stored() {},
        }
        const before = (): Awaitable<void> => {
          beforeCalls++
          if (how.deliveries === 'later') return pause()
        }
        const writer = new TaskWriter(
          { store, clock, deliveries: how.deliveries === 'none' ? undefined : deliveries },
          { key, create: create(), facts: { principal: anonymous, runId: 'r' }, before },
          {
            committed(events, firstSeq) {
              expect(firstSeq).toBe(told.length + 1)
              told.push(...events)
            },
            lost(error) {
              expect(lost).toBeUndefined()
              lost = error
            },
          },
        )

        let facts: number | undefined
        let turns: number | undefined
        for (const one of steps) {
          if (one.do === 'emit')
            for (let count = 0; count < one.count; count++) {
              const event = eventOf(one.kind, emitted.length)
              if (writer.failure === undefined) emitted.push(event)
              writer.emit(event)
            }
          else if (one.do === 'facts')
            writer.setFacts(
              one.value % 2 === 0
                ? { state: { value: (facts = one.value) } }
                : { usage: { turns: (turns = one.value) } },
            )
          else if (one.do === 'wait') for (let turn = 0; turn < one.turns; turn++) await null
          else if (one.do === 'time') await clock.advance(one.ms)
          else {
            const flushed = (async () => writer.flush())().catch((error: unknown) => expect(error).toBe(writer.failure))
            if (one.do === 'flush and wait') await flushed
          }
        }
        await (async () => writer.flush())().catch((error: unknown) =>
          expect(PfError.is(error, 'PF_STORE_UNAVAILABLE')).toBe(true),
        )

        const stored = runStore.load(key)
        const events = stored === undefined ? [] : (runStore.read(key, 1, 10_000) ?? []).map(({ event }) => event)
        expect(events).toEqual(emitted.slice(0, events.length))
        if (lost === undefined) {
          expect(events).toHaveLength(emitted.length)
          expect(stored?.facts.state?.value).toBe(facts)
          expect(stored?.facts.usage?.turns).toBe(turns)
          expect(stored?.task).toEqual(writer.task)
          expect(writer.stored().version).toBe(stored?.version)
        }
        // What is owed is stored with the events it is about, and with no others.
        if (how.deliveries !== 'none') {
          const owed = outbox.take({ topic: 'all', now: 0, hideUntil: 1, limit: 100_000 })
          expect(owed.map(({ body }) => body.event)).toEqual(events)
        }
        // Followers saw a prefix of what is stored; the conversation has the messages that are.
        expect(told).toEqual(events.slice(0, told.length))
        const messages = events.flatMap((event) => (event.type === 'message' ? [event.message] : []))
        expect(conversation.read(key, 'c', { limit: 10_000 })).toEqual(messages)
        // Each snapshot is the task after exactly the events up to its number.
        for (const snapshot of snapshots) {
          const folded = events.slice(0, snapshot.lastSeq).reduce(applyEvent, create())
          expect(JSON.parse(snapshot.task)).toEqual(JSON.parse(JSON.stringify(folded)))
        }
      },
    ),
    { numRuns: process.env.PF_TEST_FULL ? 3_000 : 200 },
  )
})

it('goes on with a stored task without changing what it was given', async () => {
  const { runStore } = createMemoryStores()
  const clock = createFakeClock()
  const listener = { committed() {}, lost() {} }
  const first = new TaskWriter(
    { store: runStore, clock },
    { key, create: create(), facts: { principal: anonymous, runId: 'r', state: { a: 1 } } },
    listener,
  )
  first.emit({ type: 'text-delta', messageId: 'm', delta: 'one' })
  await first.flush()
  const stored = JSON.parse(JSON.stringify(runStore.load(key)), (_, value: unknown) =>
    Object.freeze(value),
  ) as ReturnType<TaskWriter['stored']>
  const second = new TaskWriter({ store: runStore, clock }, { stored }, listener)
  second.emit({ type: 'text-delta', messageId: 'm', delta: ' two' })
  second.setFacts({ state: { a: 2 }, skillId: undefined })
  await second.flush()
  expect(runStore.load(key)?.task.artifacts).toEqual([{ artifactId: 'm', parts: [{ text: 'one two' }] }])
  expect(runStore.load(key)?.facts.state).toEqual({ a: 2 })
  expect(second.version).toBe(2)
  // The first writer has lost the task.
  first.emit({ type: 'text-delta', messageId: 'm', delta: ' three' })
  await expect((async () => first.flush())()).rejects.toMatchObject({ code: 'PF_STORE_CONFLICT' })
  expect(runStore.load(key)?.task.artifacts).toEqual([{ artifactId: 'm', parts: [{ text: 'one two' }] }])
})

it('has no task where what comes before it fails', async () => {
  const { runStore } = createMemoryStores()
  const clock = createFakeClock()
  for (const failure of [new PfError('PF_RATE_LIMITED', 'x'), new PfError('PF_REQUEST_INVALID', 'x')]) {
    for (const isLate of [false, true]) {
      const lost: PfError[] = []
      const writer = new TaskWriter(
        { store: runStore, clock },
        {
          key,
          create: create(),
          facts: { principal: anonymous, runId: 'r' },
          before() {
            if (isLate) return Promise.reject(failure)
            throw failure
          },
        },
        { committed: () => expect.unreachable(), lost: (error) => void lost.push(error) },
      )
      writer.emit({ type: 'text-delta', messageId: 'm', delta: 'one' })
      await expect((async () => writer.flush())()).rejects.toBe(failure)
      expect(lost).toEqual([failure])
      expect(runStore.load(key)).toBeUndefined()
    }
  }
})

it('takes nothing more once it has ended', async () => {
  const { runStore } = createMemoryStores()
  const writer = new TaskWriter(
    { store: runStore, clock: createFakeClock() },
    { key, create: create(), facts: { principal: anonymous, runId: 'r' } },
    { committed() {}, lost() {} },
  )
  writer.lease(5_000)
  writer.emit({ type: 'text-delta', messageId: 'm', delta: 'one' })
  await writer.flush()
  expect(writer.leaseToken).toBe(1)
  writer.emit({ type: 'status', status: { state: 'completed', timestamp } })
  writer.end()
  writer.emit({ type: 'text-delta', messageId: 'm', delta: ' late' })
  writer.setFacts({ state: { late: true } })
  await writer.flush()
  writer.setFacts({ state: { later: true } })
  await writer.flush()
  const stored = runStore.load(key)
  expect([stored?.version, stored?.task.artifacts[0]?.parts, stored?.facts.state, stored?.lease]).toEqual([
    2,
    [{ text: 'one' }],
    undefined,
    undefined,
  ])
  expect(writer.leaseToken).toBeUndefined()
})
