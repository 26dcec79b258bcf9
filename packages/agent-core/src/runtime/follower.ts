import { PfError } from '../error/pf-error'
import { snapshotTask } from '../event/reducer'
import type { Caller, RunOutcome, Submission } from './agent-runtime'
import type { Run } from './run'
import type { EndTurn, Waiting } from './turns'

/** The caller's end of a run that may not have begun yet: it may wait for its turn. */
export class Follower {
  readonly #started: Deferred<RunOutcome> | undefined
  #run: Run | undefined
  #waiting: Waiting | undefined
  #reason: PfError | undefined

  constructor(asTask: boolean) {
    this.#started = asTask ? deferred() : undefined
  }

  /** Whether the caller wants to know as soon as there is a task. */
  get wantsTask(): boolean {
    return this.#started !== undefined
  }

  /** Waits for the turn, and gives its place up where the caller does, or goes away. */
  wait(waiting: Waiting, caller: Caller | undefined): Promise<EndTurn> {
    this.#waiting = waiting
    if (this.#reason !== undefined) waiting.leave(this.#reason)
    const stop = caller?.whenGone?.(() =>
      waiting.leave(new PfError('PF_BUSY', 'The caller went away before its turn came.')),
    )
    if (stop !== undefined) waiting.turn.then(stop, stop)
    return waiting.turn
  }

  /** Whether the run has ended. */
  get isOver(): boolean {
    return this.#run?.over === true
  }

  /** The run that this caller's message became. */
  follow(run: Run): void {
    this.#run = run
    if (this.#reason !== undefined) run.abort.abort(this.#reason)
  }

  /** The task is stored: a copy of it is told, for the run goes on changing its own. */
  readonly stored = (): void => {
    const stored = this.#run?.promote().stored()
    if (stored !== undefined) this.#started?.resolve({ task: { ...stored, task: snapshotTask(stored.task) } })
  }

  /** @throws why the caller gave up before anything was begun. */
  check(): void {
    if (this.#reason !== undefined) throw this.#reason
  }

  /** Ends the run, or the wait for it. */
  abort(reason: PfError): void {
    this.#reason ??= reason
    this.#waiting?.leave(reason)
    this.#run?.abort.abort(reason)
  }

  submission(outcome: Promise<RunOutcome>): Submission {
    if (this.#started !== undefined) outcome.then(this.#started.resolve, this.#started.reject)
    // Whoever does not look at this promise is not to be punished for it; the outcome is looked at by the runtime.
    this.#started?.promise.catch(() => {})
    return {
      outcome,
      started: this.#started?.promise ?? outcome,
      cancel: () => this.abort(new PfError('PF_RUN_CANCELED')),
    }
  }
}

interface Deferred<T> {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (reason: unknown) => void
}

/** `Promise.withResolvers`, which not every engine has. */
function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {}
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
