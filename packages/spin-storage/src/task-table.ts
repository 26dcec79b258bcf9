import { isTerminal, type Lease, type StoredTask, type TaskKey } from '@pf-agents/agent-core'
import type { KeyPaths } from './key-path'
import type { StampedBucket, TextChange } from './stamped-bucket'
import { decodeRecord, encodeRecord, factsOf, type RecordHead, taskOf, type TaskRecord } from './task-record'

/** What a change makes of a record: a new one, or none to leave it as it is. */
export interface RecordChange<T> {
  record?: TaskRecord
  result: T
}

/** The records of tasks, and the keys that show that their runs are alive. Tasks go by the names that {@link KeyPaths} gives. */
export class TaskTable {
  private readonly bucket: StampedBucket
  private readonly paths: KeyPaths

  constructor(bucket: StampedBucket, paths: KeyPaths) {
    this.bucket = bucket
    this.paths = paths
  }

  read(name: string): TaskRecord | undefined {
    const found = this.bucket.read(this.paths.task(name))
    return found && decodeRecord(found.text)
  }

  /** Changes a record by compare-and-set; `change` is called again whenever somebody else was first. */
  update<T>(name: string, change: (record: TaskRecord | undefined) => RecordChange<T>): T {
    return this.bucket.update(this.paths.task(name), (current): TextChange<T> => {
      const { record, result } = change(current && decodeRecord(current.text))
      return record === undefined ? { result } : { text: encodeRecord(record), result }
    })
  }

  /** Removes a task that is over since `at`; one that moved on since then stays. */
  removeEnded(name: string, at: string): void {
    const head = this.read(name)?.head
    if (head === undefined || head.at !== at || !isTerminal(head.state)) return
    if (head.lease !== undefined) this.endSign(name, head.lease.nonce)
    this.bucket.delete(this.paths.task(name))
  }

  /** Sets the key that shows that a run is alive. */
  setSign(name: string, nonce: string): void {
    this.bucket.create(this.paths.lease(name, nonce))
  }

  endSign(name: string, nonce: string): void {
    this.bucket.delete(this.paths.lease(name, nonce))
  }

  /** The lease, unless the instance that took it died. */
  leaseOf(name: string, { lease }: RecordHead): Lease | undefined {
    if (lease === undefined || !this.bucket.exists(this.paths.lease(name, lease.nonce))) return undefined
    return { token: lease.token, expiresAt: lease.expiresAt }
  }

  stored({ tenant, principalId, taskId }: TaskKey, name: string, record: TaskRecord): StoredTask {
    const { head } = record
    const lease = this.leaseOf(name, head)
    return {
      key: { tenant, principalId, taskId },
      task: taskOf(record),
      facts: factsOf(record),
      version: head.version,
      lastSeq: head.lastSeq,
      ...(lease && { lease }),
    }
  }
}
