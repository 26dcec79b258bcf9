import type { Interrupt, RunStore, TaskKey } from '@pf-agents/agent-core'
import { check, same } from '../assert'
import { alice, bob, creation, key, status, time, TrackedTask } from '../samples'
import { type RunStoreDriver, storageCase } from '../storage-case'

const ids = (keys: readonly TaskKey[] = []): string[] => keys.map(({ taskId }) => taskId)

/** What a list says is overdue in the scope of alice. */
async function listed(store: RunStore, now: number, limit = 4): Promise<string[]> {
  return ids((await store.list({ scope: alice, pageSize: 1, overdue: { now, limit } })).overdue)
}

/** What is overdue of the tenant that the samples belong to, all pages of it. */
async function scanned(store: RunStore, now: number, limit = 4): Promise<string[]> {
  return ids(await scanAll(store, '', now, limit))
}

async function scanAll(store: RunStore, tenant: string, now: number, limit: number): Promise<TaskKey[]> {
  const found: TaskKey[] = []
  for (let after: string | undefined; ;) {
    const page = await store.overdue({ tenant, now, limit, ...(after !== undefined && { after }) })
    check(page.tasks.length <= limit, 'a page has no more than was asked for')
    found.push(...page.tasks)
    if (page.next === undefined) return found
    same(page.tasks.length, limit, 'a page with one behind it is full')
    after = page.next
  }
}

function question(id: string, at?: number, state: Interrupt['status'] = 'open'): Interrupt {
  return { id, kind: 'input', prompt: 'Which?', status: state, ...(at !== undefined && { expiresAt: time(at) }) }
}

/** The n-th millisecond of the samples. */
const moment = (n: number): number => Date.parse(time(n))

