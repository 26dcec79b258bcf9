import type { Logger } from './services'

/** One JSON line per entry on the console's error stream: the same form on Node and in a component. */
export const consoleLogger: Logger = {
  log(level, message, fields) {
    if (level === 'debug') return
    console.error(JSON.stringify({ level, message, ...fields }))
  },
}
