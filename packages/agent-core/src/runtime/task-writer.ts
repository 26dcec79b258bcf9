import { PfError } from '../error/pf-error'
import { applyEvent } from '../event/reducer'
import type { RunEvent, StoredEvent } from '../event/run-event'
import type { Message } from '../model/message'
import type { Task } from '../model/task'
import type { Awaitable, CommitResult, RunCommit, RunStore, StoredTask, TaskFacts } from '../port/run-store'
import type { TaskKey } from '../port/scope'

/** Events after which a commit is made even while more keep coming. */
const batchLimit = 256
/** Microtasks without a new event after which a batch is complete: what one tick emits becomes one commit. */
const idleHops = 8
/** Events between two snapshots at least; the distance doubles, so that all snapshots together stay linear. */
const snapshotEvery = 256

/** What a writer starts from: a new task, or a stored one to go on with. */
export type WriterStart = { key: TaskKey; create: Task; facts: TaskFacts } | { stored: StoredTask }

/**
 * Writes one task's events: folds them into the run's own draft at once, and commits them in batches, in order, one
 * commit at a time. A failed commit ends the writer: later events are dropped and `onLost` is told.
 */
export class TaskWriter {
  readonly key: TaskKey
  /** The task with everything emitted so far. */
  readonly task: Task
  readonly facts: TaskFacts
  /** Told once, when a commit failed. */
  onLost: ((error: unknown) => void) | undefined
  /** Told after each commit. */
  onCommit: ((events: readonly StoredEvent[]) => void) | undefined

  readonly #store: RunStore
  #version = 0
  #lastSeq = 0
  #leaseToken: number | undefined
  #leaseUntil: number | undefined
  #create: Task | undefined
  #pending: RunEvent[] = []
  #facts: RunCommit['facts']
  #conversation: Message[] = []
  #release = false
  #prolong: number | undefined
  #statusPending = false
  #sinceSnapshot = 0
  #snapshotAfter = snapshotEvery
  #emitted = 0
  #ticking = false
  #committing: Promise<void> | undefined
  #failure: { error: unknown } | undefined

  constructor(store: RunStore, start: WriterStart) {
    this.#store = store
    if ('create' in start) {
      this.key = start.key
      this.#create = start.create
      this.task = { ...start.create, artifacts: [], history: [] }
      this.facts = start.facts
    } else {
      const { stored } = start
      this.key = stored.key
      this.task = { ...stored.task, artifacts: stored.task.artifacts.map((one) => ({ ...one, parts: one.parts.map((part) => ({ ...part })) })), history: stored.task.history.slice() }
      this.facts = { ...stored.facts }
      this.#version = stored.version
      this.#lastSeq = stored.lastSeq
    }
  }

  get version(): number {
    return this.#version
  }

  /** Number of the newest stored event. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  get leaseToken(): number | undefined {
    return this.#leaseToken
  }

  /** Until when the lease holds, as far as it was committed. */
  get leaseUntil(): number | undefined {
    return this.#leaseUntil
  }

  /** Events that wait for their commit. */
  get backlog(): number {
    return this.#pending.length
  }

  get failed(): boolean {
    return this.#failure !== undefined
  }

  /** Takes the lease with the next commit, or prolongs it. */
  lease(expiresAt: number): void {
    this.#prolong = expiresAt
  }

  /** The lease was prolonged outside of a commit. */
  renewed(expiresAt: number): void {
    this.#leaseUntil = expiresAt
  }

  /** Gives the lease back with the next commit. */
  release(): void {
    this.#release = true
  }

  setFacts(patch: NonNullable<RunCommit['facts']>): void {
    for (const [name, value] of Object.entries(patch)) {
      if (value === undefined) delete (this.facts as unknown as Record<string, unknown>)[name]
      else (this.facts as unknown as Record<string, unknown>)[name] = value
    }
    this.#facts = { ...this.#facts, ...patch }
    this.#schedule()
  }

  /** Messages that join the conversation with the next commit. */
  converse(message: Message): void {
    this.#conversation.push(message)
  }

