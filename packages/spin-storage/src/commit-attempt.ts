import {
  admitCommit,
  applyEvent,
  type CommitAdmission,
  type CommitResult,
  isActive,
  patchFacts,
  PfError,
  type RunCommit,
  type Task,
} from '@pf-agents/agent-core'
import type { BucketConversation } from './conversation'
import type { TaskIndex } from './task-index'
import { factsOf, type RecordHead, taskOf, type TaskRecord } from './task-record'
import type { RecordChange, TaskTable } from './task-table'

/** The error of what has more bytes than can be kept and read again. */
export function tooLarge(what: string, bytes: number, taskBytes: number): PfError {
  const message = `${what} would take ${bytes} bytes in the store, which takes ${taskBytes} for one. Say less in one task, and give large results by their URL. The agent can raise taskBytes of spinStorage, together with its memory.`
  return new PfError('PF_REQUEST_TOO_LARGE', message, { details: { bytes, taskBytes } })
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).byteLength
}

/** What a commit works with. */
export interface CommitParts {
  tasks: TaskTable
  index: TaskIndex
  conversation: BucketConversation
  newNonce: () => string
  /** Bytes that one task may take. */
  taskBytes: number
}

/**
 * One commit. The record is changed by one compare-and-set, and that is the commit. What stands elsewhere is prepared
 * before in a form that does not count without it (a moving entry, marked messages, the sign of a lease nobody names),
 * and put in order afterwards; an instance may die between any two of these steps.
 */
export class CommitAttempt {
  private readonly parts: CommitParts
  private readonly commit: RunCommit
  private readonly name: string
  private readonly nonce: string
  private isAnnounced = false
  private isSigned = false
  private spokenIn: string | undefined
  private before: RecordHead | undefined
  private after: RecordHead | undefined
  private facts = ''

  constructor(parts: CommitParts, commit: RunCommit, name: string) {
    this.parts = parts
    this.commit = commit
    this.name = name
    this.nonce = parts.newNonce()
  }

  /** The next record. Called again where somebody else was first; what was prepared then stays. */
  apply(record: TaskRecord | undefined): RecordChange<CommitResult> {
    const { commit } = this
    this.before = record?.head
    const admission = this.admit(this.before)
    const task = this.taskAfter(record)
    const { contextId, status } = task
    const text = JSON.stringify(task)
    const facts =
      record !== undefined && commit.facts === undefined
        ? record.facts
        : JSON.stringify(patchFacts(record && factsOf(record), commit.facts))
    // Before anything is prepared, and before memory is taken for the bytes.
    const units = text.length + facts.length
    this.check(units)
    // What stands elsewhere may be shortened for this commit: it must not be refused behind that.
    if (units * 3 > this.parts.taskBytes) this.check(bytesOf(text) + bytesOf(facts))
    const isMove =
      this.before === undefined ||
      (!isActive(this.before.state) &&
        (this.before.state !== status.state ||
          this.before.at !== status.timestamp ||
          (commit.facts !== undefined && 'interrupts' in commit.facts)))
    if (isMove && !this.isAnnounced) {
      this.parts.index.announce(commit.key, contextId, admission.version)
      this.isAnnounced = true
    }
    this.speak(contextId)
    const lease = this.leaseAfter(admission)
    const spoken = this.spokenIn === undefined ? this.before?.spoken : this.nonce
    this.after = {
      version: admission.version,
      lastSeq: (this.before?.lastSeq ?? 0) + commit.events.length,
      lastToken: admission.lastToken,
      state: status.state,
      at: status.timestamp,
      contextId,
      ...(lease && { lease }),
      ...(spoken !== undefined && { spoken }),
    }
    const result: CommitResult = { version: this.after.version, lastSeq: this.after.lastSeq }
    if (admission.leaseToken !== undefined) result.leaseToken = admission.leaseToken
    this.facts = facts
    return { record: { head: this.after, task: text, facts }, result, check: (bytes) => this.check(bytes) }
  }

  /** The commit was made: puts in order what stands elsewhere. */
  finish(): void {
    const { before, after, name } = this
    const { tasks, index, conversation } = this.parts
    if (after === undefined) return
    if (before?.lease !== undefined && before.lease.nonce !== after.lease?.nonce)
      tasks.endSign(name, before.lease.nonce)
    if (isActive(after.state)) return
    if (after.spoken !== undefined) conversation.confirm(this.commit.key, after.contextId, after.spoken)
    if (before === undefined || isActive(before.state) || this.isAnnounced)
      index.settle(this.commit.key, { head: after, facts: this.facts })
  }

  /** The commit was refused: takes back what was prepared. */
  undo(): void {
    if (this.isSigned) this.parts.tasks.endSign(this.name, this.nonce)
    if (this.spokenIn !== undefined) this.parts.conversation.retract(this.commit.key, this.spokenIn, this.nonce)
  }

  /** What is too large to be read again must not be written. A task that is ended from outside takes hardly more than before. */
  private check(bytes: number): void {
    const { taskBytes } = this.parts
    if (bytes <= taskBytes || this.commit.force === true) return
    throw tooLarge('The task', bytes, taskBytes)
  }

  private admit(head: RecordHead | undefined): CommitAdmission {
    if (head === undefined) return admitCommit(this.commit, undefined)
    // Whoever has the token is alive; of anybody else's lease the sign tells.
    const { lease: named } = head
    const isHolder = named !== undefined && named.token === this.commit.leaseToken
    const lease = isHolder
      ? { token: named.token, expiresAt: named.expiresAt }
      : this.parts.tasks.leaseOf(this.name, head)
    return admitCommit(this.commit, { version: head.version, lease, lastToken: head.lastToken })
  }

  private taskAfter(record: TaskRecord | undefined): Task {
    const { snapshot, create, events } = this.commit
    if (snapshot !== undefined) return snapshot
    // By way of JSON, as later events are folded into what was stored, not into what the caller holds.
    let task = record === undefined ? (JSON.parse(JSON.stringify(create)) as Task) : taskOf(record)
    for (const event of events) task = applyEvent(task, event)
    return task
  }

  private leaseAfter({ lease }: CommitAdmission): RecordHead['lease'] {
    if (lease === undefined) return undefined
    const named = this.before?.lease
    if (named !== undefined && named.token === lease.token) return { ...lease, nonce: named.nonce }
    if (!this.isSigned) this.parts.tasks.setSign(this.name, this.nonce)
    this.isSigned = true
    return { ...lease, nonce: this.nonce }
  }

  private speak(contextId: string): void {
    const { conversation: messages, key } = this.commit
    if (messages === undefined || messages.length === 0 || this.spokenIn !== undefined) return
    this.parts.conversation.add(key, contextId, messages, { name: this.name, nonce: this.nonce }, this.before?.spoken)
    this.spokenIn = contextId
  }
}
