import { PfError } from '../error/pf-error'
import type { RuntimeServices } from './options'
import type { Run } from './run'

/**
 * Looks after the runs that hold a lease: prolongs leases, and finds out when a task was changed elsewhere (canceled,
 * or taken over), where the run itself commits nothing for long. One timer for all of them, none while there is no run.
 */
export class RunWatch {
  readonly #services: RuntimeServices
  readonly #everyMs: number
  readonly #runs = new Set<Run>()
  #stop: (() => void) | undefined

  constructor(services: RuntimeServices, everyMs: number) {
    this.#services = services
    this.#everyMs = everyMs
  }

  get runs(): ReadonlySet<Run> {
    return this.#runs
  }

  add(run: Run): void {
    this.#runs.add(run)
    this.#stop ??= this.#services.clock.after(this.#everyMs, this.#tick)
  }

  delete(run: Run): void {
    this.#runs.delete(run)
  }

  close(): void {
    this.#stop?.()
    this.#stop = undefined
  }

  readonly #tick = (): void => {
    this.#stop = undefined
    for (const run of this.#runs) {
      // A store that can't be read now may be read at the next look; the lease decides if it stays so.
      this.#look(run).catch((error: unknown) => run.log('warn', 'The store could not be read while a run is under way.', { error: String(error) }))
    }
    if (this.#runs.size > 0) this.#stop = this.#services.clock.after(this.#everyMs, this.#tick)
  }

  async #look(run: Run): Promise<void> {
    const { writer } = run
    if (writer === undefined || writer.version === 0 || run.over) return
    const { store, clock } = this.#services
    const token = writer.leaseToken
    if (token !== undefined && (writer.leaseUntil ?? 0) - clock.now() < run.host.leaseMs * (2 / 3) && (writer.leaseUntil ?? 0) < run.deadline) {
      const until = run.leaseUntil()
      if (await store.renew(writer.key, token, until)) writer.renewed(until)
    }
    const head = await store.head(writer.key)
    if (run.over || head === undefined || token === undefined || writer.leaseToken !== token) return
    if (head.state === 'canceled') run.abort.abort(new PfError('PF_RUN_CANCELED', 'The task was canceled elsewhere.'))
    else if (head.lease?.token !== token) run.abort.abort(new PfError('PF_LEASE_LOST'))
  }
}
