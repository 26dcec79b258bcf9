import { PfError } from '../error/pf-error'
import type { Interrupt } from '../interrupt/interrupt'
import type { TaskKey } from '../port/scope'
import type { RuntimeServices } from './options'
import type { Run } from './run'
import type { TaskWriter } from './task-writer'

/** A message for a task, as long as it is not known how the task stood when the message came in. */
export interface Arrival {
  readonly taskId: string
  /** What the task had asked by then, where a run was at work on it then, or before it was looked at. */
  asked?: readonly Interrupt[]
}

/** When a lease is prolonged: with this part of its time left. */
const renewAt = 2 / 3

/**
 * Looks after the runs whose tasks are stored: prolongs leases, and finds out when a task was changed elsewhere (canceled,
 * or taken over), where the run itself commits nothing for long. One timer for all of them, none while there is no run.
 */
export class RunWatch {
  readonly #services: RuntimeServices
  readonly #everyMs: number
  readonly #runs = new Map<string, Run>()
  readonly #looking = new Set<Run>()
  readonly #arriving = new Set<Arrival>()
  #stop: (() => void) | undefined

  constructor(services: RuntimeServices, everyMs: number) {
    this.#services = services
    this.#everyMs = everyMs
  }

  add(taskId: string, run: Run): void {
    this.#runs.set(taskId, run)
    for (const one of this.#arriving) if (one.taskId === taskId) one.asked ??= run.asked
    this.#stop ??= this.#services.clock.after(this.#everyMs, this.#tick)
  }

  delete(taskId: string, run: Run): void {
    if (this.#runs.get(taskId) !== run) return
    this.#runs.delete(taskId)
    if (this.#runs.size > 0) return
    this.#stop?.()
    this.#stop = undefined
  }

  /** How many runs work here. */
  get size(): number {
    return this.#runs.size
  }

  /** The run that works on this task here, if there is one. */
  find(key: TaskKey): Run | undefined {
    const run = this.#runs.get(key.taskId)
    return run !== undefined && run.scope.principalId === key.principalId && run.scope.tenant === key.tenant
      ? run
      : undefined
  }

  /**
   * A message for a task came in. A run that is at work on it, or begins while the task is loaded, may ask something: that
   * was asked later.
   */
  arrived(key: TaskKey): Arrival {
    const arrival: Arrival = { taskId: key.taskId }
    const run = this.find(key)
    // A run that gave its lease back has told its questions.
    if (run?.writer?.leaseToken !== undefined) arrival.asked = run.asked
    this.#arriving.add(arrival)
    return arrival
  }

  /** The task was loaded. */
  known(arrival: Arrival): void {
    this.#arriving.delete(arrival)
  }

  readonly #tick = (): void => {
    this.#stop = this.#services.clock.after(this.#everyMs, this.#tick)
    for (const run of this.#runs.values()) {
      const { writer } = run
      // A slow store is not asked again before it has answered.
      if (writer === undefined || this.#looking.has(run)) continue
      this.#looking.add(run)
      this.#look(run, writer)
        // A store that can't be read now may be read at the next look; the lease decides if it stays so.
        .catch((error: unknown) =>
          run.log('warn', 'The store could not be read while a run is under way.', { error: String(error) }),
        )
        .finally(() => this.#looking.delete(run))
    }
  }

  async #look(run: Run, writer: TaskWriter): Promise<void> {
    const { store, clock } = this.#services
    const token = writer.leaseToken
    if (token === undefined) return
    writer.commitIfDue()
    const until = writer.leaseUntil ?? 0
    const now = clock.now()
    const { deadline } = run.limits
    if (until - now < run.host.leaseMs * renewAt && (until < deadline || deadline <= now)) {
      const next = run.leaseUntil()
      if (await store.renew(writer.key, token, next)) writer.renewed(next)
    }
    const head = await store.head(writer.key)
    if (run.over || head === undefined || writer.leaseToken !== token) return
    if (head.state === 'canceled') run.abort.abort(new PfError('PF_RUN_CANCELED', 'The task was canceled elsewhere.'))
    else if (head.lease?.token !== token) run.abort.abort(new PfError('PF_LEASE_LOST'))
  }
}
