import { type Lease, PfError, type StoredTask, type Task, type TaskFacts, type TaskKey } from '@pf-agents/agent-core'
import type { HostBucket } from './host-bucket'
import { fromBytes, toBytes } from './json-bytes'

/** Version of what is stored under a task's key. */
const recordVersion = 1

/** Everything about a task that must change together: one value, so that a commit is one compare-and-set. */
export interface TaskRecord {
  key: TaskKey
  task: Task
  facts: TaskFacts
  version: number
  lastSeq: number
  lastToken: number
  /** The lease, and the key that must exist for it to hold: an instance that dies takes that key with it. */
  lease?: Lease & { marker: string }
}

export function encodeRecord(record: TaskRecord): Uint8Array {
  return toBytes({ schema: recordVersion, ...record })
}

/** @throws PfError PF_STORE_SCHEMA where a newer version wrote it. */
export function decodeRecord(bytes: Uint8Array | undefined): TaskRecord | undefined {
  if (bytes === undefined) return undefined
  const { schema, ...record } = fromBytes(bytes) as unknown as TaskRecord & { schema: number }
  if (schema > recordVersion) {
    throw new PfError(
      'PF_STORE_SCHEMA',
      `A task was stored in version ${schema}; this package reads version ${recordVersion}. Deploy a newer component.`,
    )
  }
  return record
}

/** The lease of a record, unless the instance that held it died. */
export function leaseOf(bucket: HostBucket, record: TaskRecord): Lease | undefined {
  const { lease } = record
  if (lease === undefined || !bucket.exists(lease.marker)) return undefined
  return { token: lease.token, expiresAt: lease.expiresAt }
}

export function toStored(bucket: HostBucket, record: TaskRecord): StoredTask {
  const { key, task, facts, version, lastSeq } = record
  const lease = leaseOf(bucket, record)
  return { key, task, facts, version, lastSeq, ...(lease && { lease }) }
}
