import type { Clock, Logger, LogLevel } from '@pf-agents/agent-core'

/** Milliseconds between two lines that say the same. */
const quietMs = 60_000
/** Different lines that are kept in mind; there are as many as schemes, times what can happen to one. */
const maxLines = 100

/**
 * The log of the authenticator. Where an issuer is down, every request fails alike: from "warn" on, what happens to a
 * scheme is said once a minute, with how often it went unsaid before.
 */
export function authLog(logger: Logger, clock: Clock) {
  const said = new Map<string, { at: number; unsaid: number }>()
  return (level: LogLevel, message: string, fields: Record<string, unknown> = {}): void => {
    if (level === 'debug') return logger.log(level, message, fields)
    const line = `${message} ${String(fields['scheme'])}`
    const now = clock.now()
    const last = said.get(line)
    if (last !== undefined && now - last.at < quietMs) {
      last.unsaid++
      return
    }
    const unsaid = last?.unsaid ?? 0
    if (said.size >= maxLines) said.clear()
    said.set(line, { at: now, unsaid: 0 })
    logger.log(level, message, unsaid === 0 ? fields : { ...fields, unsaid })
  }
}
