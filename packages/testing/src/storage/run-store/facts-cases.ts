import type { JsonObject, RunCommit } from '@pf-agents/agent-core'
import { fails, same } from '../assert'
import { creation, facts, key, message, status, TrackedTask } from '../samples'
import { type RunStoreDriver, storageCase } from '../storage-case'

const interrupt = { id: 'i-1', kind: 'input' as const, prompt: 'Where to?', status: 'open' as const }

/** Facts: what is stored beside the task. */
export const factsCases = [
  storageCase<RunStoreDriver>('facts are replaced field by field', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([])
    const patches: NonNullable<RunCommit['facts']>[] = [
      { skillId: 'book', state: { a: 1, b: { c: 2 } } },
      { state: { a: 2 } },
      { interrupts: [interrupt], checkpoint: { engine: 'e', schemaVersion: 3, data: null } },
      { interrupts: [{ ...interrupt, status: 'answered' }], runId: 'run-2', usage: { turns: 1 } },
      {},
    ]
    for (const patch of patches) {
      await tracked.commit([], { facts: patch })
      await tracked.verify()
    }
    same(tracked.facts.state, { a: 2 }, 'a fact is replaced whole, not merged')
  }),

  storageCase<RunStoreDriver>('a fact that is set to undefined is gone', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([], {
      facts: { ...facts(), skillId: 'book', state: { a: 1 }, checkpoint: { engine: 'e', schemaVersion: 1, data: 1 } },
    })
    await tracked.commit([status('working', 1)], { facts: { checkpoint: undefined, skillId: undefined } })
    const stored = await runStore.load(tracked.key)
    same(Object.keys(stored?.facts ?? {}).toSorted(), ['principal', 'runId', 'state'], 'fields that are left')
    await tracked.verify()
    await tracked.commit([], { facts: { skillId: 'again' } })
    await tracked.verify()
  }),

  storageCase<RunStoreDriver>('the principal is kept with scopes and claims', async ({ runStore }) => {
    const principal = {
      id: 'alice',
      tenant: 'acme',
      scopes: ['read', 'write'],
      claims: { sub: 'alice', groups: ['a'], nested: { deep: [1, null] } },
    }
    await runStore.commit(creation('task-1', {}, { facts: { principal, runId: 'run-1' } }))
    same((await runStore.load(key('task-1')))?.facts.principal, principal, 'principal')
  }),

  storageCase<RunStoreDriver>('odd keys in state are kept, and reach no prototype', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    const state = JSON.parse(
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"a.b":1,"":2,"toString":"x"}',
    ) as JsonObject
    await tracked.commit([{ type: 'metadata', metadata: state }], { facts: { ...facts(), state } })
    await tracked.verify()
    same((await runStore.load(tracked.key))?.facts.state, state, 'state')
    same(({} as { polluted?: boolean }).polluted, undefined, 'the prototype of all objects')
  }),

  storageCase<RunStoreDriver>('facts of a refused commit are not stored', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([], { lease: { expiresAt: 100 } })
    await fails(
      () => runStore.commit(tracked.next([], { facts: { skillId: 'lost' } })),
      'PF_LEASE_LOST',
      'without the token',
    )
    await tracked.verify()
  }),

  storageCase<RunStoreDriver>(
    'an answer is taken once: of two that close the same question one wins',
    async ({ runStore, peer = runStore }) => {
      const tracked = new TrackedTask(runStore, 'task-1')
      await tracked.commit([status('input-required', 1)], { facts: { ...facts(), interrupts: [interrupt] } })
      const answers = ['one', 'two'].map((text, index) => {
        const events = [{ type: 'message' as const, message: message(`answer-${index}`, text) }]
        return {
          events,
          more: { facts: { interrupts: [{ ...interrupt, status: 'answered' as const }], state: { text } } },
        }
      })
      const settled = await Promise.allSettled(
        answers.map(
          async ({ events, more }, index) => await (index === 0 ? runStore : peer).commit(tracked.next(events, more)),
        ),
      )
      const winners = answers.filter((_, index) => settled[index]?.status === 'fulfilled')
      same(winners.length, 1, 'winners')
      tracked.committed(winners[0]?.events ?? [], winners[0]?.more)
      await tracked.verify()
    },
  ),
]
