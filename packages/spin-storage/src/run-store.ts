import type { Lease, RunStore, StoredTask, TaskKey } from '@pf-agents/agent-core'
import { CommitAttempt, type CommitParts } from './commit-attempt'
import type { KeyPaths } from './key-path'
import { listTasks, overdueOfTenant } from './list-tasks'
import type { RecordHead } from './task-record'
import type { RecordChange } from './task-table'

/** What the store works with. */
export interface RunStoreParts extends CommitParts {
  paths: KeyPaths
  /** Bytes that the records of a page of a list may take. */
  pageBytes: number
}

/** A run store over a bucket with compare-and-set. No event log. */
export function createBucketRunStore(parts: RunStoreParts): RunStore {
  const { tasks, paths, newNonce } = parts

  /** Changes the head of a record where `next` gives a new one; the version stays. Gives the new head. */
  function changeHead(name: string, next: (head: RecordHead) => RecordHead | undefined): RecordHead | undefined {
    return tasks.update(name, (record): RecordChange<RecordHead | undefined> => {
      const head = record && next(record.head)
      return head === undefined || record === undefined
        ? { result: undefined }
        : { record: { ...record, head }, result: head }
    })
  }

  function found(key: TaskKey): { name: string; head: RecordHead | undefined } {
    const name = paths.taskName(key)
    return { name, head: tasks.head(name) }
  }

  return {
    hasEventLog: false,

    commit(commit) {
      const name = paths.taskName(commit.key)
      const attempt = new CommitAttempt(parts, commit, name)
      let result
      try {
        result = tasks.update(name, (record) => attempt.apply(record))
      } catch (error) {
        attempt.undo()
        throw error
      }
      attempt.finish()
      return result
    },

    load(key): StoredTask | undefined {
      const name = paths.taskName(key)
      const record = tasks.read(name)
      return record && tasks.stored(key, name, record)
    },

    head(key) {
      const { name, head } = found(key)
      if (head === undefined) return undefined
      const lease = tasks.leaseOf(name, head)
      return { version: head.version, state: head.state, ...(lease && { lease }) }
    },

    list: (query) => listTasks(parts, query),

    overdue: (query) => overdueOfTenant(parts.index.entries(), query),

    read: () => undefined,

    claim(key, { now, expiresAt }): Lease | undefined {
      const { name, head: before } = found(key)
      const isFree = (head: RecordHead): boolean => (tasks.leaseOf(name, head)?.expiresAt ?? now) <= now
      if (before === undefined || !isFree(before)) return undefined
      const nonce = newNonce()
      let replaced: string | undefined
      tasks.setSign(name, nonce)
      try {
        const head = changeHead(name, (current) => {
          if (!isFree(current)) return undefined
          replaced = current.lease?.nonce
          const token = current.lastToken + 1
          return { ...current, lastToken: token, lease: { token, expiresAt, nonce } }
        })
        if (head?.lease === undefined) {
          tasks.endSign(name, nonce)
          return undefined
        }
        if (replaced !== undefined) tasks.endSign(name, replaced)
        return { token: head.lease.token, expiresAt }
      } catch (error) {
        tasks.endSign(name, nonce)
        throw error
      }
    },

    renew(key, token, expiresAt) {
      const { name, head: before } = found(key)
      const isHeld = (head: RecordHead): boolean => tasks.leaseOf(name, head)?.token === token
      if (before === undefined || !isHeld(before)) return false
      const head = changeHead(name, (current) =>
        current.lease !== undefined && isHeld(current)
          ? { ...current, lease: { ...current.lease, expiresAt } }
          : undefined,
      )
      return head !== undefined
    },

    release(key, token) {
      const { name, head } = found(key)
      if (head?.lease?.token !== token) return
      let released: string | undefined
      changeHead(name, ({ lease, ...rest }) => {
        released = lease?.token === token ? lease.nonce : undefined
        return released === undefined ? undefined : rest
      })
      if (released !== undefined) tasks.endSign(name, released)
    },
  }
}
