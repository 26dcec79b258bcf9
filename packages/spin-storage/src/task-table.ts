import { isTerminal, type Lease, type StoredTask, type Task, type TaskFacts, type TaskKey } from '@pf-agents/agent-core'
import type { KeyPaths } from './key-path'
import type { StampedBucket, TextChange } from './stamped-bucket'
import {
  decodeHead,
  decodeRecord,
  encodeRecord,
  parseJson,
  recordEnd,
  type RecordHead,
  type TaskRecord,
} from './task-record'

/** What a change makes of a record: a new one, or none to leave it as it is. */
export interface RecordChange<T> {
  record?: TaskRecord
  result: T
  /** Told how many bytes it will take; what it throws, the change is refused with. */
  check?: (bytes: number) => void
}

/** What the table is made of. */
export interface TaskTableParts {
  bucket: StampedBucket
  paths: KeyPaths
  /** Told of a key whose value can not be read. */
  onLost: (path: string) => void
}

/**
 * The records of tasks, and the keys that show that their runs are alive. Tasks go by the names that {@link KeyPaths} gives.
 * A record that can not be read, because something has cut it short, is one that is not there: its task is lost, and must
 * not take lists and the index with it.
 */
export class TaskTable {
  private readonly parts: TaskTableParts

  constructor(parts: TaskTableParts) {
    this.parts = parts
  }

  read(name: string): TaskRecord | undefined {
    const path = this.parts.paths.task(name)
    const found = this.parts.bucket.read(path)
    return found && this.known(path, decodeRecord(found.text))
  }

  /** The head of a record, without the memory that the rest takes. */
  head(name: string): RecordHead | undefined {
    const path = this.parts.paths.task(name)
    const line = this.parts.bucket.firstLine(path, recordEnd)
    return line === undefined ? undefined : this.known(path, decodeHead(line))
  }

  /** As `read`, of a record that takes no more bytes; `too-large` for another, which is not read. */
  readUpTo(name: string, maxBytes: number): TaskRecord | 'too-large' | undefined {
    const path = this.parts.paths.task(name)
    const found = this.parts.bucket.readUpTo(path, maxBytes)
    return found === 'too-large' ? found : found && this.known(path, decodeRecord(found.text))
  }

  /** Changes a record by compare-and-set; `change` is called again whenever somebody else was first. */
  update<T>(name: string, change: (record: TaskRecord | undefined) => RecordChange<T>): T {
    const path = this.parts.paths.task(name)
    return this.parts.bucket.update(path, (current): TextChange<T> => {
      const { record, result, check } = change(current && this.known(path, decodeRecord(current.text)))
      return record === undefined ? { result } : { text: encodeRecord(record), result, ...(check && { check }) }
    })
  }

  /** Removes a task that is over since `at`; one that moved on since then stays. */
  removeEnded(name: string, at: string): void {
    this.removeWhere(name, (head) => head.at === at && isTerminal(head.state))
  }

  /** Removes what is left of a task that is lost. */
  removeLost(name: string): void {
    this.removeWhere(name, () => false)
  }

  /** Sets the key that shows that a run is alive. */
  setSign(name: string, nonce: string): void {
    this.parts.bucket.create(this.parts.paths.lease(name, nonce))
  }

  endSign(name: string, nonce: string): void {
    this.parts.bucket.delete(this.parts.paths.lease(name, nonce))
  }

  /** The lease, unless the instance that took it died. */
  leaseOf(name: string, { lease }: RecordHead): Lease | undefined {
    if (lease === undefined || !this.parts.bucket.exists(this.parts.paths.lease(name, lease.nonce))) return undefined
    return { token: lease.token, expiresAt: lease.expiresAt }
  }

  /** `undefined` where the record can not be read beyond its head. */
  stored({ tenant, principalId, taskId }: TaskKey, name: string, record: TaskRecord): StoredTask | undefined {
    const { head } = record
    const task = parseJson(record.task) as Task | undefined
    const facts = parseJson(record.facts) as TaskFacts | undefined
    if (task === undefined || facts === undefined) return this.known(this.parts.paths.task(name), undefined)
    const lease = this.leaseOf(name, head)
    return {
      key: { tenant, principalId, taskId },
      task,
      facts,
      version: head.version,
      lastSeq: head.lastSeq,
      ...(lease && { lease }),
    }
  }

  private removeWhere(name: string, isOver: (head: RecordHead) => boolean): void {
    const path = this.parts.paths.task(name)
    const line = this.parts.bucket.firstLine(path, recordEnd)
    if (line === undefined) return
    const head = decodeHead(line)
    if (head !== undefined && !isOver(head)) return
    if (head?.lease !== undefined) this.endSign(name, head.lease.nonce)
    this.parts.bucket.delete(path)
  }

  private known<T>(path: string, found: T | undefined): T | undefined {
    if (found === undefined) this.parts.onLost(path)
    return found
  }
}
