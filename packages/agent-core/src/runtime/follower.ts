import { snapshotTask } from '../event/reducer'
import type { RunOutcome, Submission } from './agent-runtime'
import type { Run } from './run'
import type { TaskWriter } from './task-writer'

/** The caller's end of a run that may not have begun yet: it may wait for its turn. */
export class Follower {
  readonly #started: PromiseWithResolvers<RunOutcome> | undefined
  #run: Run | undefined
  #canceled = false

  constructor(asTask: boolean) {
    this.#started = asTask ? deferred() : undefined
  }

  /** The run that this caller's message became. */
  follow(run: Run): void {
    this.#run = run
    run.onStarted = (writer) => this.started(writer)
    if (this.#canceled) run.cancel()
  }

  /** The task is stored: a copy of it is told, for the run goes on changing its own. */
  started(writer: TaskWriter): void {
    if (this.#started === undefined) return
    const stored = writer.stored()
    this.#started.resolve({ task: { ...stored, task: snapshotTask(stored.task), facts: { ...stored.facts } } })
  }

  submission(outcome: Promise<RunOutcome>): Submission {
    if (this.#started !== undefined) outcome.then(this.#started.resolve, this.#started.reject)
    // Whoever looks at neither promise is not to be punished for it.
    outcome.catch(() => {})
    this.#started?.promise.catch(() => {})
    return {
      outcome,
      started: this.#started?.promise ?? outcome,
      cancel: () => {
        this.#canceled = true
        this.#run?.cancel()
      },
    }
  }
}

interface PromiseWithResolvers<T> {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (reason: unknown) => void
}

function deferred<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => {}
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
