import type { Clock, Logger, LogLevel } from '@pf-agents/agent-core'

/** Milliseconds between two lines that say the same of the same. */
const quietMs = 60_000
/** Different ones within that time; more are not said. */
const maxLines = 200

/** A log for what happens over and over: once a minute for each that it happens to. */
export class QuietLog {
  readonly #parts: { readonly clock: Clock; readonly logger: Logger }
  readonly #saidAt = new Map<string, number>()

  constructor(parts: { readonly clock: Clock; readonly logger: Logger }) {
    this.#parts = parts
  }

  /** @param about - whom it happens to */
  say(level: LogLevel, message: string, about: string, fields: Record<string, unknown>): void {
    const { clock, logger } = this.#parts
    const now = clock.now()
    // Oldest first: a line is said again only when it has left the list.
    for (const [line, at] of this.#saidAt) {
      // What was said before the clock was set back is said again.
      if (now >= at && now - at < quietMs) break
      this.#saidAt.delete(line)
    }
    const line = `${message} ${about}`
    if (this.#saidAt.has(line) || this.#saidAt.size >= maxLines) return
    this.#saidAt.set(line, now)
    logger.log(level, message, fields)
  }
}