  emit(event: RunEvent): void {
    if (this.#failure !== undefined) return
    applyEvent(this.task, event)
    this.#pending.push(event)
    this.#emitted++
    if (event.type === 'status') this.#statusPending = true
    this.#schedule()
  }

  /** Commits what is pending. @throws what made the writer fail. */
  flush(): Awaitable<void> {
    if (this.#committing !== undefined) return this.#committing.then(() => this.flush())
    while (this.#failure === undefined && this.#dirty) {
      const done = this.#commit()
      if (done === undefined) continue
      this.#committing = done.finally(() => {
        this.#committing = undefined
      })
      return this.#committing.then(() => this.flush())
    }
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** The task as it was stored last. Valid once flushed. */
  stored(): StoredTask {
    return {
      key: this.key,
      task: this.task,
      facts: this.facts,
      version: this.#version,
      lastSeq: this.#lastSeq,
      ...(this.#leaseToken !== undefined && this.#leaseUntil !== undefined && { lease: { token: this.#leaseToken, expiresAt: this.#leaseUntil } }),
    }
  }

  get #dirty(): boolean {
    return this.#pending.length > 0 || this.#create !== undefined || this.#facts !== undefined
  }

  #schedule(): void {
    if (this.#ticking) return
    this.#ticking = true
    let seen = this.#emitted
    let idle = 0
    const tick = (): void => {
      if (this.#emitted === seen) idle++
      else {
        seen = this.#emitted
        idle = 0
      }
      if (idle < idleHops && this.#pending.length < batchLimit && this.#dirty) {
        queueMicrotask(tick)
        return
      }
      this.#ticking = false
      // A failure is told through onLost.
      try {
        const done = this.flush()
        if (done !== undefined) done.catch(() => {})
      } catch {}
    }
    queueMicrotask(tick)
  }

  #commit(): Promise<void> | undefined {
    const commit = this.#take()
    let result: Awaitable<CommitResult>
    try {
      result = this.#store.commit(commit)
    } catch (error) {
      this.#fail(error)
      return undefined
    }
    if (result instanceof Promise) {
      return result.then(
        (one) => this.#committed(commit, one),
        (error: unknown) => this.#fail(error),
      )
    }
    this.#committed(commit, result)
    return undefined
  }

  #take(): RunCommit {
    const events = this.#pending
    this.#pending = []
    const commit: RunCommit = { key: this.key, expectedVersion: this.#version, events }
    if (this.#leaseToken !== undefined) commit.leaseToken = this.#leaseToken
    if (this.#create !== undefined) {
      commit.create = this.#create
      commit.facts = this.facts
      this.#create = undefined
    } else if (this.#facts !== undefined) commit.facts = this.#facts
    this.#facts = undefined
    if (this.#conversation.length > 0) {
      commit.conversation = this.#conversation
      this.#conversation = []
    }
    if (this.#release) {
      // A run that began and ended within one commit never needed a lease.
      if (this.#leaseToken !== undefined) commit.lease = 'release'
    } else if (this.#prolong !== undefined) commit.lease = { expiresAt: this.#prolong }
    this.#prolong = undefined
    this.#sinceSnapshot += events.length
    if (this.#statusPending || !this.#store.hasEventLog || this.#sinceSnapshot >= this.#snapshotAfter) {
      commit.snapshot = this.task
      if (this.#sinceSnapshot >= this.#snapshotAfter) this.#snapshotAfter *= 2
      this.#sinceSnapshot = 0
    }
    this.#statusPending = false
    return commit
  }

  #committed(commit: RunCommit, result: CommitResult): void {
    this.#version = result.version
    if (commit.lease === 'release') this.#leaseToken = this.#leaseUntil = undefined
    else if (commit.lease !== undefined) {
      this.#leaseToken = result.leaseToken
      this.#leaseUntil = commit.lease.expiresAt
    }
    const first = result.lastSeq - commit.events.length + 1
    this.#lastSeq = result.lastSeq
    this.onCommit?.(commit.events.map((event, index) => ({ seq: first + index, event })))
  }

  #fail(error: unknown): void {
    this.#failure = { error: PfError.is(error) ? error : new PfError('PF_STORE_UNAVAILABLE', undefined, { cause: error }) }
    this.#pending = []
    this.#create = this.#facts = undefined
    this.onLost?.(this.#failure.error)
  }
}