/** What can't go on any more: found by its time, whoever left it behind. */
export const overdueCases = [
  storageCase<RunStoreDriver>(
    'a task under way is overdue when its lease is over',
    async ({ runStore, peer = runStore }) => {
      const tracked = new TrackedTask(runStore, 'task-1')
      const { leaseToken = 0 } = await tracked.commit([status('working', 1)], { lease: { expiresAt: 100 } })
      same(await listed(peer, 99), [], 'before')
      same(await scanned(peer, 99), [], 'before, in all scopes')
      same(await listed(peer, 100), ['task-1'], 'at its end')
      same(await scanned(peer, 100), ['task-1'], 'at its end, in all scopes')
      await runStore.renew(tracked.key, leaseToken, 200)
      same(await listed(peer, 199), [], 'renewed')
      await tracked.commit([], { leaseToken, lease: { expiresAt: 300 } })
      same(await listed(peer, 299), [], 'prolonged')
      same(await listed(peer, 300), ['task-1'], 'prolonged, and over')
      const claimed = await peer.claim(tracked.key, { now: 300, expiresAt: 400 })
      same([await listed(runStore, 399), await listed(runStore, 400)], [[], ['task-1']], 'claimed')
      await peer.release(tracked.key, claimed?.token ?? 0)
      same(await listed(runStore, 0), ['task-1'], 'given back while it is under way')
      await tracked.commit([status('failed', 2)], { force: true, lease: 'release' }, peer)
      same([await listed(runStore, 9_999), await scanned(runStore, 9_999)], [[], []], 'over')
    },
  ),

  storageCase<RunStoreDriver>(
    'a task without a lease is overdue where it should be under way',
    async ({ runStore }) => {
      const all = [
        'submitted',
        'working',
        'input-required',
        'auth-required',
        'completed',
        'canceled',
        'rejected',
      ] as const
      for (const state of all) await runStore.commit(creation(state, { state }))
      same(await listed(runStore, 1), ['submitted', 'working'], 'overdue')
      same(await listed(runStore, moment(9_999)), ['submitted', 'working'], 'much later')
    },
  ),

  storageCase<RunStoreDriver>(
    'a task that waits is overdue when the first of its open questions is',
    async ({ runStore, peer = runStore }) => {
      const tracked = new TrackedTask(runStore, 'task-1')
      const { leaseToken = 0 } = await tracked.commit([], { lease: { expiresAt: moment(9_000) } })
      const questions = [question('a', 50), question('b', 30), question('c', 10, 'answered'), question('d')]
      await tracked.commit([status('input-required', 1)], {
        leaseToken,
        lease: 'release',
        facts: { interrupts: questions },
      })
      same([await listed(peer, moment(29)), await listed(peer, moment(30))], [[], ['task-1']], 'the first open one')
      await tracked.commit([], { facts: { interrupts: [question('a', 50), question('b', 30, 'answered')] } })
      same([await listed(peer, moment(49)), await listed(peer, moment(50))], [[], ['task-1']], 'when that is answered')
      await tracked.commit([], { facts: { interrupts: [question('a')] } })
      same(await listed(peer, moment(9_999)), [], 'no end')
      await tracked.commit([], { facts: { interrupts: [question('a', 20)] } })
      await tracked.commit([status('auth-required', 2)])
      same(await listed(peer, moment(20)), ['task-1'], 'waiting for something else')
      await tracked.commit([], { facts: { interrupts: undefined } })
      same(await listed(peer, moment(9_999)), [], 'no question')
      await tracked.commit([], { facts: { interrupts: [question('a', 20)] } })
      const again = await tracked.commit([status('working', 3)], { lease: { expiresAt: moment(40) } })
      same([await listed(peer, moment(39)), await listed(peer, moment(40))], [[], ['task-1']], 'under way again')
      await tracked.commit([status('completed', 4)], { leaseToken: again.leaseToken ?? 0, lease: 'release' })
      same(await listed(peer, moment(9_999)), [], 'over')
    },
  ),

  storageCase<RunStoreDriver>(
    'a task may be made with its questions, in any form of ISO 8601',
    async ({ runStore }) => {
      for (const [id, expiresAt] of Object.entries({
        a: '2026-01-01T00:00:01.500Z',
        b: '2026-01-01T02:00:01.501+02:00',
        c: '2026-01-01T00:00:02Z',
      })) {
        const interrupts = [{ ...question('q'), expiresAt }]
        const { facts: { principal, runId } = {}, ...rest } = creation(id, { state: 'input-required' })
        await runStore.commit({
          ...rest,
          facts: { principal: principal ?? { id: 'alice' }, runId: runId ?? 'r', interrupts },
        })
      }
      for (const [at, expected] of [
        [1_499, []],
        [1_500, ['a']],
        [1_501, ['a', 'b']],
        [1_999, ['a', 'b']],
        [2_000, ['a', 'b', 'c']],
      ] as const)
        same(await listed(runStore, moment(at)), [...expected], `at ${at}`)
    },
  ),

  storageCase<RunStoreDriver>('what is overdue longest comes first, each scope by itself', async ({ runStore }) => {
    for (const [id, expiresAt] of Object.entries({ d: 40, b: 20, c: 30, a: 10, e: 1_000, aa: 20 })) {
      await runStore.commit(creation(id, {}, { lease: { expiresAt } }))
      await runStore.commit(creation(id, { scope: bob }, { lease: { expiresAt: expiresAt + 5 } }))
    }
    same(await listed(runStore, 100, 2), ['a', 'aa'], 'as many as asked for')
    same(await listed(runStore, 20), ['a', 'aa', 'b'], 'until then')
    same(await listed(runStore, 100), ['a', 'aa', 'b', 'c'], 'the first four')
    const everyone = await scanAll(runStore, '', 100, 99)
    const expected = [10, 15, 20, 20, 25, 25, 30, 35, 40, 45]
    const due: Record<string, number> = { a: 10, aa: 20, b: 20, c: 30, d: 40 }
    same(
      everyone.map(({ taskId, principalId }) => (due[taskId] ?? 0) + (principalId === 'bob' ? 5 : 0)),
      expected,
      'in all scopes',
    )
    const pages = await scanAll(runStore, '', 100, 3)
    same(
      pages.map(({ taskId, principalId }) => (due[taskId] ?? 0) + (principalId === 'bob' ? 5 : 0)),
      expected,
      'in all scopes, page by page',
    )
    same(new Set(pages.map(({ taskId, principalId }) => `${principalId} ${taskId}`)).size, 10, 'each once')
  }),

  storageCase<RunStoreDriver>('what is overdue is found tenant by tenant', async ({ runStore, peer = runStore }) => {
    const scopes = ['', 'a', 'a"b', 'ab'].map((tenant) => ({ tenant, principalId: 'alice' }))
    for (const scope of scopes)
      for (let n = 0; n < 3; n++) await runStore.commit(creation(`t-${n}`, { scope }, { lease: { expiresAt: n } }))
    for (const scope of scopes) {
      const expected = ['t-0', 't-1', 't-2'].map((taskId) => key(taskId, scope))
      for (const limit of [1, 2, 3, 4])
        same(await scanAll(peer, scope.tenant, 2, limit), expected, `of ${scope.tenant}`)
    }
    same(await peer.overdue({ tenant: 'nobody', now: 2, limit: 4 }), { tasks: [] }, 'of nobody')
  }),

  storageCase<RunStoreDriver>(
    'pages of what is overdue go on where they ended, whatever became of what was on them',
    async ({ runStore, peer = runStore }) => {
      for (let n = 0; n < 9; n++) {
        // Two each since the same time, one of each for bob.
        const scope = n % 2 === 0 ? alice : bob
        await runStore.commit(creation(`t-${n}`, { scope }, { lease: { expiresAt: n >> 1 } }))
      }
      const first = await runStore.overdue({ tenant: '', now: 99, limit: 4 })
      for (const { principalId, taskId } of first.tasks.filter((_, at) => at !== 1)) {
        const scope = principalId === 'bob' ? bob : alice
        const tracked = key(taskId, scope)
        const { version = 0 } = (await runStore.head(tracked)) ?? {}
        const events = [status('failed', 2)]
        await runStore.commit({ key: tracked, expectedVersion: version, force: true, lease: 'release', events })
      }
      const second = await peer.overdue({ tenant: '', now: 99, limit: 4, after: first.next ?? '' })
      const third = await peer.overdue({ tenant: '', now: 99, limit: 4, after: second.next ?? '' })
      const all = [first, second, third].flatMap(({ tasks }) => ids(tasks))
      same(
        all.toSorted(),
        [0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => `t-${n}`),
        'each once',
      )
      same(third.next, undefined, 'the last page')
      same(ids(await scanAll(peer, '', 99, 9)).length, 6, 'what is left')
    },
  ),

  storageCase<RunStoreDriver>('a list says so whatever its filters, and else as before', async ({ runStore }) => {
    await runStore.commit(creation('dead', { contextId: 'one', at: 1 }, { lease: { expiresAt: 5 } }))
    await runStore.commit(creation('done', { contextId: 'two', state: 'completed', at: 2 }))
    const overdue = { now: 5, limit: 4 }
    for (const filter of [
      {},
      { contextId: 'two' },
      { state: 'failed' as const },
      { updatedSince: time(2) },
      { after: { timestamp: time(0), taskId: '' } },
    ]) {
      const query = { scope: alice, pageSize: 9, ...filter }
      const page = await runStore.list(query)
      same('overdue' in page, false, 'a list that was not asked')
      same(await runStore.list({ ...query, overdue }), { ...page, overdue: [key('dead')] }, JSON.stringify(filter))
      same(await runStore.list({ ...query, overdue: { now: 4, limit: 4 } }), page, `nothing: ${JSON.stringify(filter)}`)
    }
    same(await runStore.list({ scope: bob, pageSize: 9, overdue }), { tasks: [], total: 0 }, 'an empty scope')
  }),
]
