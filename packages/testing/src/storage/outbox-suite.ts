import type { Outbox, OutboxEntry, OutboxTake } from '@pf-agents/agent-core'
import { fails, same, scramble } from './assert'
import { creation, status, TrackedTask } from './samples'
import { type OutboxDriver, type StorageCase, storageCase } from './storage-case'

function entry(id: string, group = 'g', dueAt = 0, topic = 'push'): OutboxEntry {
  return { id, topic, group, body: { id }, dueAt, attempts: 0 }
}

/** An entry of somebody, in a group of its own unless one is given. */
function owned(owner: string, id: string, { dueAt = 0, group = id } = {}): OutboxEntry {
  return { ...entry(id, group, dueAt), owner }
}

async function taken(
  outbox: Outbox,
  now: number,
  { limit = 10, topic = 'push', hideFor = 100, except }: Partial<OutboxTake> & { hideFor?: number } = {},
): Promise<string[]> {
  const terms = { topic, now, hideUntil: now + hideFor, limit, ...(except && { except }) }
  return (await outbox.take(terms)).map(({ id }) => id)
}

/**
 * What every `Outbox` driver must do: entries arrive with their commit or not at all, one per group at a time and in
 * order, in turns between owners, hidden while they are tried, gone when settled, back later when postponed.
 */
