import { type Clock, PfError, type Submission } from '@pf-agents/agent-core'
import type { OnDisconnect } from '../options'

/** A run under way here. */
export interface LiveRun {
  submission: Submission | undefined
  taskId: string | undefined
  /** Streams that tell of it. */
  readers: number
  stopTimer: (() => void) | undefined
}

/** Runs that were begun here and are under way, and who reads them: one that nobody reads any more is canceled. */
export class LiveRuns {
  readonly #clock: Clock
  readonly #onDisconnect: OnDisconnect
  readonly #graceMs: number
  readonly #byName = new Map<string, LiveRun>()
  readonly #byTask = new Map<string, LiveRun>()

  constructor(clock: Clock, onDisconnect: OnDisconnect, graceMs: number) {
    this.#clock = clock
    this.#onDisconnect = onDisconnect
    this.#graceMs = graceMs
  }

  get size(): number {
    return this.#byName.size
  }

  /** Takes a name for as long as the run goes on. @throws PfError PF_RUN_DUPLICATE */
  begin(name: string): LiveRun {
    if (this.#byName.has(name))
      throw new PfError(
        'PF_RUN_DUPLICATE',
        'A run with this id is under way. Give every run an id of its own; connect to the thread to follow the one under way.',
      )
    const run: LiveRun = { submission: undefined, taskId: undefined, readers: 0, stopTimer: undefined }
    this.#byName.set(name, run)
    return run
  }

  /** The run has a task: whoever connects to that reads the run. */
  named(run: LiveRun, taskId: string): void {
    run.taskId = taskId
    this.#byTask.set(taskId, run)
  }

  /** The run is over. */
  over(name: string, run: LiveRun): void {
    run.stopTimer?.()
    if (this.#byName.get(name) === run) this.#byName.delete(name)
    if (run.taskId !== undefined && this.#byTask.get(run.taskId) === run) this.#byTask.delete(run.taskId)
  }

  find(name: string): LiveRun | undefined {
    return this.#byName.get(name)
  }

  /** Somebody reads this task. */
  join(taskId: string): void {
    const run = this.#byTask.get(taskId)
    if (run === undefined) return
    run.readers++
    run.stopTimer?.()
    run.stopTimer = undefined
  }

  /** Somebody does not read this task any more. */
  leave(taskId: string, isOver: boolean): void {
    const run = this.#byTask.get(taskId)
    if (run === undefined || --run.readers > 0 || isOver || this.#onDisconnect === 'detach') return
    run.stopTimer ??= this.#clock.after(this.#graceMs, () => run.submission?.cancel())
  }

  close(): void {
    for (const run of this.#byName.values()) run.stopTimer?.()
  }
}
