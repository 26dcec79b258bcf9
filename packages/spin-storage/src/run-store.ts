import {
  admitCommit,
  applyEvent,
  type CommitResult,
  type Lease,
  patchFacts,
  type Random,
  type RunCommit,
  type RunStore,
  snapshotTask,
  type StoredTask,
  type Task,
  type TaskHead,
  type TaskKey,
  type TaskPage,
  type TaskQuery,
} from '@pf-agents/agent-core'
import type { BucketConversation } from './conversation'
import type { BucketSource, HostBucket } from './host-bucket'
import { toBytes } from './json-bytes'
import { scopeSegments } from './key-name'
import { entryOf, isBehind, keysOf, matching, readEntries, surplus, writeEntry } from './task-index'
import { decodeRecord, encodeRecord, leaseOf, type TaskRecord, toStored } from './task-record'

/** New tasks of a scope between two clean-ups. */
const cleanUpEvery = 32

/** What the store works with. */
export interface RunStoreParts {
  bucket: BucketSource
  conversation: BucketConversation
  random: Pick<Random, 'id'>
  /** Tasks that are over and kept, for each scope. */
  keepTasks: number
}

/** A run store over a bucket with compare-and-set: one key a task, one a list entry, one a lease. No event log. */
export function createBucketRunStore(parts: RunStoreParts): RunStore {
  return new BucketRunStore(parts)
}

class BucketRunStore implements RunStore {
  readonly hasEventLog = false
  readonly #parts: RunStoreParts

  constructor(parts: RunStoreParts) {
    this.#parts = parts
  }

  commit(commit: RunCommit): CommitResult {
    const { random, conversation } = this.#parts
    const bucket = this.#parts.bucket()
    const keys = keysOf(commit.key)
    for (;;) {
      const cas = bucket.cas(keys.task)
      const before = decodeRecord(cas.current())
      // Expiry is for whoever claims to judge; a holder whose marker is gone has lost the lease.
      const held = before && leaseOf(bucket, before)
      const admission = admitCommit(
        commit,
        before && { version: before.version, lease: held, lastToken: before.lastToken },
      )
      const oldStatus = before?.task.status
      const marker = markerFor(admission.lease, before, () => `lease/${random.id()}`)
      if (marker?.isNew) bucket.set(marker.name, toBytes(commit.key.taskId))
      const after: TaskRecord = {
        key: commit.key,
        task: taskAfter(commit, before),
        facts: patchFacts(before?.facts, commit.facts),
        version: admission.version,
        lastSeq: (before?.lastSeq ?? 0) + commit.events.length,
        lastToken: admission.lastToken,
        ...(admission.lease && marker && { lease: { ...admission.lease, marker: marker.name } }),
      }
      if (!cas.swap(encodeRecord(after))) {
        if (marker?.isNew) bucket.delete(marker.name)
        continue
      }
      if (before?.lease !== undefined && before.lease.marker !== after.lease?.marker) bucket.delete(before.lease.marker)
      if (movesEntry(oldStatus, after.task.status)) writeEntry(bucket, keys, () => decodeRecord(bucket.get(keys.task)))
      if (commit.conversation !== undefined) conversation.append(commit.key, after.task.contextId, commit.conversation)
      if (before === undefined) this.#cleanUp(bucket, commit.key)
      return {
        version: after.version,
        lastSeq: after.lastSeq,
        ...(admission.leaseToken !== undefined && { leaseToken: admission.leaseToken }),
      }
    }
  }

  load(key: TaskKey): StoredTask | undefined {
    const bucket = this.#parts.bucket()
    const record = this.#read(bucket, key)
    return record && toStored(bucket, record)
  }

  head(key: TaskKey): TaskHead | undefined {
    const bucket = this.#parts.bucket()
    const record = this.#read(bucket, key)
    if (record === undefined) return undefined
    const lease = leaseOf(bucket, record)
    return { version: record.version, state: record.task.status.state, ...(lease && { lease }) }
  }

