import {
  dueTime,
  isActive,
  isInterrupted,
  isTerminal,
  PfError,
  type Scope,
  type TaskFacts,
  type TaskKey,
  type TaskState,
} from '@pf-agents/agent-core'
import { type KeyPaths, shardOf, shards } from './key-path'
import type { StampedBucket } from './stamped-bucket'
import { factsOf, parseJson, type RecordHead, type TaskRecord } from './task-record'
import type { TaskTable } from './task-table'

/** How long an entry without a record is kept: its commit may still be on the way. In milliseconds. */
const unmadeAfter = 3_600_000
/** Live tasks a shard takes beyond its share, as a factor: names are not spread evenly. */
const slack = 2

/** What the index knows of a task. */
export interface IndexEntry {
  tenant: string
  principalId: string
  taskId: string
  contextId: string
  /** The entry is about this version or a later one. */
  version: number
  /** Status; absent while the task moves: then only its record knows. */
  state?: TaskState
  /** Status time; of a task that moves, when it began to. */
  at: string
  /** Of a task that waits: when it is overdue, `null` for never. Absent where a version before wrote it: its record knows. */
  due?: number | null
}

/** A task as it is now. */
export interface CurrentEntry extends Omit<IndexEntry, 'due'> {
  state: TaskState
  /** When it is overdue. */
  due: number | undefined
  /** Whether it only counts as failed, because it is overdue. */
  isPresumed?: true
}

interface Shard {
  tasks: IndexEntry[]
  /** Those that were taken out last; whoever changes the shard next makes sure that they are gone. */
  gone: { name: string; at: string }[]
}

/** What the index is made of. */
export interface TaskIndexParts {
  bucket: StampedBucket
  paths: KeyPaths
  tasks: TaskTable
  now: () => number
  /** Tasks kept, live ones and those that are over. */
  keepTasks: number
  /** Called for a task that rests although its run died before it could say so. */
  onRest: (entry: IndexEntry, head: RecordHead) => void
}

/**
 * Which tasks there are, for lists and for bounds. Spread over shards, each changed by compare-and-set, next to records
 * that are changed on their own; so an entry is made, and declared moving, **before** the record is made or leaves a state
 * in which it rests, and settled **after** it came to rest. A settled entry is therefore as the record is, and of a
 * moving one the record is asked. An instance that dies in between leaves a moving entry: slower, never wrong.
 */
export class TaskIndex {
  private readonly parts: TaskIndexParts
  private readonly share: number

  constructor(parts: TaskIndexParts) {
    this.parts = parts
    this.share = Math.max(1, Math.ceil(parts.keepTasks / shards))
  }

  /**
   * Declares that a task is about to get this version, and removes the oldest tasks that are over where there are too many.
   * @throws PfError PF_STORE_FULL where too many are live.
   */
  announce({ tenant, principalId, taskId }: TaskKey, contextId: string, version: number): void {
    const at = new Date(this.parts.now()).toISOString()
    const entry: IndexEntry = { tenant, principalId, taskId, contextId, version, at }
    const name = this.nameOf(entry)
    const gone = this.change(name, (shard) => {
      for (const one of shard.gone) this.parts.tasks.removeEnded(one.name, one.at)
      const others = shard.tasks.filter((other) => this.nameOf(other) !== name)
      const known = shard.tasks.find((other) => this.nameOf(other) === name)
      return this.bounded(others, { ...entry, version: Math.max(version, known?.version ?? 0) })
    })
    for (const one of gone) this.parts.tasks.removeEnded(one.name, one.at)
  }

  /** Declares that a task rests, unless it moved on since. */
  settle({ tenant, principalId, taskId }: TaskKey, { head, facts }: Pick<TaskRecord, 'head' | 'facts'>): void {
    const { contextId, version, state, at } = head
    const settled = restingEntry({ tenant, principalId, taskId, contextId, version, state, at }, facts)
    const name = this.nameOf(settled)
    this.change(name, ({ tasks, gone }) => {
      const known = tasks.find((other) => this.nameOf(other) === name)
      if (known !== undefined && known.version > version) return undefined
      return { tasks: [...tasks.filter((other) => other !== known), settled], gone }
    })
  }

