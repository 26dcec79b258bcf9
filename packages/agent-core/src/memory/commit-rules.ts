import { PfError } from '../error/pf-error'
import type { Lease, RunCommit, TaskFacts, TaskQuery } from '../port/run-store'
import type { TaskKey } from '../port/scope'

/** What a driver knows of a task before a commit. */
export interface CommitBasis {
  version: number
  lease?: Lease | undefined
  /** The newest fencing token that was ever given out for the task. It outlives its lease. */
  lastToken: number
}

/** What a commit makes of it. */
export interface CommitAdmission {
  version: number
  lease: Lease | undefined
  lastToken: number
  /** The token, where the commit took or prolonged the lease. */
  leaseToken: number | undefined
}

/**
 * The rules of `RunStore.commit`, for drivers: whether the commit is let in, and which version and lease result.
 * The version is looked at first, the lease second. Reads no clock: an expired lease counts until somebody claims.
 *
 * @param stored what is stored, `undefined` where the task does not exist.
 * @throws PfError PF_STORE_CONFLICT, PF_LEASE_LOST; PF_INTERNAL where the commit makes a task without saying which.
 */
export function admitCommit(commit: RunCommit, stored: CommitBasis | undefined): CommitAdmission {
  const version = stored?.version ?? 0
  if (commit.expectedVersion !== version) throw conflict(commit.key, commit.expectedVersion, version)
  if (stored === undefined) checkCreation(commit)
  let lease = stored?.lease
  const isHolder = lease !== undefined && commit.leaseToken === lease.token
  if (commit.force !== true && !isHolder && (lease !== undefined || commit.leaseToken !== undefined))
    throw leaseLost(commit.key)
  let lastToken = stored?.lastToken ?? 0
  let leaseToken: number | undefined
  if (commit.lease === 'release') lease = undefined
  else if (commit.lease !== undefined) {
    leaseToken = isHolder && lease !== undefined ? lease.token : ++lastToken
    lease = { token: leaseToken, expiresAt: commit.lease.expiresAt }
  }
  return { version: version + 1, lease, lastToken, leaseToken }
}

function checkCreation({ key, create, facts }: RunCommit): void {
  if (create === undefined || facts?.principal === undefined || facts.runId === undefined) {
    throw new PfError(
      'PF_INTERNAL',
      `A commit that makes task ${key.taskId} needs create, facts.principal and facts.runId.`,
    )
  }
  if (create.id !== key.taskId) {
    throw new PfError('PF_INTERNAL', `A commit that makes task ${key.taskId} carries the task ${create.id}.`)
  }
}

function conflict(key: TaskKey, expected: number, found: number): PfError {
  const what =
    expected === 0
      ? `Task ${key.taskId} exists already.`
      : found === 0
        ? `Task ${key.taskId} does not exist.`
        : `Task ${key.taskId} was changed by somebody else: version ${found}, not ${expected}.`
  return new PfError('PF_STORE_CONFLICT', `${what} Load the task again.`)
}

function leaseLost(key: TaskKey): PfError {
  return new PfError(
    'PF_LEASE_LOST',
    `The run no longer holds the lease of task ${key.taskId}. Whoever holds it goes on.`,
  )
}

/** Facts with a patch folded in: a new object, in which what the patch sets to `undefined` is gone. Values are shared. */
export function patchFacts(facts: TaskFacts | undefined, patch: RunCommit['facts'] = {}): TaskFacts {
  const result: { [name: string]: unknown } = {}
  for (const name in facts) if (!(name in patch)) result[name] = facts[name as keyof TaskFacts]
  for (const name in patch) {
    const value = patch[name as keyof TaskFacts]
    if (value !== undefined) result[name] = value
  }
  return result as unknown as TaskFacts
}

/**
 * `updatedSince` of a query in the form that status timestamps have, so that the two compare as text.
 * @throws PfError PF_REQUEST_INVALID where it is no time.
 */
export function sinceOf(query: TaskQuery): string | undefined {
  if (query.updatedSince === undefined) return undefined
  const time = Date.parse(query.updatedSince)
  if (Number.isNaN(time))
    throw new PfError('PF_REQUEST_INVALID', `updatedSince is not an ISO 8601 time: ${query.updatedSince}`)
  return new Date(time).toISOString()
}
