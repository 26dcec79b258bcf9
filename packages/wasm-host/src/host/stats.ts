/** What an app has done and holds. */
export interface AppStats {
  /** Requests accepted or refused so far. */
  requests: number
  /** Instances that serve a request now. */
  live: number
  /** Requests that wait for an instance. */
  queued: number
  /** Requests whose bodies are on their way and that have no instance yet. */
  receiving: number
  /** Requests refused with 503. */
  rejected: number
  /** Requests ended by the time limit. */
  timeouts: number
  /** Guests that crashed. */
  traps: number
  outOfMemory: number
  /** Workers that were ended (a busy loop) or failed, and replaced. */
  killedWorkers: number
  /** Requests that were given to another worker when theirs was lost. */
  repeated: number
  /** Per worker: requests it serves, instances ready for one, and the linear memory of both, as of at most 25 ms ago. */
  workers: { live: number; pooled: number; memoryBytes: number }[]
}
