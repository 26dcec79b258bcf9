import { applyEvent, type RunEvent, snapshotTask, type StoredEvent } from '@pf-agents/agent-core'
import { check, same } from '../assert'
import { randomEvent, randomFacts } from '../random-events'
import { seededRandom } from '../random'
import { key, message, status, task, text, TrackedTask } from '../samples'
import { type RunStoreDriver, storageCase } from '../storage-case'

/** Fails unless the log is what was committed, or the driver has none. */
async function verifyLog({ runStore }: RunStoreDriver, tracked: TrackedTask): Promise<void> {
  const read = await runStore.read(tracked.key, 1, 100_000)
  if (!runStore.hasEventLog) return same(read, undefined, 'the log of a driver that has none')
  const expected: StoredEvent[] = tracked.events.map((event, index) => ({ seq: index + 1, event }))
  same(read, expected, 'log')
}

/** Events: numbers, reading, folding. */
export const eventCases = [
  storageCase<RunStoreDriver>('events are numbered from 1 without a gap, across commits', async (driver) => {
    const tracked = new TrackedTask(driver.runStore, 'task-1')
    await tracked.commit([status('working', 1), text('a', '1')])
    await tracked.commit([text('a', '2')])
    await tracked.commit([])
    await tracked.commit([text('a', '3'), text('a', '4'), status('completed', 2)])
    await verifyLog(driver, tracked)
    await tracked.verify()
  }),

  storageCase<RunStoreDriver>('a refused commit leaves no gap', async (driver) => {
    const tracked = new TrackedTask(driver.runStore, 'task-1')
    await tracked.commit([text('a', '1')])
    await Promise.allSettled([
      (async () => await driver.runStore.commit({ ...tracked.next([text('a', 'x')]), expectedVersion: 9 }))(),
    ])
    await tracked.commit([text('a', '2')])
    await verifyLog(driver, tracked)
  }),

  storageCase<RunStoreDriver>('a log is read in pages', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    for (let batch = 0; batch < 30; batch++) {
      await tracked.commit(Array.from({ length: batch % 7 }, (_, index) => text('a', `${batch}.${index} `)))
    }
    if (!runStore.hasEventLog)
      return same(await runStore.read(tracked.key, 1), undefined, 'the log of a driver that has none')
    for (const limit of [1, 3, 10, 1_000]) {
      const found: StoredEvent[] = []
      for (;;) {
        const page = await runStore.read(tracked.key, found.length + 1, limit)
        check(page !== undefined && page.length <= limit, `a page of at most ${limit}`)
        found.push(...page)
        check(found.length <= tracked.lastSeq, 'no more events than there are')
        if (page.length < limit) break
      }
      same(
        found,
        tracked.events.map((event, index) => ({ seq: index + 1, event })),
        `all pages of ${limit}`,
      )
    }
    same(await runStore.read(tracked.key, tracked.lastSeq + 1), [], 'behind the newest')
    same(await runStore.read(tracked.key, tracked.lastSeq + 100), [], 'far behind the newest')
    same((await runStore.read(tracked.key, tracked.lastSeq))?.length, 1, 'the newest')
    same(
      (await runStore.read(tracked.key, 0, 2))?.map(({ seq }) => seq),
      [1, 2],
      'from before the first',
    )
  }),

  storageCase<RunStoreDriver>('a page has 1,000 events where nothing else is asked for', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit(Array.from({ length: 1_200 }, (_, index) => text('a', String(index % 10))))
    await tracked.verify()
    const page = await runStore.read(tracked.key, 1)
    same(page?.length, runStore.hasEventLog ? 1_000 : undefined, 'length of a page')
  }),

  storageCase<RunStoreDriver>('the log of a task that does not exist can not be read', async ({ runStore }) => {
    same(await runStore.read(key('nobody'), 1), undefined, 'log')
  }),

  storageCase<RunStoreDriver>(
    'a task is the fold of its events, whatever they are and however they come',
    async (driver) => {
      for (const seed of [1, 2, 3, 4, 5]) {
        const random = seededRandom(seed)
        const tracked = new TrackedTask(driver.runStore, `task-${seed}`)
        const replay = task(`task-${seed}`)
        for (let step = 0; step < 40; step++) {
          const events = Array.from({ length: random.below(6) }, () => randomEvent(random, step))
          const patch = random.oneIn(4) && step > 0 ? { facts: randomFacts(random) } : {}
          const expected = snapshotTask(tracked.expected)
          for (const event of events) applyEvent(expected, event)
          await tracked.commit(events, { ...patch, ...(random.oneIn(3) && { snapshot: expected }) })
          if (random.oneIn(4)) await tracked.verify()
        }
        await tracked.verify()
        await verifyLog(driver, tracked)
        for (const event of tracked.events) applyEvent(replay, event)
        same(replay, tracked.expected, 'replay of the log')
      }
    },
  ),

  storageCase<RunStoreDriver>(
    'a snapshot holds the events of its commit: they are not folded in twice',
    async (driver) => {
      const tracked = new TrackedTask(driver.runStore, 'task-1')
      for (let step = 0; step < 4; step++) {
        const events: RunEvent[] = [text('a', `${step} `), { type: 'message', message: message(`m-${step}`) }]
        const snapshot = snapshotTask(tracked.expected)
        for (const event of events) applyEvent(snapshot, event)
        await tracked.commit(events, step === 2 ? {} : { snapshot })
        await tracked.verify()
      }
      await verifyLog(driver, tracked)
    },
  ),

  storageCase<RunStoreDriver>('what was loaded before is not changed by later commits', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([status('working', 1), text('a', 'one'), { type: 'message', message: message('m-1') }])
    const before = await runStore.load(tracked.key)
    const copy = JSON.parse(JSON.stringify(before)) as unknown
    await tracked.commit(
      [
        text('a', ' two'),
        { type: 'message', message: message('m-2') },
        { type: 'artifact', artifact: { artifactId: 'a', parts: [{ data: { n: 1 } }] }, append: true },
        { type: 'metadata', metadata: { k: 'v' } },
      ],
      { facts: { state: { n: 1 } } },
    )
    await tracked.commit([status('completed', 2)])
    same(before, copy, 'what was loaded')
    const end = await runStore.load(tracked.key)
    const endCopy = JSON.parse(JSON.stringify(end)) as unknown
    await tracked.commit([{ type: 'metadata', metadata: { late: true } }, text('a', ' three')])
    same(end, endCopy, 'what was loaded at the end')
    await tracked.verify()
  }),

  storageCase<RunStoreDriver>('a long answer in many deltas is kept whole', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([status('working', 1)])
    for (let batch = 0; batch < 20; batch++) {
      const events: RunEvent[] = Array.from({ length: 100 }, (_, index) => text('answer', `word ${batch}-${index} `))
      const snapshot = snapshotTask(tracked.expected)
      for (const event of events) applyEvent(snapshot, event)
      await tracked.commit(events, batch % 8 === 7 ? { snapshot } : {})
    }
    await tracked.commit([status('completed', 2)], {
      snapshot: { ...tracked.expected, status: { state: 'completed', timestamp: status2 } },
    })
    await tracked.verify()
  }),
]

const status2 = (status('completed', 2) as Extract<RunEvent, { type: 'status' }>).status.timestamp