export const outboxSuite: readonly StorageCase<OutboxDriver>[] = [
  storageCase('entries arrive with their commit', async ({ runStore, outbox }) => {
    same(await taken(outbox, 0), [], 'before')
    await runStore.commit(creation('task-1', {}, { outbox: [{ ...entry('e-1'), body: { a: [1, { b: null }] } }] }))
    const [first] = await outbox.take({ topic: 'push', now: 0, hideUntil: 10, limit: 1 })
    same(
      [first?.id, first?.topic, first?.group, first?.body, first?.dueAt, first?.attempts],
      ['e-1', 'push', 'g', { a: [1, { b: null }] }, 0, 0],
      'entry',
    )
  }),

  storageCase('entries of a refused commit do not arrive', async ({ runStore, outbox }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([], { lease: { expiresAt: 100 } })
    await fails(
      () => runStore.commit(creation('task-1', {}, { outbox: [entry('e-1')] })),
      'PF_STORE_CONFLICT',
      'made again',
    )
    await fails(
      () => runStore.commit(tracked.next([], { outbox: [entry('e-2')] })),
      'PF_LEASE_LOST',
      'without the token',
    )
    same(await taken(outbox, 0), [], 'entries')
  }),

  storageCase('only the head of a group is taken, until it is settled', async ({ runStore, outbox }) => {
    await runStore.commit(
      creation('task-1', {}, { outbox: [entry('a-1', 'a'), entry('a-2', 'a'), entry('b-1', 'b'), entry('a-3', 'a')] }),
    )
    same(await taken(outbox, 0), ['a-1', 'b-1'], 'heads')
    same(await taken(outbox, 0), [], 'both are hidden, and what is behind them waits')
    await outbox.settle('a-1')
    same(await taken(outbox, 0), ['a-2'], 'the next of its group')
    await outbox.settle('a-2')
    await outbox.settle('b-1')
    same(await taken(outbox, 0), ['a-3'], 'the last')
    await outbox.settle('a-3')
    same(await taken(outbox, 1_000), [], 'all done')
  }),

  storageCase(
    'entries of many groups are taken as they are due, then in the order they were added, as many as asked for',
    async ({ runStore, outbox }) => {
      const tracked = new TrackedTask(runStore, 'task-1')
      for (let index = 0; index < 6; index++)
        await tracked.commit([], { outbox: [entry(`e-${index}`, `g-${(index * 5) % 7}`)] })
      same(await taken(outbox, 0, { limit: 2 }), ['e-0', 'e-1'], 'first two')
      same(await taken(outbox, 0, { limit: 3 }), ['e-2', 'e-3', 'e-4'], 'next three')
      same(await taken(outbox, 0, { limit: 3 }), ['e-5'], 'last')
      same(await taken(outbox, 0, { limit: 0 }), [], 'none asked for')
      await tracked.commit([], { outbox: [entry('e-6', 'g-0')] })
      await outbox.settle('e-0')
      same(
        await taken(outbox, 100),
        ['e-6', 'e-1', 'e-2', 'e-3', 'e-4', 'e-5'],
        'what waited behind another one has been due for longest',
      )
    },
  ),

  storageCase('what was taken and never settled comes back, and counts no attempt', async ({ runStore, outbox }) => {
    await runStore.commit(creation('task-1', {}, { outbox: [entry('e-1')] }))
    same(await taken(outbox, 0, { hideFor: 50 }), ['e-1'], 'taken')
    same(await taken(outbox, 49), [], 'hidden')
    const [back] = await outbox.take({ topic: 'push', now: 50, hideUntil: 90, limit: 1 })
    same([back?.id, back?.attempts], ['e-1', 0], 'back')
  }),

  storageCase(
    'what is postponed comes back later with its attempts counted, and holds its group up',
    async ({ runStore, outbox }) => {
      await runStore.commit(creation('task-1', {}, { outbox: [entry('e-1'), entry('e-2')] }))
      for (let attempt = 0; attempt < 3; attempt++) {
        const now = attempt * 1_000
        const [one] = await outbox.take({ topic: 'push', now, hideUntil: now + 10, limit: 5 })
        same([one?.id, one?.attempts], ['e-1', attempt], `attempt ${attempt}`)
        await outbox.postpone('e-1', now + 1_000)
        same(await taken(outbox, now + 999), [], 'not yet')
      }
      await outbox.settle('e-1')
      same(await taken(outbox, 2_000), ['e-2'], 'the group goes on')
    },
  ),

  storageCase(
    'what is deferred comes back at that time, sooner or later, and counts no attempt',
    async ({ outbox }) => {
      await outbox.add([entry('e-1'), entry('e-2'), entry('f-1', 'h')])
      same(await taken(outbox, 0, { hideFor: 1_000 }), ['e-1', 'f-1'], 'taken')
      await outbox.defer('e-1', 50)
      await outbox.defer('f-1', 2_000)
      await outbox.defer('nothing', 0)
      same(await taken(outbox, 49), [], 'not yet')
      const [back] = await outbox.take({ topic: 'push', now: 50, hideUntil: 90, limit: 5 })
      same([back?.id, back?.attempts], ['e-1', 0], 'back')
      await outbox.settle('e-1')
      same(await taken(outbox, 1_999), ['e-2'], 'the next of its group; the other still waits')
      same(await taken(outbox, 2_000, { limit: 1 }), ['f-1'], 'later than it was hidden')
    },
  ),

  storageCase('a group that is dropped owes nothing more, taken or not', async ({ runStore, outbox }) => {
    const many = [1, 2, 3].map((n) => owned('alice', `a-${n}`, { group: 'a' }))
    await runStore.commit(creation('task-1', {}, { outbox: [...many, owned('alice', 'b-1', { group: 'b' })] }))
    await outbox.add([{ ...owned('alice', 'c-1', { group: 'a' }), topic: 'mail' }])
    const bytes = await outbox.pendingBytes({ topic: 'push', owner: 'alice' })
    same(await taken(outbox, 0), ['a-1', 'b-1'], 'heads')
    await outbox.drop({ topic: 'push', group: 'a' })
    await outbox.drop({ topic: 'push', group: 'of nobody' })
    await outbox.drop({ topic: 'of nobody', group: 'a' })
    await outbox.settle('a-1')
    const left = { topic: 'push', limit: 9 }
    same(await outbox.pending({ ...left, group: 'a' }), 0, 'of the group')
    same(await outbox.pending({ ...left, owner: 'alice' }), 1, 'of its owner')
    same(await outbox.pending(left), 1, 'of the topic')
    same((await outbox.pendingBytes({ topic: 'push', owner: 'alice' })) < bytes / 2, true, 'bytes')
    same(await taken(outbox, 0, { topic: 'mail' }), ['c-1'], 'the same name in another topic')
    same(await taken(outbox, 1_000), ['b-1'], 'another group of the same owner')
    await outbox.add([owned('alice', 'a-4', { group: 'a' }), owned('alice', 'a-1', { group: 'a' })])
    same(await taken(outbox, 1_000), ['a-4'], 'the group goes on')
    await outbox.settle('a-4')
    same(await taken(outbox, 1_000), ['a-1'], 'in order')
  }),

  storageCase('the head of a group that is due late can be made due sooner', async ({ outbox }) => {
    await outbox.add([entry('e-1'), entry('e-2', 'g', 900), entry('f-1', 'h')])
    same(await taken(outbox, 0), ['e-1', 'f-1'], 'taken')
    const group = { topic: 'push', group: 'g' }
    await outbox.hasten({ ...group, dueAfter: 100, dueAt: 0 })
    await outbox.hasten({ ...group, topic: 'other', dueAfter: 0, dueAt: 0 })
    same(await taken(outbox, 99), [], 'one that is hidden no longer than that stays so')
    await outbox.postpone('e-1', 5_000)
    await outbox.hasten({ ...group, dueAfter: 100, dueAt: 50 })
    await outbox.hasten({ ...group, group: 'of nobody', dueAfter: 100, dueAt: 50 })
    same(await taken(outbox, 49, { hideFor: 1 }), [], 'not before')
    const [back] = await outbox.take({ topic: 'push', now: 50, hideUntil: 90, limit: 1 })
    same([back?.id, back?.attempts], ['e-1', 1], 'the head, and no attempt more')
    await outbox.settle('e-1')
    same(await taken(outbox, 899), ['f-1'], 'what stands behind it is due when it was')
  }),

  storageCase('an entry is not taken before it is due', async ({ runStore, outbox }) => {
    await runStore.commit(
      creation('task-1', {}, { outbox: [entry('late', 'a', 500), entry('behind', 'a', 0), entry('now', 'b', 10)] }),
    )
    same(await taken(outbox, 9), [], 'at 9')
    same(await taken(outbox, 10), ['now'], 'at 10')
    same(await taken(outbox, 500), ['now', 'late'], 'at 500, the one that was due first before the other')
  }),

  storageCase('an entry keeps its owner, and one without has none', async ({ runStore, outbox }) => {
    await runStore.commit(creation('task-1', {}, { outbox: [owned('alice', 'a-1'), entry('e-1')] }))
    await outbox.add([owned('b\u0000\ud800', 'b-1')])
    const all = await outbox.take({ topic: 'push', now: 0, hideUntil: 10, limit: 10 })
    same(
      Object.fromEntries(all.map(({ id, owner }) => [id, owner ?? 'none'])),
      { 'a-1': 'alice', 'e-1': 'none', 'b-1': 'b\u0000\ud800' },
      'owners',
    )
  }),

  storageCase(
    'owners take turns, whoever had none or the earliest first, however much the others have',
    async ({ outbox }) => {
      const many = Array.from({ length: 200 }, (_, index) => owned('many', `m-${String(index).padStart(3, '0')}`))
      await outbox.add(many)
      await outbox.add([
        owned('two', 't-1', { dueAt: 5 }),
        owned('two', 't-2', { dueAt: 7 }),
        owned('one', 'o-1', { dueAt: 6 }),
        owned('later', 'l-1', { dueAt: 20 }),
      ])
      same(await taken(outbox, 10, { limit: 2 }), ['m-000', 't-1'], 'two')
      same(await taken(outbox, 10, { limit: 6 }), ['o-1', 'm-001', 't-2', 'm-002', 'm-003', 'm-004'], 'six')
      await outbox.settle('t-1')
      await outbox.postpone('m-000', 15)
      await outbox.add([owned('two', 't-3', { dueAt: 4 })])
      same(await taken(outbox, 20, { limit: 3 }), ['l-1', 'm-005', 't-3'], 'by the turns they had')
      same((await taken(outbox, 20, { limit: 500 })).length, 195, 'all that is left')
      same(await taken(outbox, 20), [], 'nothing more')
    },
  ),

  ...[10, 300].map((count) =>
    storageCase<OutboxDriver>(`somebody new is next, with ${count} who have many entries`, async ({ outbox }) => {
      const owners = Array.from({ length: count }, (_, index) => `o-${index}`)
      await outbox.add(owners.flatMap((owner) => [1, 2, 3].map((n) => owned(owner, `${owner} ${n}`))))
      const seen: string[] = []
      const serve = async (limit: number) => {
        const ids = await taken(outbox, 10, { limit })
        for (const id of ids) await outbox.settle(id)
        seen.push(...ids.map((id) => id.split(' ')[0] ?? ''))
      }
      // After a round, and in the midst of the next.
      for (const part of [1, 0.5]) {
        await serve(Math.floor(count * part))
        await outbox.add([owned(`new-${part}`, `new-${part} 1`, { dueAt: 9 })])
        await serve(1)
        same(seen.at(-1), `new-${part}`, `next, after ${part} rounds`)
      }
      await serve(count - Math.floor(count * 0.5))
      // Nobody of the others has lost a turn by that.
      same(new Set(seen.slice(0, count)).size, count, 'of the first round')
      same(new Set(seen.slice(count)).size, count + 2, 'of the second, with the new ones')
    }),
  ),

  storageCase('those who come again and again with little do not keep back who has much', async ({ outbox }) => {
    const many = Array.from({ length: 20 }, (_, index) => `m-${index}`)
    await outbox.add(many.flatMap((owner) => [1, 2, 3].map((n) => owned(owner, `${owner} ${n}`, { dueAt: 5 }))))
    const served = new Set<string>()
    for (let turn = 0; turn < 25; turn++) {
      for (let n = 0; n < 5; n++) await outbox.add([owned(`little-${n}`, `little-${n}`, { dueAt: 1 })])
      const [id = ''] = await taken(outbox, 10, { limit: 1 })
      served.add(id.split(' ')[0] ?? '')
      await outbox.settle(id)
    }
    same(served.size, 25, 'each of the 25 had one of 25 turns')
  }),

  storageCase('owners that are left out keep what is theirs, hidden from nobody else', async ({ outbox }) => {
    const odd = 'b\u0000\ud800%"\''
    await outbox.add([owned('a', 'a-1'), owned('a/', 'a-2', { dueAt: 1 }), owned('A', 'a-3', { dueAt: 2 })])
    await outbox.add([owned(odd, 'b-1', { dueAt: 3 }), entry('e-1', 'g', 4)])
    same(await taken(outbox, 9, { except: ['a', odd, 'nobody'], limit: 1 }), ['a-2'], 'one')
    same(await taken(outbox, 9, { except: ['a', odd, ''] }), ['a-3'], 'those without an owner, too')
    same(await taken(outbox, 9, { except: ['', 'a/', 'A', 'a', odd] }), [], 'nothing')
    same(await taken(outbox, 9), ['a-1', 'b-1', 'e-1'], 'what was left')
  }),

  storageCase(
    'a group stays in order even where its entries have several owners: the turn is that of the head',
    async ({ outbox }) => {
      await outbox.add([
        owned('alice', '1', { group: 'g' }),
        owned('bob', '2', { group: 'g' }),
        owned('alice', '3', { group: 'g' }),
        owned('bob', 'b', { dueAt: 50 }),
      ])
      same(await taken(outbox, 0), ['1'], 'the head')
      same(await taken(outbox, 0, { except: ['alice'] }), [], 'nothing is due that is not behind another one')
      await outbox.settle('1')
      same(await taken(outbox, 0, { except: ['alice'] }), ['2'], 'of another owner')
      await outbox.settle('3')
      await outbox.settle('2')
      same(await taken(outbox, 50), ['b'], 'the rest')
      same(await outbox.pending({ topic: 'push', owner: 'alice', limit: 9 }), 0, 'of alice')
    },
  ),

  storageCase('topics are kept apart, even where groups are called the same', async ({ runStore, outbox }) => {
    await runStore.commit(
      creation(
        'task-1',
        {},
        { outbox: [entry('p-1', 'g', 0, 'push'), entry('q-1', 'g', 0, 'queue'), entry('p-2', 'g', 0, 'push')] },
      ),
    )
    same(await taken(outbox, 0, { topic: 'queue' }), ['q-1'], 'queue')
    same(await taken(outbox, 0, { topic: 'push' }), ['p-1'], 'push')
    same(await taken(outbox, 0, { topic: 'none' }), [], 'another topic')
  }),

  storageCase('an id that is there already is not added again', async ({ runStore, outbox }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([], { outbox: [entry('e-1'), { ...entry('e-1'), body: { second: true } }] })
    await tracked.commit([status('working', 1)], {
      outbox: [{ ...entry('e-1'), body: { third: true } }, entry('e-2', 'h')],
    })
    const all = await outbox.take({ topic: 'push', now: 0, hideUntil: 10, limit: 10 })
    same(
      all.map(({ id, body }) => [id, body]),
      [
        ['e-1', { id: 'e-1' }],
        ['e-2', { id: 'e-2' }],
      ],
      'entries',
    )
    await outbox.settle('e-1')
    same(await taken(outbox, 10), ['e-2'], 'once settled it is gone')
    await tracked.verify()
  }),

  storageCase('settling and postponing what is not there does nothing', async ({ runStore, outbox }) => {
    await outbox.settle('nothing')
    await outbox.postpone('nothing', 10)
    await runStore.commit(creation('task-1', {}, { outbox: [entry('e-1')] }))
    await outbox.settle('e-1')
    await outbox.settle('e-1')
    await outbox.postpone('e-1', 0)
    same(await taken(outbox, 0), [], 'entries')
  }),

  storageCase('entries may be added outside of a commit, with the same rules', async ({ runStore, outbox }) => {
    await runStore.commit(creation('task-1', {}, { outbox: [entry('e-1', 'a')] }))
    const added = [entry('e-2', 'a'), { ...entry('e-1', 'a'), body: { second: true } }, entry('e-3', 'b')]
    const answer = outbox.add(added)
    scramble(added)
    await answer
    same(await taken(outbox, 0), ['e-1', 'e-3'], 'behind those of the commit')
    await outbox.settle('e-1')
    same(
      (await outbox.take({ topic: 'push', now: 0, hideUntil: 5, limit: 5 })).map(({ id, body }) => [id, body]),
      [['e-2', { id: 'e-2' }]],
      'the next of its group',
    )
    await outbox.add([])
  }),

  storageCase(
    'what is owed is counted, up to a limit: of a topic, or of one of its groups',
    async ({ runStore, outbox }) => {
      same(
        [
          await outbox.pending({ topic: 'push', limit: 9 }),
          await outbox.pending({ topic: 'push', group: 'a', limit: 9 }),
        ],
        [0, 0],
        'nothing',
      )
      await runStore.commit(
        creation(
          'task-1',
          {},
          { outbox: [entry('a-1', 'a'), entry('a-2', 'a'), entry('b-1', 'b', 500), entry('q-1', 'a', 0, 'queue')] },
        ),
      )
      const counts = async (limit: number) => [
        await outbox.pending({ topic: 'push', limit }),
        await outbox.pending({ topic: 'push', group: 'a', limit }),
        await outbox.pending({ topic: 'push', group: 'c', limit }),
      ]
      same(await counts(9), [3, 2, 0], 'all')
      same(await counts(1), [1, 1, 0], 'up to one')
      same(await counts(0), [0, 0, 0], 'up to none')
      await taken(outbox, 0)
      same(await counts(9), [3, 2, 0], 'hidden ones count')
      await outbox.settle('a-1')
      await outbox.postpone('b-1', 900)
      same(await counts(9), [2, 1, 0], 'settled ones are gone')
    },
  ),

  storageCase(
    'what commits owe is counted from when they were asked for, before they are answered',
    async ({ runStore, outbox }) => {
      const counts = async (limit = 99) =>
        Promise.all([
          outbox.pending({ topic: 'push', limit }),
          outbox.pending({ topic: 'push', owner: 'alice', limit }),
          outbox.pending({ topic: 'push', owner: 'o\u0000\ud800', limit }),
          outbox.pending({ topic: 'push', group: 'g', limit }),
          outbox.pending({ topic: 'queue', limit }),
        ])
      const commits = [0, 1, 2, 3].map((n) => {
        const alices = [owned('alice', `a-${n}`), owned('alice', `b-${n}`)]
        const others = [owned('o\u0000\ud800', `o-${n}`, { group: 'g' }), { ...entry(`q-${n}`, 'g'), topic: 'queue' }]
        return runStore.commit(creation(`task-${n}`, {}, { outbox: [...alices, ...others] }))
      })
      same(await counts(), [12, 8, 4, 4, 4], 'while they are being stored')
      same(await counts(2), [2, 2, 2, 2, 2], 'up to two')
      for (const commit of commits) await commit
      same(await counts(), [12, 8, 4, 4, 4], 'when all are answered')
      await fails(
        () => runStore.commit(creation('task-0', {}, { outbox: [owned('alice', 'never')] })),
        'PF_STORE_CONFLICT',
        'made again',
      )
      same(await counts(), [12, 8, 4, 4, 4], 'and without what was refused')
    },
  ),

  storageCase('what one owner is owed is counted apart, whatever happens to it', async ({ runStore, outbox }) => {
    const counts = async (...owners: string[]) =>
      Promise.all(owners.map(async (owner) => outbox.pending({ topic: 'push', owner, limit: 9 })))
    same(await counts('alice', 'bob', ''), [0, 0, 0], 'nothing')
    await runStore.commit(
      creation(
        'task-1',
        {},
        { outbox: [owned('alice', 'a-1'), owned('alice', 'a-2'), entry('e-1'), owned('bob', 'b-1')] },
      ),
    )
    await outbox.add([owned('alice', 'a-2'), owned('alice', 'a-3', { group: 'a-1' })])
    await outbox.add([{ ...owned('alice', 'q-1'), topic: 'queue' }])
    same(await counts('alice', 'bob', '', 'a', 'Alice'), [3, 1, 1, 0, 0], 'of each')
    same(await outbox.pending({ topic: 'push', limit: 9 }), 5, 'of all')
    same(await outbox.pending({ topic: 'push', owner: 'alice', limit: 2 }), 2, 'up to two')
    same(await outbox.pending({ topic: 'queue', owner: 'alice', limit: 9 }), 1, 'of another topic')
    await taken(outbox, 0)
    await outbox.postpone('a-2', 70)
    same(await counts('alice', 'bob'), [3, 1], 'hidden ones count')
    for (const id of ['a-1', 'b-1', 'b-1', 'nothing']) await outbox.settle(id)
    same(await counts('alice', 'bob'), [2, 0], 'settled ones are gone')
    for (const id of ['a-2', 'a-3', 'e-1']) await outbox.settle(id)
    same([...(await counts('alice', '')), await outbox.pending({ topic: 'push', limit: 9 })], [0, 0, 0], 'all gone')
  }),

  storageCase('what is owed is weighed, of all and of each owner', async ({ runStore, outbox }) => {
    const weights = async () => {
      const found: number[] = []
      for (const owner of [undefined, 'alice', 'bob', ''])
        found.push(await outbox.pendingBytes({ topic: 'push', ...(owner !== undefined && { owner }) }))
      // To a kilobyte: what else is in a body beside its text may weigh more or less.
      return found.map((bytes) => Math.floor(bytes / 1_000))
    }
    const large = (one: OutboxEntry, kilobytes: number) => ({ ...one, body: { text: 'x'.repeat(kilobytes * 1_000) } })
    same(await weights(), [0, 0, 0, 0], 'nothing')
    const commit = runStore.commit(
      creation('task-1', {}, { outbox: [large(owned('alice', 'a-1'), 500), large(owned('bob', 'b-1'), 20)] }),
    )
    same(await weights(), [520, 500, 20, 0], 'while it is being stored')
    await commit
    await outbox.add([large(entry('e-1'), 3), large(owned('alice', 'a-1'), 90), large(owned('alice', 'a-2'), 7)])
    await outbox.add([{ ...large(owned('alice', 'q-1'), 50), topic: 'queue' }])
    same(await weights(), [530, 507, 20, 3], 'of each')
    await taken(outbox, 0)
    await outbox.postpone('a-1', 70)
    same(await weights(), [530, 507, 20, 3], 'hidden ones, too')
    for (const id of ['a-1', 'b-1', 'nothing']) await outbox.settle(id)
    same(await weights(), [10, 7, 0, 3], 'settled ones are gone')
    for (const id of ['a-2', 'e-1']) await outbox.settle(id)
    same(await weights(), [0, 0, 0, 0], 'all gone')
  }),

  storageCase('what a caller changes does not reach the store', async ({ runStore, outbox }) => {
    const owed = [{ ...entry('e-1'), body: { a: { b: 'c' } } }]
    const answer = runStore.commit(creation('task-1', {}, { outbox: owed }))
    scramble(owed)
    await answer
    const first = await outbox.take({ topic: 'push', now: 0, hideUntil: 5, limit: 1 })
    same(first[0]?.body, { a: { b: 'c' } }, 'passed in')
    scramble(first)
    same((await outbox.take({ topic: 'push', now: 5, hideUntil: 9, limit: 1 }))[0]?.body, { a: { b: 'c' } }, 'got back')
  }),
]
