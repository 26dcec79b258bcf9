import type { PfError } from '../error/pf-error'
import { applyEvent, snapshotTask } from '../event/reducer'
import type { RunEvent } from '../event/run-event'
import type { JsonObject } from '../model/json'
import type { Message } from '../model/message'
import type { Task } from '../model/task'
import type { Clock } from '../port/clock'
import type { Deliveries, PendingCommit } from '../port/deliveries'
import type { OutboxEntry } from '../port/outbox'
import type { Awaitable, CommitResult, RunCommit, RunStore, StoredTask, TaskFacts } from '../port/run-store'
import type { TaskKey } from '../port/scope'
import { chain, isPromise } from './awaitable'
import type { RuntimeServices } from './options'
import { storeFailure } from './store-failure'

/** Events after which a commit is made even while more keep coming, and after which who emits them should wait. */
const batchLimit = 256
/** Microtasks without a new event after which a batch is complete: what one tick emits becomes one commit. */
const idleHops = 8
/** Events between two snapshots at least; the distance doubles, so that all snapshots together stay linear. */
const snapshotEvery = 256
/** Milliseconds after which a store without a log is written to, however little there is to write. */
const quietMs = 1000

/** Its callbacks are microtasks, at half the price of `queueMicrotask` on Node, which makes a resource of each. */
const settled = Promise.resolve()

/**
 * What a writer starts from: a new task, or a stored one to go on with. `before` is done before the new task is stored;
 * where it fails, there is no task. `isForced`: the task is ended from outside of its run, whoever has its lease.
 */
export type WriterStart =
  | { key: TaskKey; create: Task; facts: TaskFacts; before?: () => Awaitable<void> }
  | { stored: StoredTask; isForced?: boolean }

/** Who is told what becomes of the events. */
export interface WriterListener {
  /** A commit stored these, the first of them with this number. */
  committed(events: readonly RunEvent[], firstSeq: number): void
  /** A commit failed; nothing more will be stored. Told once. */
  lost(error: PfError): void
}

/**
 * Writes one task's events: folds them into the run's own draft at once, and commits them in batches, in order, one
 * commit at a time. A failed commit ends the writer: what was not stored by then never will be.
 */
export class TaskWriter {
  readonly key: TaskKey
  readonly #store: RunStore
  readonly #clock: Clock
  readonly #deliveries: Deliveries | undefined
  readonly #listener: WriterListener
  #task: Task
  #facts: TaskFacts
  #version = 0
  #lastSeq = 0
  #leaseToken: number | undefined
  #leaseUntil: number | undefined
  #failure: PfError | undefined
  #isForced = false

  // What the next commit brings.
  #create: Task | undefined
  #before: (() => Awaitable<void>) | undefined
  #events: RunEvent[] = []
  #factsPatch: RunCommit['facts']
  #conversation: Message[] | undefined
  #prolong: number | undefined
  /** The next commit changes the task's state or its questions: it brings a snapshot. */
  #isMilestone = false
  #hasEnded = false

  #conversed = 0
  #isTicking = false
  #committing: Promise<void> | undefined
  /** An asynchronous commit holds the draft itself as its snapshot: the next event goes to a copy. */
  #isLent = false
  #sinceSnapshot = 0
  #snapshotAfter = snapshotEvery
  #committedAt = 0

  constructor(
    services: Pick<RuntimeServices, 'store' | 'clock' | 'deliveries'>,
    start: WriterStart,
    listener: WriterListener,
  ) {
    this.#store = services.store
    this.#clock = services.clock
    this.#deliveries = services.deliveries
    this.#listener = listener
    if ('create' in start) {
      this.key = start.key
      this.#create = start.create
      this.#before = start.before
      this.#task = { ...start.create, artifacts: [], history: [] }
      this.#facts = start.facts
      this.#isMilestone = true
    } else {
      const { stored, isForced = false } = start
      this.#isForced = isForced
      this.key = stored.key
      this.#task = snapshotTask(stored.task)
      this.#facts = stored.facts
      this.#version = stored.version
      this.#lastSeq = stored.lastSeq
    }
  }

