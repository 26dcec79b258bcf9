import type { Lease, RunCommit, StoredTask } from '@pf-agents/agent-core'
import { describe, expect, test } from 'vitest'
import { type BucketStores, createBucketStores } from '../src/stores'
import { FakeHost } from './fake-host'

const key = { tenant: '', principalId: 'alice', taskId: 'a' }
const at = '2026-01-01T00:00:00.000Z'
const creation: RunCommit = {
  key,
  expectedVersion: 0,
  create: { id: 'a', contextId: 'c', status: { state: 'working', timestamp: at }, artifacts: [], history: [] },
  facts: { principal: { id: 'alice' }, runId: 'run-1' },
  events: [],
  lease: { expiresAt: 9_000 },
}

/** A task whose run died, and the host ended its lease. */
function afterDeath(): { host: FakeHost; runStore: BucketStores['runStore'] } {
  const host = new FakeHost()
  void createBucketStores(() => host.instance('mortal')).runStore.commit(creation)
  const { runStore } = createBucketStores(() => host.instance('survivor'))
  expect((runStore.load(key) as StoredTask).lease).toEqual({ token: 1, expiresAt: 9_000 })
  host.bury('mortal')
  return { host, runStore }
}

describe('a lease whose instance died', () => {
  test('is gone for everybody who looks', () => {
    const { runStore } = afterDeath()
    expect((runStore.load(key) as StoredTask).lease).toBeUndefined()
    expect(runStore.head(key)).toEqual({ version: 1, state: 'working' })
    expect(runStore.list({ scope: key, pageSize: 1 })).toMatchObject({ tasks: [{ version: 1 }] })
    expect((runStore.list({ scope: key, pageSize: 1 }) as { tasks: StoredTask[] }).tasks[0]?.lease).toBeUndefined()
    expect(runStore.renew(key, 1, 99_000)).toBe(false)
  })

  test('is in nobody’s way: a commit needs no token, and may take a new one', () => {
    const { host, runStore } = afterDeath()
    expect(runStore.commit({ key, expectedVersion: 1, events: [] })).toEqual({ version: 2, lastSeq: 0 })
    expect(runStore.commit({ key, expectedVersion: 2, events: [], lease: { expiresAt: 20_000 } })).toEqual({
      version: 3,
      lastSeq: 0,
      leaseToken: 2,
    })
    expect(() => void runStore.commit({ key, expectedVersion: 3, events: [] })).toThrow(
      expect.objectContaining({ code: 'PF_LEASE_LOST' }),
    )
    expect(host.keys('lease/').length).toBe(1)
  })

  test('can be claimed before its time, with a greater token, and leaves no key behind', () => {
    const { host, runStore } = afterDeath()
    const lease = runStore.claim(key, { now: 0, expiresAt: 20_000 }) as Lease
    expect(lease).toEqual({ token: 2, expiresAt: 20_000 })
    expect(runStore.claim(key, { now: 0, expiresAt: 30_000 })).toBeUndefined()
    void runStore.release(key, 1)
    expect(host.keys('lease/').length).toBe(1)
    void runStore.release(key, 2)
    expect(host.keys('lease/')).toEqual([])
    expect(runStore.head(key)).toEqual({ version: 1, state: 'working' })
  })
})

test('an instance that loses a race and dies does not take the winner’s lease with it', () => {
  const host = new FakeHost()
  const winner = createBucketStores(() => host.instance('winner')).runStore
  void winner.commit({ ...creation, lease: 'release' })
  let isLate = true
  let calls = 0
  const loser = createBucketStores(() =>
    host.instance('loser', {
      before: () => {
        // Somebody else claims just before this claim is written, and this instance dies with it.
        if (++calls < 5 || !isLate) return
        isLate = false
        expect(winner.claim(key, { now: 0, expiresAt: 9_000 })).toEqual({ token: 1, expiresAt: 9_000 })
      },
    }),
  ).runStore
  expect(loser.claim(key, { now: 0, expiresAt: 5_000 })).toBeUndefined()
  expect(isLate).toBe(false)
  host.bury('loser')
  expect((winner.load(key) as StoredTask).lease).toEqual({ token: 1, expiresAt: 9_000 })
})

test('a lease that is claimed while it is renewed is not renewed', () => {
  const host = new FakeHost()
  const other = createBucketStores(() => host.instance('other')).runStore
  for (let at = 1; at < 9; at++) {
    host.entries.clear()
    let calls = 0
    let isClaimed = false
    const bucket = host.instance('holder', {
      before: () => {
        if (++calls !== at || !isArmed) return
        isClaimed = other.claim(key, { now: 9_000, expiresAt: 20_000 }) !== undefined
      },
    })
    let isArmed = false
    const { runStore } = createBucketStores(() => bucket)
    void runStore.commit(creation)
    calls = 0
    isArmed = true
    const isRenewed = runStore.renew(key, 1, 9_500)
    isArmed = false
    const lease = (other.load(key) as StoredTask).lease
    // Whoever came last has it, and the holder was told the truth.
    if (isClaimed) expect([at, lease]).toEqual([at, { token: 2, expiresAt: 20_000 }])
    else expect([at, isRenewed, lease]).toEqual([at, true, { token: 1, expiresAt: 9_500 }])
    if (isRenewed && isClaimed) expect(calls).toBeGreaterThan(5)
  }
})
