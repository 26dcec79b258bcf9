import { check, fails, same, scramble } from '../assert'
import { key, message, status, TrackedTask } from '../samples'
import { type RunStoreDriver, storageCase } from '../storage-case'

/** Leases: who may commit, and for how long. */
export const leaseCases = [
  storageCase<RunStoreDriver>('a commit takes the lease, prolongs it and gives it back', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    const taken = await tracked.commit([status('working', 1)], { lease: { expiresAt: 1_000 } })
    const token = taken.leaseToken
    check(token !== undefined && token > 0, 'a token was given')
    same((await runStore.load(tracked.key))?.lease, { token, expiresAt: 1_000 }, 'lease of the task')
    same((await runStore.head(tracked.key))?.lease, { token, expiresAt: 1_000 }, 'lease of the head')
    const prolonged = await tracked.commit([], { leaseToken: token, lease: { expiresAt: 2_000 } })
    same(prolonged.leaseToken, token, 'token of the holder')
    same((await runStore.head(tracked.key))?.lease, { token, expiresAt: 2_000 }, 'prolonged')
    await tracked.commit([], { leaseToken: token })
    same((await runStore.head(tracked.key))?.lease, { token, expiresAt: 2_000 }, 'untouched')
    await tracked.commit([status('completed', 2)], { leaseToken: token, lease: 'release' })
    same((await runStore.load(tracked.key))?.lease, undefined, 'given back')
    await tracked.verify()
  }),

  storageCase<RunStoreDriver>(
    'while a lease is held, its token is required, even when it expired',
    async ({ runStore }) => {
      const tracked = new TrackedTask(runStore, 'task-1')
      const { leaseToken = 0 } = await tracked.commit([], { lease: { expiresAt: 1 } })
      await fails(() => runStore.commit(tracked.next([])), 'PF_LEASE_LOST', 'without a token')
      await fails(
        () => runStore.commit(tracked.next([], { leaseToken: leaseToken + 1 })),
        'PF_LEASE_LOST',
        'another token',
      )
      await fails(
        () => runStore.commit(tracked.next([], { lease: { expiresAt: 9 } })),
        'PF_LEASE_LOST',
        'taking it without a token',
      )
      await fails(
        () => runStore.commit(tracked.next([], { lease: 'release' })),
        'PF_LEASE_LOST',
        'releasing it without a token',
      )
      await tracked.verify()
      await tracked.commit([], { leaseToken })
    },
  ),

  storageCase<RunStoreDriver>('a version that is another comes before a lease that is lost', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([], { lease: { expiresAt: 1_000 } })
    await fails(
      () => runStore.commit({ ...tracked.next([]), expectedVersion: 5, leaseToken: 99 }),
      'PF_STORE_CONFLICT',
      'both wrong',
    )
  }),

  storageCase<RunStoreDriver>('a token of a lease that was given back is refused', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    const { leaseToken = 0 } = await tracked.commit([], { lease: { expiresAt: 1_000 } })
    await tracked.commit([], { leaseToken, lease: 'release' })
    await fails(() => runStore.commit(tracked.next([], { leaseToken })), 'PF_LEASE_LOST', 'old token')
    await tracked.commit([])
    const again = await tracked.commit([], { lease: { expiresAt: 2_000 } })
    check((again.leaseToken ?? 0) > leaseToken, 'the next token is greater')
  }),

  storageCase<RunStoreDriver>(
    'an expired lease can be claimed, and then fences its old holder off',
    async ({ runStore, peer = runStore }) => {
      const tracked = new TrackedTask(runStore, 'task-1')
      const { leaseToken = 0 } = await tracked.commit([status('working', 1)], { lease: { expiresAt: 1_000 } })
      same(await peer.claim(tracked.key, { now: 999, expiresAt: 5_000 }), undefined, 'a good lease')
      const lease = await peer.claim(tracked.key, { now: 1_000, expiresAt: 5_000 })
      check(
        lease !== undefined && lease.token > leaseToken && lease.expiresAt === 5_000,
        'claimed with a greater token',
      )
      same(
        await runStore.head(tracked.key),
        { version: 1, state: 'working', lease },
        'head after the claim: same version',
      )
      await fails(
        () => runStore.commit(tracked.next([status('completed', 2)], { leaseToken })),
        'PF_LEASE_LOST',
        'the old holder',
      )
      same(await runStore.renew(tracked.key, leaseToken, 9_000), false, 'the old holder renews')
      await runStore.release(tracked.key, leaseToken)
      same((await peer.head(tracked.key))?.lease, lease, 'the old holder releases')
      await tracked.commit([status('failed', 3)], { leaseToken: lease.token, lease: 'release' }, peer)
      await tracked.verify()
    },
  ),

  storageCase<RunStoreDriver>('a lease is renewed and released by its token alone', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([])
    const lease = await runStore.claim(tracked.key, { now: 0, expiresAt: 100 })
    check(lease !== undefined, 'a task without a lease can be claimed')
    const { token } = lease
    scramble(lease)
    same((await runStore.head(tracked.key))?.lease, { token, expiresAt: 100 }, 'what the caller does to its copy')
    same(await runStore.renew(tracked.key, token, 200), true, 'renew')
    same(await runStore.claim(tracked.key, { now: 199, expiresAt: 900 }), undefined, 'claim before the new end')
    same(await runStore.renew(tracked.key, token + 1, 900), false, 'renew with another token')
    await runStore.release(tracked.key, token + 1)
    same((await runStore.head(tracked.key))?.lease, { token, expiresAt: 200 }, 'still held')
    same(await runStore.renew(tracked.key, token, 300), true, 'renew what may have expired, while nobody claimed')
    await runStore.release(tracked.key, token)
    same((await runStore.head(tracked.key))?.lease, undefined, 'released')
    same(await runStore.renew(tracked.key, token, 400), false, 'renew after the release')
    const next = await runStore.claim(tracked.key, { now: 0, expiresAt: 100 })
    check(next !== undefined && next.token > token, 'tokens grow across a release')
    await tracked.verify()
  }),

  storageCase<RunStoreDriver>('a task that does not exist has no lease', async ({ runStore }) => {
    same(await runStore.claim(key('nobody'), { now: 0, expiresAt: 100 }), undefined, 'claim')
    same(await runStore.renew(key('nobody'), 1, 100), false, 'renew')
    await runStore.release(key('nobody'), 1)
    same(await runStore.load(key('nobody')), undefined, 'still does not exist')
  }),

  storageCase<RunStoreDriver>(
    'a forced commit needs no token, and the holder then finds a conflict',
    async ({ runStore, peer = runStore }) => {
      const tracked = new TrackedTask(runStore, 'task-1')
      const { leaseToken = 0 } = await tracked.commit([status('working', 1)], { lease: { expiresAt: 9_000 } })
      const stale = tracked.next([status('completed', 2)], { leaseToken })
      await tracked.commit([status('canceled', 3)], { force: true, lease: 'release' }, peer)
      await fails(() => runStore.commit(stale), 'PF_STORE_CONFLICT', 'the holder')
      same(await runStore.renew(tracked.key, leaseToken, 9_999), false, 'the holder renews')
      same((await runStore.load(tracked.key))?.lease, undefined, 'the lease is gone')
      await tracked.verify()
    },
  ),

  storageCase<RunStoreDriver>(
    'a forced commit leaves the lease where it does not say otherwise, and can take it',
    async ({ runStore }) => {
      const tracked = new TrackedTask(runStore, 'task-1')
      const { leaseToken = 0 } = await tracked.commit([], { lease: { expiresAt: 9_000 } })
      await tracked.commit([], { force: true })
      same((await runStore.head(tracked.key))?.lease, { token: leaseToken, expiresAt: 9_000 }, 'left alone')
      const taken = await tracked.commit([], { force: true, lease: { expiresAt: 9_500 } })
      check((taken.leaseToken ?? 0) > leaseToken, 'taken with a greater token')
      await fails(() => runStore.commit(tracked.next([], { leaseToken })), 'PF_LEASE_LOST', 'the old holder')
    },
  ),

  storageCase<RunStoreDriver>('a forced commit still needs the version', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    await tracked.commit([], { lease: { expiresAt: 9_000 } })
    await fails(
      () =>
        runStore.commit({
          ...tracked.next([]),
          expectedVersion: 0,
          force: true,
          create: tracked.expected,
          facts: tracked.facts,
        }),
      'PF_STORE_CONFLICT',
      'version 0',
    )
    await fails(
      () => runStore.commit({ ...tracked.next([]), expectedVersion: 2, force: true }),
      'PF_STORE_CONFLICT',
      'version 2',
    )
  }),

  storageCase<RunStoreDriver>(
    'of those who race for a lease exactly one gets it',
    async ({ runStore, peer = runStore }) => {
      const tracked = new TrackedTask(runStore, 'task-1')
      await tracked.commit([])
      let newest = 0
      for (let round = 1; round <= 15; round++) {
        const terms = { now: round * 100, expiresAt: round * 100 + 100 }
        const claims = await Promise.all(
          Array.from(
            { length: 6 },
            async (_, index) => await (index % 2 === 0 ? runStore : peer).claim(tracked.key, terms),
          ),
        )
        const got = claims.filter((lease) => lease !== undefined)
        same(got.length, 1, `leases of round ${round}`)
        const { token } = got[0] as { token: number }
        check(token > newest, 'tokens grow')
        newest = token
        await tracked.commit([{ type: 'message', message: message(`m-${round}`) }], { leaseToken: token })
      }
      await tracked.verify()
    },
  ),

  storageCase<RunStoreDriver>(
    'a claim and a commit that race leave one of both fenced off',
    async ({ runStore, peer = runStore }) => {
      const tracked = new TrackedTask(runStore, 'task-1')
      let { leaseToken: token = 0 } = await tracked.commit([], { lease: { expiresAt: 100 } })
      for (let round = 1; round <= 15; round++) {
        const events = [{ type: 'message' as const, message: message(`m-${round}`) }]
        const commit = tracked.next(events, { leaseToken: token })
        const [committed, claimed] = await Promise.allSettled([
          (async () => await runStore.commit(commit))(),
          (async () => await peer.claim(tracked.key, { now: 1_000 * round, expiresAt: 1_000 * round + 100 }))(),
        ])
        check(claimed.status === 'fulfilled' && claimed.value !== undefined, 'the claim of an expired lease succeeds')
        if (committed.status === 'fulfilled') tracked.committed(events)
        else await fails(() => Promise.reject(committed.reason), 'PF_LEASE_LOST', 'the fenced commit')
        await fails(() => runStore.commit(tracked.next([], { leaseToken: token })), 'PF_LEASE_LOST', 'the old token')
        token = claimed.value.token
        await tracked.verify()
      }
    },
  ),
]
