import type { Scope } from '@pf-agents/agent-core'
import { fails, same } from '../assert'
import { alice, bob, creation, key, message, status, TrackedTask } from '../samples'
import { type RunStoreDriver, storageCase } from '../storage-case'

/** Scopes whose parts, joined naively, would be each other. */
const alike: readonly Scope[] = [
  { tenant: '', principalId: 'a/b' },
  { tenant: 'a', principalId: 'b' },
  { tenant: 'a/', principalId: 'b' },
  { tenant: 'a/b', principalId: '' },
  { tenant: '', principalId: 'a%2Fb' },
  { tenant: 'a\u0000', principalId: 'b' },
  { tenant: 'a', principalId: '\u0000b' },
  { tenant: 'A', principalId: 'b' },
  { tenant: 'a', principalId: 'b ' },
  { tenant: 'b', principalId: 'a' },
]

/** Scopes: what belongs to another principal or tenant looks missing. */
export const isolationCases = [
  storageCase<RunStoreDriver>('another principal sees, reads and claims nothing', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([status('working', 1), { type: 'message', message: message('m-1') }])
    for (const scope of [bob, { tenant: 'other', principalId: 'alice' }]) {
      const foreign = key('task-1', scope)
      same(await runStore.load(foreign), undefined, 'load')
      same(await runStore.head(foreign), undefined, 'head')
      same(await runStore.read(foreign, 1), undefined, 'read')
      same(await runStore.list({ scope, pageSize: 10 }), { tasks: [], total: 0 }, 'list')
      same(
        await runStore.list({ scope, pageSize: 10, contextId: 'context-1' }),
        { tasks: [], total: 0 },
        'list of the context',
      )
      same(await runStore.claim(foreign, { now: 0, expiresAt: 100 }), undefined, 'claim')
      same(await runStore.renew(foreign, 1, 100), false, 'renew')
      await runStore.release(foreign, 1)
      await fails(
        () => runStore.commit({ key: foreign, expectedVersion: 1, events: [status('failed', 2)], force: true }),
        'PF_STORE_CONFLICT',
        'commit',
      )
    }
    await tracked.verify()
  }),

  storageCase<RunStoreDriver>('the same ids in two scopes are two tasks', async ({ runStore, conversation }) => {
    const hers = new TrackedTask(runStore, 'task-1', { scope: alice })
    const his = new TrackedTask(runStore, 'task-1', { scope: bob })
    await hers.commit([status('working', 1)], { conversation: [message('hers')], lease: { expiresAt: 100 } })
    await his.commit([status('completed', 2), { type: 'message', message: message('his') }], {
      conversation: [message('his')],
    })
    await hers.verify()
    await his.verify()
    same((await runStore.load(his.key))?.lease, undefined, 'his lease')
    same(await conversation.read(alice, 'context-1'), [message('hers')], 'her conversation')
    same(await conversation.read(bob, 'context-1'), [message('his')], 'his conversation')
  }),

  storageCase<RunStoreDriver>('scopes whose names are alike are kept apart', async ({ runStore }) => {
    for (const [index, scope] of alike.entries())
      await runStore.commit(creation('task-1', { scope, contextId: `context-${index}` }))
    for (const [index, scope] of alike.entries()) {
      const stored = await runStore.load(key('task-1', scope))
      same(stored?.task.contextId, `context-${index}`, `task of ${JSON.stringify(scope)}`)
      same(stored?.key, key('task-1', scope), `key of ${JSON.stringify(scope)}`)
      const page = await runStore.list({ scope, pageSize: 10 })
      same(
        [page.total, page.tasks.map(({ task }) => task.contextId)],
        [1, [`context-${index}`]],
        `list of ${JSON.stringify(scope)}`,
      )
    }
  }),
]