  /** A scope's tasks, or all there are, as they are now: settled entries, and moving ones as their records say. */
  entries(scope?: Scope): CurrentEntry[] {
    const found: CurrentEntry[] = []
    const isOurs = ({ tenant, principalId }: IndexEntry): boolean =>
      scope === undefined || (tenant === scope.tenant && principalId === scope.principalId)
    for (let shard = 0; shard < shards; shard++) {
      const text = this.parts.bucket.read(this.parts.paths.shard('task', shard))?.text
      for (const entry of shardIn(text).tasks) if (isOurs(entry)) found.push(...this.current(entry))
    }
    return found
  }

  /** None where the task was not made. */
  private current(entry: IndexEntry): CurrentEntry[] {
    const { state, due } = entry
    if (state !== undefined && (due !== undefined || !isInterrupted(state)))
      return [{ ...entry, state, due: due ?? undefined }]
    const name = this.nameOf(entry)
    const { tasks } = this.parts
    const head = tasks.head(name)
    if (head === undefined) return []
    const lease = isActive(head.state) ? tasks.leaseOf(name, head) : undefined
    const record = isInterrupted(head.state) ? tasks.read(name) : undefined
    const interrupts = record && factsOf(record).interrupts
    return [
      { ...entry, version: head.version, state: head.state, at: head.at, due: dueTime(head.state, lease, interrupts) },
    ]
  }

  private nameOf(entry: IndexEntry): string {
    return this.parts.paths.taskName(entry)
  }

  /** Changes the shard of a task. Gives what the change takes out. */
  private change(name: string, change: (shard: Shard) => Shard | undefined): Shard['gone'] {
    return this.parts.bucket.update(this.parts.paths.shard('task', shardOf(name)), (current) => {
      const next = change(shardIn(current?.text))
      return next === undefined ? { result: [] } : { text: JSON.stringify(next), result: next.gone }
    })
  }

  private bounded(others: IndexEntry[], own: IndexEntry): Shard {
    let kept = others
    // Before anything is refused, entries that instances left behind when they died are looked at.
    if (this.surplus(kept).rest.length + 1 > this.share * slack) kept = kept.flatMap((entry) => this.healed(entry))
    const { rest, over } = this.surplus(kept)
    if (rest.length + 1 > this.share * slack) {
      const message = `The key-value store has no room: ${rest.length} tasks of one of its ${shards} parts are not over. Try again later, or raise keepTasks.`
      throw new PfError('PF_STORE_FULL', message, { retryAfterMs: 1_000 })
    }
    return { tasks: [...rest, own], gone: over.map((entry) => ({ name: this.nameOf(entry), at: entry.at })) }
  }

  /** Splits off the oldest tasks that are over, as many as are too many. */
  private surplus(tasks: IndexEntry[]): { rest: IndexEntry[]; over: IndexEntry[] } {
    const ended = tasks
      .filter(({ state }) => state !== undefined && isTerminal(state))
      .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    const over = ended.slice(0, Math.max(0, tasks.length + 1 - this.share))
    return { rest: tasks.filter((entry) => !over.includes(entry)), over }
  }

  /**
   * A moving entry as it should be where its instance died; none where its task was never made, or is lost. One that waits
   * is there unless it is lost, and one that is over is taken out without that.
   */
  private healed(entry: IndexEntry): IndexEntry[] {
    if (entry.state !== undefined && isTerminal(entry.state)) return [entry]
    const { tasks, now } = this.parts
    const name = this.nameOf(entry)
    const record = entry.state === undefined ? tasks.read(name) : undefined
    if (record === undefined && (entry.state === undefined || tasks.head(name) === undefined)) {
      if (now() - Date.parse(entry.at) <= unmadeAfter) return [entry]
      tasks.removeLost(name)
      return []
    }
    if (record === undefined) return [entry]
    const { head } = record
    if (isActive(head.state) || head.version < entry.version) return [entry]
    this.parts.onRest(entry, head)
    return [restingEntry({ ...entry, version: head.version, state: head.state, at: head.at }, record.facts)]
  }
}

/** A shard by its text. One that can not be read is lost; tasks come back to it when they rest again. */
function shardIn(text: string | undefined): Shard {
  const shard = text === undefined ? undefined : (parseJson(text) as Shard | undefined)
  return shard ?? { tasks: [], gone: [] }
}

/** The entry of a task that rests, with what lists must know of one that waits. */
function restingEntry(entry: IndexEntry & { state: TaskState }, facts: string): IndexEntry {
  if (!isInterrupted(entry.state)) return entry
  const { interrupts } = JSON.parse(facts) as TaskFacts
  return { ...entry, due: dueTime(entry.state, undefined, interrupts) ?? null }
}
