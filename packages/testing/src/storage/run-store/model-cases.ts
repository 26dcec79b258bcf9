import {
  PfError,
  type RunCommit,
  type RunStore,
  type TaskCursor,
  type TaskQuery,
  type TaskState,
} from '@pf-agents/agent-core'
import { check, same } from '../assert'
import { type SeededRandom, seededRandom } from '../random'
import { randomEvent, randomFacts } from '../random-events'
import { creation, key, status, time } from '../samples'
import { type RunStoreDriver, storageCase } from '../storage-case'
import { ReferenceStore } from './reference-store'

const scopes = [
  { tenant: '', principalId: 'alice' },
  { tenant: 'acme', principalId: 'alice' },
]
const ends: readonly TaskState[] = ['completed', 'failed', 'input-required']

/** The n-th millisecond of the samples, see {@link time}. */
function momentOf(n: number): number {
  return Date.parse(time(n))
}

/** One random call, made on whatever store it is given. */
type Call = (store: RunStore) => unknown

function randomCommit(random: SeededRandom, reference: ReferenceStore, step: number): RunCommit {
  const scope = random.pick(scopes)
  const taskId = `task-${random.below(8)}`
  const head = reference.head(key(taskId, scope))
  const events = Array.from({ length: random.below(4) }, () => randomEvent(random, step))
  if (random.oneIn(3)) events.push(status(random.pick(ends), step))
  const more: Partial<RunCommit> = {}
  if (random.oneIn(3)) more.lease = random.oneIn(3) ? 'release' : { expiresAt: step + random.below(20) }
  if (random.oneIn(10)) more.force = true
  if (head === undefined)
    return creation(taskId, { scope, contextId: `context-${random.below(3)}`, at: step }, { events, ...more })
  // Mostly right, sometimes not: both are part of the contract.
  const expectedVersion = random.oneIn(8) ? Math.max(1, head.version + random.below(3) - 1) : head.version
  const token = head.lease === undefined ? undefined : head.lease.token
  const leaseToken = random.oneIn(8) ? random.below(5) : token
  if (random.oneIn(3)) more.facts = randomFacts(random)
  return { key: key(taskId, scope), expectedVersion, events, ...(leaseToken !== undefined && { leaseToken }), ...more }
}

function randomQuery(random: SeededRandom, step: number, cursor: TaskCursor | undefined): TaskQuery {
  return {
    scope: random.pick(scopes),
    pageSize: 1 + random.below(5),
    ...(random.oneIn(3) && { contextId: `context-${random.below(3)}` }),
    ...(random.oneIn(3) && { state: random.pick(ends) }),
    ...(random.oneIn(4) && { updatedSince: time(random.below(step + 1)) }),
    ...(random.oneIn(3) && cursor && { after: cursor }),
    // Leases of these histories end early in 1970, questions in 2026.
    ...(random.oneIn(2) && { overdue: { now: random.oneIn(2) ? step : momentOf(step), limit: 1 + random.below(4) } }),
  }
}

function randomCall(
  random: SeededRandom,
  reference: ReferenceStore,
  step: number,
  cursor: TaskCursor | undefined,
): Call {
  const target = key(`task-${random.below(9)}`, random.pick(scopes))
  const token = random.below(6)
  switch (random.below(10)) {
    case 0: {
      const terms = { now: step, expiresAt: step + random.below(20) }
      return (store) => store.claim(target, terms)
    }
    case 1:
      return (store) => store.renew(target, token, step + 10)
    case 2:
      return (store) => store.release(target, token)
    case 3:
    case 4: {
      const query = randomQuery(random, step, cursor)
      return (store) => store.list(query)
    }
    case 5:
      return (store) => store.load(target)
    default: {
      const commit = randomCommit(random, reference, step)
      return (store) => store.commit(commit)
    }
  }
}

async function outcome(call: Call, store: RunStore): Promise<unknown> {
  try {
    return { gave: await call(store) }
  } catch (error) {
    check(PfError.is(error), `an error of this SDK, not ${String(error)}`)
    return { threw: error.code }
  }
}

/** Whole histories, compared with a store in the plainest words. */
export const modelCases = [21, 22, 23, 24].map((seed) =>
  storageCase<RunStoreDriver>(
    `400 random calls do what they should (seed ${seed})`,
    async ({ runStore, peer = runStore }) => {
      const random = seededRandom(seed)
      const reference = new ReferenceStore()
      let cursor: TaskCursor | undefined
      for (let step = 0; step < 400; step++) {
        const call = randomCall(random, reference, step, cursor)
        const expected = (await outcome(call, reference)) as { gave?: { next?: TaskCursor } }
        if (expected.gave?.next !== undefined) cursor = expected.gave.next
        same(await outcome(call, random.oneIn(2) ? runStore : peer), expected, `step ${step}`)
      }
      for (const now of [200, 400, momentOf(200), momentOf(400)]) {
        for (const tenant of new Set(scopes.map((scope) => scope.tenant))) {
          const [found, expected] = [
            await runStore.overdue({ tenant, now, limit: 99 }),
            reference.overdue({ tenant, now, limit: 99 }),
          ].map(({ tasks }) => tasks.map(({ principalId, taskId }) => `${principalId} ${taskId}`).toSorted())
          same(found, expected, `overdue at ${now}`)
        }
      }
      for (const scope of scopes) {
        for (let index = 0; index < 8; index++) {
          const target = key(`task-${index}`, scope)
          same(await runStore.load(target), reference.load(target), `task ${index} at the end`)
          if (runStore.hasEventLog)
            same(await runStore.read(target, 1, 9_999), reference.read(target, 1, 9_999), `log ${index} at the end`)
        }
      }
    },
  ),
)