  /** The task with everything emitted so far. A later event may make another object of it. */
  get task(): Task {
    return this.#task
  }
  get facts(): TaskFacts {
    return this.#facts
  }
  /** Number of commits so far. */
  get version(): number {
    return this.#version
  }
  get leaseToken(): number | undefined {
    return this.#leaseToken
  }
  /** Until when the lease holds, as far as it was committed. */
  get leaseUntil(): number | undefined {
    return this.#leaseUntil
  }
  /** Why nothing more is stored. */
  get failure(): PfError | undefined {
    return this.#failure
  }
  /** Messages of this writer that joined the conversation, or will. */
  get conversed(): number {
    return this.#conversed
  }

  /** Takes the lease with the next commit, or prolongs it. */
  lease(expiresAt: number): void {
    this.#prolong = expiresAt
  }

  /** The lease was prolonged outside of a commit. */
  renewed(expiresAt: number): void {
    this.#leaseUntil = expiresAt
  }

  /** Changes facts with the next commit; `undefined` removes one. */
  setFacts(patch: NonNullable<RunCommit['facts']>): void {
    if (this.#hasEnded) return
    const facts = { ...this.#facts, ...patch }
    for (const name of Object.keys(patch) as (keyof TaskFacts)[]) if (facts[name] === undefined) delete facts[name]
    this.#facts = facts as TaskFacts
    this.#factsPatch = this.#factsPatch === undefined ? patch : { ...this.#factsPatch, ...patch }
    this.#schedule()
  }

  /** A message that joins the conversation, but not the task, with the next commit. */
  converse(message: Message): void {
    if (this.#conversation === undefined) this.#conversation = [message]
    else this.#conversation.push(message)
    this.#conversed++
  }

  /** Puts metadata on what the agent says last in the next commit's part of the conversation; on this where it says nothing. */
  remember(metadata: JsonObject, empty: Message): void {
    if (this.#conversation?.at(-1)?.role !== 'agent') this.converse(empty)
    const list = this.#conversation as Message[]
    const message = list.pop() as Message
    // A copy: the task has the same message.
    list.push({ ...message, metadata: { ...message.metadata, ...metadata } })
  }

  /** Adds an event. A message joins the conversation, too. */
  emit(event: RunEvent): void {
    if (this.#hasEnded || this.#failure !== undefined) return
    if (event.type === 'message') this.converse(event.message)
    else if (event.type === 'status') this.#isMilestone ||= event.status.state !== this.#task.status.state
    else if (event.type === 'interrupt-start' || event.type === 'interrupt-end') this.#isMilestone = true
    if (this.#isLent) {
      this.#task = snapshotTask(this.#task)
      this.#isLent = false
    }
    applyEvent(this.#task, event)
    this.#events.push(event)
    this.#schedule()
  }

  /** Takes nothing more: what is pending now is the last commit, and gives the lease back. */
  end(): void {
    this.#hasEnded = true
  }

  /** Commits what is pending. @throws what made the writer fail. */
  flush(): Awaitable<void> {
    while (this.#committing === undefined && this.#failure === undefined && this.#isDirty) this.#commit()
    if (this.#committing !== undefined) return this.#committing.then(() => this.flush())
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Settles once there is room for more events: they come faster than the store takes them. */
  room(): Awaitable<void> {
    if (this.#events.length >= batchLimit) return this.#committing
  }

  /** Commits what is pending, unless that has to wait, or should wait for more. Failures are told to the listener. */
  commitIfDue(): void {
    if (this.#committing === undefined && this.#failure === undefined && this.#isDue) this.#commit()
  }

  /** The task as it was stored last. Valid once flushed. */
  stored(): StoredTask {
    const stored: StoredTask = {
      key: this.key,
      task: this.#task,
      facts: this.#facts,
      version: this.#version,
      lastSeq: this.#lastSeq,
    }
    if (this.#leaseToken !== undefined && this.#leaseUntil !== undefined)
      stored.lease = { token: this.#leaseToken, expiresAt: this.#leaseUntil }
    return stored
  }

  get #isDirty(): boolean {
    return this.#events.length > 0 || this.#create !== undefined || this.#factsPatch !== undefined
  }

  /** A store without a log writes the whole task with each commit: they are spaced out, so that their sum stays linear. */
  get #isDue(): boolean {
    if (!this.#isDirty) return false
    if (this.#store.hasEventLog || this.#isMilestone || this.#hasEnded) return true
    return this.#isSnapshotDue || this.#clock.now() - this.#committedAt >= quietMs
  }

  get #isSnapshotDue(): boolean {
    return this.#sinceSnapshot + this.#events.length >= this.#snapshotAfter
  }

  #schedule(): void {
    if (this.#isTicking) return
    this.#isTicking = true
    let seen = this.#events.length
    let idle = 0
    const tick = (): void => {
      const { length } = this.#events
      idle = length === seen ? idle + 1 : 0
      seen = length
      if (idle < idleHops && length < batchLimit && this.#isDirty) {
        void settled.then(tick)
        return
      }
      this.#isTicking = false
      this.commitIfDue()
    }
    void settled.then(tick)
  }

  #commit(): void {
    const commit = this.#take()
    try {
      const result = this.#write(commit)
      if (!isPromise(result)) return this.#committed(commit, result)
      this.#isLent ||= commit.snapshot !== undefined
      this.#committing = (result as Promise<CommitResult>).then(
        (one) => this.#settled(() => this.#committed(commit, one)),
        (error: unknown) => this.#settled(() => this.#fail(error, commit)),
      )
    } catch (error) {
      this.#fail(error, commit)
    }
  }

  /** Stores a commit, and with it what it owes. */
  #write(commit: RunCommit): Awaitable<CommitResult> {
    const before = this.#before
    const deliveries = this.#deliveries
    if (before === undefined && deliveries === undefined) return this.#store.commit(commit)
    this.#before = undefined
    const pending: PendingCommit = {
      key: this.key,
      events: commit.events,
      firstSeq: this.#lastSeq + 1,
      task: this.#task,
      facts: this.#facts,
      isNew: commit.create !== undefined,
    }
    let hasBegun = false
    const store = (owed: readonly OutboxEntry[] | undefined): Awaitable<CommitResult> => {
      hasBegun = true
      if (owed !== undefined) commit.outbox = owed
      return this.#store.commit(commit)
    }
    // Nothing comes between the answer of a store that answers at once and the commit: who counts what is owed counts right.
    const result = chain(before?.(), () => chain(deliveries?.owed(pending), store))
    if (!hasBegun) this.#isLent = true
    return result
  }

  #settled(next: () => void): void {
    this.#isLent = false
    this.#committing = undefined
    next()
    // What came in the meantime, unless it is still coming.
    if (!this.#isTicking) this.commitIfDue()
  }

  #take(): RunCommit {
    const commit: RunCommit = { key: this.key, expectedVersion: this.#version, events: this.#events }
    if (this.#leaseToken !== undefined) commit.leaseToken = this.#leaseToken
    if (this.#create !== undefined) {
      commit.create = this.#create
      commit.facts = this.#facts
    } else if (this.#factsPatch !== undefined) commit.facts = this.#factsPatch
    if (this.#conversation !== undefined) commit.conversation = this.#conversation
    // A run that begins and ends within one commit needs no lease.
    if (!this.#hasEnded && this.#prolong !== undefined) commit.lease = { expiresAt: this.#prolong }
    else if (this.#hasEnded && (this.#leaseToken !== undefined || this.#isForced)) commit.lease = 'release'
    if (this.#isForced) commit.force = true
    const isSnapshotDue = this.#isSnapshotDue
    this.#sinceSnapshot += this.#events.length
    if (this.#isMilestone || this.#hasEnded || isSnapshotDue || !this.#store.hasEventLog) {
      commit.snapshot = this.#task
      if (isSnapshotDue) this.#snapshotAfter *= 2
      this.#sinceSnapshot = 0
    }
    this.#create = this.#factsPatch = this.#conversation = this.#prolong = undefined
    this.#events = []
    this.#isMilestone = false
    return commit
  }

  #committed(commit: RunCommit, result: CommitResult): void {
    this.#version = result.version
    this.#lastSeq = result.lastSeq
    if (!this.#store.hasEventLog) this.#committedAt = this.#clock.now()
    if (commit.lease === 'release') this.#leaseToken = this.#leaseUntil = undefined
    else if (commit.lease !== undefined) {
      this.#leaseToken = result.leaseToken
      this.#leaseUntil = commit.lease.expiresAt
    }
    this.#listener.committed(commit.events, result.lastSeq - commit.events.length + 1)
  }

  #fail(error: unknown, commit: RunCommit): void {
    this.#failure = storeFailure(error, commit)
    this.#events = []
    this.#create = this.#factsPatch = this.#conversation = undefined
    this.#listener.lost(this.#failure)
  }
}
