import type { Clock } from '@pf-agents/agent-core'

/** Failures in a row after which a host is left alone. */
const failuresToOpen = 5
/** Milliseconds that it is left alone at first; doubles with each failed probe. */
const restMs = 30_000
const maxRestMs = 300_000
/** Hosts, each as one caller knows it, that are kept in mind. The one not heard of for longest makes room. */
const maxHosts = 10_000

interface Host {
  active: number
  failures: number
  /** Until when nothing is sent; afterwards one probe goes first. */
  restsUntil: number
  rests: number
}

/**
 * Who may be called now: at most so many deliveries to one host at the same time, none to a host that asked to wait or
 * failed again and again, until a probe got through. What stands for a host here is its origin with the caller whose
 * webhooks are there: otherwise one caller could have the host of another left alone.
 */
export class HostGate {
  readonly #clock: Clock
  readonly #perHost: number
  readonly #hosts = new Map<string, Host>()

  constructor(clock: Clock, perHost: number) {
    this.#clock = clock
    this.#perHost = perHost
  }

  /** `open`: go on; `busy`: somebody else has to end first; `resting`: not now. */
  look(origin: string): 'open' | 'busy' | 'resting' {
    const host = this.#hosts.get(origin)
    if (host === undefined) return 'open'
    if (host.restsUntil > this.#clock.now()) return 'resting'
    // After a rest, one probe says whether the host is back.
    const most = host.failures >= failuresToOpen ? 1 : this.#perHost
    return host.active < most ? 'open' : 'busy'
  }

  /** When the rest of a host is over: milliseconds since 1970. */
  restsUntil(origin: string): number {
    return this.#hosts.get(origin)?.restsUntil ?? 0
  }

  begin(origin: string): void {
    const host = this.#hosts.get(origin) ?? { active: 0, failures: 0, restsUntil: 0, rests: 0 }
    host.active++
    this.#hosts.delete(origin)
    this.#hosts.set(origin, host)
    for (const [name, { active }] of this.#hosts) {
      if (this.#hosts.size <= maxHosts) break
      if (active === 0) this.#hosts.delete(name)
    }
  }

  /** A delivery was broken off before it could say anything about the host. */
  leave(origin: string): void {
    const host = this.#hosts.get(origin)
    if (host !== undefined) host.active--
  }

  /** @param waitMs - milliseconds that the host asked to wait */
  end(origin: string, isUp: boolean, waitMs = 0): void {
    const host = this.#hosts.get(origin)
    if (host === undefined) return
    host.active--
    if (isUp) {
      host.failures = host.rests = 0
      if (waitMs > 0) host.restsUntil = Math.max(host.restsUntil, this.#clock.now() + Math.min(waitMs, maxRestMs))
    } else if (++host.failures >= failuresToOpen && host.restsUntil <= this.#clock.now()) {
      host.restsUntil = this.#clock.now() + Math.min(restMs * 2 ** host.rests++, maxRestMs)
    }
    if (host.active === 0 && host.failures === 0 && host.restsUntil <= this.#clock.now()) this.#hosts.delete(origin)
  }
}
