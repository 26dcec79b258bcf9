import type { RunStore, StoredTask, TaskCursor, TaskQuery, TaskState } from '@pf-agents/agent-core'
import { compareText } from '@pf-agents/agent-core'
import { check, fails, same } from '../assert'
import { seededRandom } from '../random'
import { alice, bob, creation, status, text, time, TrackedTask } from '../samples'
import { type RunStoreDriver, storageCase } from '../storage-case'

const ids = (tasks: readonly StoredTask[]): string[] => tasks.map(({ key }) => key.taskId)

/** All pages of a query. Fails where a page is too long, empty before the end, or the totals differ. */
async function allPages(store: RunStore, query: TaskQuery): Promise<string[]> {
  const found: string[] = []
  let after: TaskCursor | undefined
  for (;;) {
    const page = await store.list({ ...query, ...(after && { after }) })
    check(page.tasks.length <= query.pageSize, 'a page is not longer than asked for')
    found.push(...ids(page.tasks))
    check(found.length <= page.total, 'no more tasks than the total says')
    if (page.next === undefined) {
      same(found.length, page.total, 'total against all pages')
      return found
    }
    same(page.tasks.length, query.pageSize, 'a page before the last is full')
    after = page.next
  }
}

/** Lists: order, pages, filters, totals. */
export const listCases = [
  storageCase<RunStoreDriver>('an empty scope has one empty page', async ({ runStore }) => {
    same(await runStore.list({ scope: alice, pageSize: 10 }), { tasks: [], total: 0 }, 'page')
  }),

  storageCase<RunStoreDriver>(
    'newest status first, equal times by id, whatever the order of creation',
    async ({ runStore }) => {
      for (const [id, at] of [
        ['b', 5],
        ['d', 1],
        ['a', 5],
        ['e', 9],
        ['c', 5],
        ['Z', 5],
        ['aa', 5],
      ] as const)
        await runStore.commit(creation(id, { at }))
      const page = await runStore.list({ scope: alice, pageSize: 10 })
      same(ids(page.tasks), ['e', 'c', 'b', 'aa', 'a', 'Z', 'd'], 'order')
      same([page.total, page.next], [7, undefined], 'total and next')
    },
  ),

  storageCase<RunStoreDriver>('equal times are ordered by the bytes of the id', async ({ runStore }) => {
    const all = ['z', 'Z', '~', 'ä', '漢', '\uffee', '😀', '😁', 'zz', '-']
    for (const id of all) await runStore.commit(creation(id))
    same(await allPages(runStore, { scope: alice, pageSize: 3 }), all.toSorted(compareText).toReversed(), 'order')
  }),

  storageCase<RunStoreDriver>(
    'a task moves to the front when its status changes, and not by anything else',
    async ({ runStore }) => {
      const tracked = new TrackedTask(runStore, 'task-2', { at: 2 })
      for (const at of [1, 3]) await runStore.commit(creation(`task-${at}`, { at }))
      await tracked.commit([])
      await tracked.commit([text('a', 'x'), { type: 'metadata', metadata: { a: 1 } }])
      same(await allPages(runStore, { scope: alice, pageSize: 2 }), ['task-3', 'task-2', 'task-1'], 'before')
      await tracked.commit([status('working', 4)])
      same(await allPages(runStore, { scope: alice, pageSize: 2 }), ['task-2', 'task-3', 'task-1'], 'after')
    },
  ),

  storageCase<RunStoreDriver>('a listed task is whole', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([status('working', 1), text('a', 'one')], { lease: { expiresAt: 100 } })
    await tracked.commit([text('a', ' two')], { leaseToken: 1, facts: { state: { a: 1 } } })
    const listed = (await runStore.list({ scope: alice, pageSize: 1 })).tasks[0]
    same(listed, await runStore.load(tracked.key), 'listed against loaded')
    same(listed?.task, tracked.expected, 'task')
  }),

  storageCase<RunStoreDriver>('pages of any size are the whole list, without a repetition', async ({ runStore }) => {
    const random = seededRandom(11)
    const expected = Array.from({ length: 25 }, (_, index) => ({ id: `task-${index}`, at: random.below(8) }))
    for (const { id, at } of expected) await runStore.commit(creation(id, { at }))
    expected.sort((a, b) => b.at - a.at || compareText(b.id, a.id))
    for (const pageSize of [1, 2, 7, 24, 25, 26, 100]) {
      same(
        await allPages(runStore, { scope: alice, pageSize }),
        expected.map(({ id }) => id),
        `pages of ${pageSize}`,
      )
    }
  }),

  storageCase<RunStoreDriver>(
    'a context, a state and a time filter, alone and together, and the total counts them',
    async ({ runStore }) => {
      const random = seededRandom(12)
      const states: TaskState[] = [
        'submitted',
        'working',
        'input-required',
        'completed',
        'failed',
        'canceled',
        'rejected',
      ]
      const all = Array.from({ length: 30 }, (_, index) => ({
        id: `task-${index}`,
        contextId: `context-${random.below(3)}`,
        state: random.pick(states),
        at: random.below(10),
      }))
      for (const { id, contextId, state, at } of all) {
        const tracked = new TrackedTask(runStore, id, { contextId })
        await tracked.commit([status('working', 0)])
        await tracked.commit([status(state, at)])
      }
      await runStore.commit(creation('foreign', { scope: bob, contextId: 'context-0', at: 9 }))
      for (let round = 0; round < 30; round++) {
        const contextId = random.oneIn(2) ? `context-${random.below(4)}` : undefined
        const state = random.oneIn(2) ? random.pick(states) : undefined
        const since = random.oneIn(2) ? random.below(11) : undefined
        const query: TaskQuery = {
          scope: alice,
          pageSize: 1 + random.below(6),
          ...(contextId !== undefined && { contextId }),
          ...(state !== undefined && { state }),
          ...(since !== undefined && { updatedSince: time(since) }),
        }
        const matching = all.filter(
          (one) =>
            (contextId ?? one.contextId) === one.contextId &&
            (state ?? one.state) === one.state &&
            one.at >= (since ?? 0),
        )
        matching.sort((a, b) => b.at - a.at || compareText(b.id, a.id))
        same(
          await allPages(runStore, query),
          matching.map(({ id }) => id),
          JSON.stringify(query),
        )
        const first = await runStore.list(query)
        same(first.total, matching.length, 'total of the first page')
      }
    },
  ),

  storageCase<RunStoreDriver>('a time may be written in any form of ISO 8601', async ({ runStore }) => {
    await runStore.commit(creation('task-1', { at: 1_000 }))
    for (const [updatedSince, total] of [
      ['2026-01-01T00:00:01.000Z', 1],
      ['2026-01-01T00:00:01Z', 1],
      ['2026-01-01T01:00:01+01:00', 1],
      ['2026-01-01T00:00:01.001Z', 0],
      ['2026-01-01T01:00:01.5+01:00', 0],
      ['2025-12-31', 1],
    ] as const) {
      same((await runStore.list({ scope: alice, pageSize: 1, updatedSince })).total, total, updatedSince)
    }
    await fails(
      () => runStore.list({ scope: alice, pageSize: 1, updatedSince: 'yesterday' }),
      'PF_REQUEST_INVALID',
      'no time',
    )
  }),

  storageCase<RunStoreDriver>(
    'a page goes on where the last one ended, although tasks changed in between',
    async ({ runStore }) => {
      const tracked = Array.from(
        { length: 10 },
        (_, index) => new TrackedTask(runStore, `task-${index}`, { at: index }),
      )
      for (const one of tracked) await one.commit([])
      const first = await runStore.list({ scope: alice, pageSize: 3 })
      same(ids(first.tasks), ['task-9', 'task-8', 'task-7'], 'first page')
      // The last task of the page moves to the front, as does one of the next page; a new one comes.
      await tracked[7]?.commit([status('completed', 50)])
      await tracked[5]?.commit([status('completed', 51)])
      await runStore.commit(creation('task-new', { at: 52 }))
      check(first.next !== undefined, 'there is a next page')
      const second = await runStore.list({ scope: alice, pageSize: 3, after: first.next })
      same(ids(second.tasks), ['task-6', 'task-4', 'task-3'], 'second page')
      same(second.total, 11, 'total')
      check(second.next !== undefined, 'there is a third page')
      const third = await runStore.list({ scope: alice, pageSize: 3, after: second.next })
      same([ids(third.tasks), third.next], [['task-2', 'task-1', 'task-0'], undefined], 'third page')
    },
  ),

  storageCase<RunStoreDriver>('a cursor need not be that of a task', async ({ runStore }) => {
    for (let at = 0; at < 4; at++) await runStore.commit(creation(`task-${at}`, { at }))
    const below = async (timestamp: string, taskId: string): Promise<string[]> =>
      ids((await runStore.list({ scope: alice, pageSize: 9, after: { timestamp, taskId } })).tasks)
    same(await below(time(2), 'task-2'), ['task-1', 'task-0'], 'at a task')
    same(await below(time(2), 'zzz'), ['task-2', 'task-1', 'task-0'], 'behind a task of the same time')
    same(await below(time(2), ''), ['task-1', 'task-0'], 'before a task of the same time')
    same(await below(time(99), ''), ['task-3', 'task-2', 'task-1', 'task-0'], 'newer than all')
    same(await below(time(0), ''), [], 'older than all')
  }),
]