  list(query: TaskQuery): TaskPage {
    const bucket = this.#parts.bucket()
    for (;;) {
      const found = matching(readEntries(bucket, query.scope), query)
      const { after } = query
      const rest = after === undefined ? found : found.filter((entry) => isBehind(entry, after))
      const page = rest.slice(0, query.pageSize)
      const records = page.map((entry) => this.#read(bucket, { ...query.scope, taskId: entry.taskId }))
      let isStale = false
      for (const [index, entry] of page.entries()) {
        const record = records[index]
        if (
          record !== undefined &&
          entryOf(record).timestamp === entry.timestamp &&
          record.task.status.state === entry.state
        )
          continue
        // The instance that changed this task died before it wrote the entry.
        isStale = true
        const key = { ...query.scope, taskId: entry.taskId }
        const keys = keysOf(key)
        writeEntry(bucket, keys, () => decodeRecord(bucket.get(keys.task)))
      }
      if (isStale) continue
      const last = page.at(-1)
      return {
        tasks: records.flatMap((record) => (record === undefined ? [] : [toStored(bucket, record)])),
        total: found.length,
        ...(last !== undefined &&
          rest.length > page.length && { next: { timestamp: last.timestamp, taskId: last.taskId } }),
      }
    }
  }

  read(): undefined {
    return undefined
  }

  claim(key: TaskKey, { now, expiresAt }: { now: number; expiresAt: number }): Lease | undefined {
    return this.#changeLease(key, (record, held) => {
      if (held !== undefined && held.expiresAt > now) return undefined
      return { token: record.lastToken + 1, expiresAt }
    })
  }

  renew(key: TaskKey, token: number, expiresAt: number): boolean {
    const lease = this.#changeLease(key, (_record, held) => (held?.token === token ? { token, expiresAt } : undefined))
    return lease !== undefined
  }

  release(key: TaskKey, token: number): void {
    const bucket = this.#parts.bucket()
    const keys = keysOf(key)
    for (;;) {
      const cas = bucket.cas(keys.task)
      const record = decodeRecord(cas.current())
      if (record?.lease?.token !== token) return
      const { lease, ...rest } = record
      if (!cas.swap(encodeRecord(rest))) continue
      return bucket.delete(lease.marker)
    }
  }

  /** Gives the task the lease that `next` decides on, or leaves it as it is. The version stays. */
  #changeLease(
    key: TaskKey,
    next: (record: TaskRecord, held: Lease | undefined) => Lease | undefined,
  ): Lease | undefined {
    const bucket = this.#parts.bucket()
    const keys = keysOf(key)
    for (;;) {
      const cas = bucket.cas(keys.task)
      const record = decodeRecord(cas.current())
      if (record === undefined) return undefined
      const lease = next(record, leaseOf(bucket, record))
      if (lease === undefined) return undefined
      const marker = markerFor(lease, record, () => `lease/${this.#parts.random.id()}`)
      if (marker === undefined) return undefined
      if (marker.isNew) bucket.set(marker.name, toBytes(key.taskId))
      if (
        cas.swap(
          encodeRecord({
            ...record,
            lastToken: Math.max(record.lastToken, lease.token),
            lease: { ...lease, marker: marker.name },
          }),
        )
      ) {
        if (marker.isNew && record.lease !== undefined) bucket.delete(record.lease.marker)
        return lease
      }
      if (marker.isNew) bucket.delete(marker.name)
    }
  }

  #read(bucket: HostBucket, key: TaskKey): TaskRecord | undefined {
    return decodeRecord(bucket.get(keysOf(key).task))
  }

  /** Every so many new tasks of a scope, those that are over and too many are removed, so that the store does not grow for ever. */
  #cleanUp(bucket: HostBucket, key: TaskKey): void {
    const scope = scopeSegments(key)
    if (bucket.increment(`count/${scope}`, 1) % cleanUpEvery !== 0) return
    const old = surplus(readEntries(bucket, key), this.#parts.keepTasks)
    const names = old.map((entry) => keysOf({ ...key, taskId: entry.taskId }))
    bucket.deleteMany(names.flatMap(({ task, index }) => [task, index]))
  }
}

/** The key by which a lease holds: kept while the same holder goes on, new for a new one. */
function markerFor(
  lease: Lease | undefined,
  before: TaskRecord | undefined,
  make: () => string,
): { name: string; isNew: boolean } | undefined {
  if (lease === undefined) return undefined
  if (before?.lease?.token === lease.token) return { name: before.lease.marker, isNew: false }
  return { name: make(), isNew: true }
}

function taskAfter({ snapshot, create, events }: RunCommit, before: TaskRecord | undefined): Task {
  if (snapshot !== undefined) return snapshot
  // What was decoded is ours to change; what a caller gave is not.
  let task = before?.task ?? snapshotTask(create as Task)
  for (const event of events) task = applyEvent(task, event)
  return task
}

function movesEntry(before: Task['status'] | undefined, after: Task['status']): boolean {
  return before?.state !== after.state || before.timestamp !== after.timestamp
}
