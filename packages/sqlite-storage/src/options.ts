import type { Clock } from '@pf-agents/agent-core'

/** Options of `sqliteStorage` and `createSqliteStores`. */
export interface SqliteOptions {
  /** Path of the database file; it is made where it does not exist. `:memory:` keeps everything in memory. */
  file: string
  /**
   * When the system is told to flush. `normal`: at checkpoints; what was committed survives a killed process, but the
   * last commits before a power failure may be missing (the file stays sound). `full`: at every commit, which survives
   * a power failure and costs one flush of the disk each. Default `normal`.
   */
  synchronous?: 'normal' | 'full'
  /** How long to wait for the write lock of another process, in milliseconds. Default 5,000. */
  busyTimeoutMs?: number
  /** How long the events of a task stay readable after its end, in milliseconds. Default one hour. */
  keepEventsMs?: number
  /** How long a task stays after its end, in milliseconds. Default: for good. */
  keepTasksMs?: number
  /** How long a message stays in its conversation, in milliseconds. Default: for good. */
  keepMessagesMs?: number
  /** How many messages a conversation keeps; the oldest go first. Default 10,000. */
  maxMessages?: number
  /** Tells the time for what is kept how long. Default: the system's clock. */
  clock?: Pick<Clock, 'now'>
}
