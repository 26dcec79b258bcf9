import type { Logger } from './services'

/** One JSON line per entry on the console's error stream: the same form on Node and in a component. */
export const consoleLogger: Logger = {
  log(level, message, fields) {
    if (level === 'debug') return
    console.error(line({ level, message, ...fields }))
  },
}

/** What JSON can not carry (a circle, a bigint) is told as text: a log line never throws. */
function line(entry: Record<string, unknown>): string {
  try {
    return JSON.stringify(entry)
  } catch {
    return JSON.stringify(Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, String(value)])))
  }
}
