import { PfError } from '@pf-agents/agent-core'
import { check, fails, same } from '../assert'
import { alice, creation, key, message, status, TrackedTask } from '../samples'
import { type RunStoreDriver, storageCase } from '../storage-case'

/** Commits: versions, conflicts, races, atomicity. */
export const versionCases = [
  storageCase<RunStoreDriver>('a task is made by its first commit and read back whole', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    same(await runStore.load(tracked.key), undefined, 'before')
    same(await runStore.head(tracked.key), undefined, 'head before')
    await tracked.commit([status('working', 1), { type: 'message', message: message('m-1') }])
    await tracked.verify()
    same(await runStore.head(tracked.key), { version: 1, state: 'working' }, 'head')
  }),

  storageCase<RunStoreDriver>('a commit without events counts, and numbers nothing', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([])
    await tracked.commit([status('working', 1)])
    await tracked.commit([])
    same(tracked.lastSeq, 1, 'newest number')
    await tracked.verify()
  }),

  storageCase<RunStoreDriver>('a task is made once', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([status('working', 1)])
    await fails(
      () => runStore.commit(creation('task-1', { contextId: 'other' })),
      'PF_STORE_CONFLICT',
      'making it again',
    )
    await tracked.verify()
  }),

  storageCase<RunStoreDriver>('a commit on another version is refused and changes nothing', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([])
    await tracked.commit([status('working', 1)])
    for (const expectedVersion of [0, 1, 3, 99]) {
      const stale = { ...tracked.next([status('failed', 2)], { facts: { runId: 'other' } }), expectedVersion }
      if (expectedVersion === 0) Object.assign(stale, creation('task-1'))
      await fails(() => runStore.commit(stale), 'PF_STORE_CONFLICT', `version ${expectedVersion}`)
    }
    await tracked.verify()
  }),

  storageCase<RunStoreDriver>('a commit on a task that does not exist is refused', async ({ runStore }) => {
    const commit = { key: key('nobody'), expectedVersion: 1, events: [status('working')] }
    await fails(() => runStore.commit(commit), 'PF_STORE_CONFLICT', 'unknown task')
    same(await runStore.load(commit.key), undefined, 'after')
    same((await runStore.list({ scope: alice, pageSize: 5 })).total, 0, 'tasks')
  }),

  storageCase<RunStoreDriver>('a commit that makes a task must say which, and whose', async ({ runStore }) => {
    const whole = creation('task-1')
    const { create: _, ...withoutTask } = whole
    const { facts: __, ...withoutFacts } = whole
    await fails(() => runStore.commit(withoutTask), 'PF_INTERNAL', 'no task')
    await fails(() => runStore.commit(withoutFacts), 'PF_INTERNAL', 'no facts')
    await fails(() => runStore.commit({ ...whole, key: key('task-2') }), 'PF_INTERNAL', 'another id')
    same((await runStore.list({ scope: alice, pageSize: 5 })).total, 0, 'tasks')
  }),

  storageCase<RunStoreDriver>(
    'of commits that race for one version exactly one wins',
    async ({ runStore, peer = runStore }) => {
      const tracked = new TrackedTask(runStore, 'task-1')
      await tracked.commit([])
      for (let round = 0; round < 15; round++) {
        const racers = Array.from({ length: 6 }, (_, index) => [
          { type: 'message' as const, message: message(`m-${round}-${index}`) },
        ])
        const settled = await Promise.allSettled(
          racers.map(async (events, index) => await (index % 2 === 0 ? runStore : peer).commit(tracked.next(events))),
        )
        const winners = settled.flatMap((one, index) => (one.status === 'fulfilled' ? [index] : []))
        same(winners.length, 1, `winners of round ${round}`)
        for (const one of settled) {
          check(
            one.status === 'fulfilled' || PfError.is(one.reason, 'PF_STORE_CONFLICT'),
            `a loser threw ${one.status === 'rejected' ? String(one.reason) : ''}`,
          )
        }
        tracked.committed(racers[winners[0] as number] ?? [])
        await tracked.verify()
        await tracked.verify(peer)
      }
    },
  ),

  storageCase<RunStoreDriver>(
    'of commits that race to make a task exactly one wins',
    async ({ runStore, peer = runStore }) => {
      for (let round = 0; round < 10; round++) {
        const racers = Array.from({ length: 4 }, (_, index) =>
          creation(`task-${round}`, { contextId: `context-${index}` }),
        )
        const settled = await Promise.allSettled(
          racers.map(async (commit, index) => await (index % 2 === 0 ? runStore : peer).commit(commit)),
        )
        const winners = settled.flatMap((one, index) => (one.status === 'fulfilled' ? [index] : []))
        same(winners.length, 1, `winners of round ${round}`)
        const stored = await runStore.load(key(`task-${round}`))
        same(stored?.task.contextId, `context-${winners[0]}`, 'the winner is stored')
      }
      same((await runStore.list({ scope: alice, pageSize: 50 })).total, 10, 'tasks')
    },
  ),

  storageCase<RunStoreDriver>('many tasks may be worked on at once', async ({ runStore, peer = runStore }) => {
    const all = Array.from(
      { length: 12 },
      (_, index) => new TrackedTask(index % 2 === 0 ? runStore : peer, `task-${index}`),
    )
    await Promise.all(
      all.map(async (tracked) => {
        await tracked.commit([status('working', 1)], { lease: { expiresAt: 1_000 } })
        for (let step = 0; step < 5; step++)
          await tracked.commit([{ type: 'message', message: message(`m-${step}`) }], { leaseToken: 1 })
        await tracked.commit([status('completed', 2)], { leaseToken: 1, lease: 'release' })
      }),
    )
    for (const tracked of all) await tracked.verify()
    same((await runStore.list({ scope: alice, pageSize: 50 })).total, 12, 'tasks')
  }),

  storageCase<RunStoreDriver>(
    'the messages of a commit join the conversation, those of a refused one do not',
    async ({ runStore, conversation }) => {
      const tracked = new TrackedTask(runStore, 'task-1')
      await tracked.commit([], { conversation: [message('m-1'), message('m-2', 'b', 'agent')] })
      await fails(
        () => runStore.commit({ ...tracked.next([], { conversation: [message('lost')] }), expectedVersion: 7 }),
        'PF_STORE_CONFLICT',
        'stale commit',
      )
      await fails(
        () => runStore.commit(creation('task-1', {}, { conversation: [message('lost')] })),
        'PF_STORE_CONFLICT',
        'made again',
      )
      await tracked.commit([status('completed', 1)], { conversation: [message('m-3')], force: true })
      const read = await conversation.read(alice, 'context-1')
      same(read, [message('m-1'), message('m-2', 'b', 'agent'), message('m-3')], 'conversation')
    },
  ),
]
