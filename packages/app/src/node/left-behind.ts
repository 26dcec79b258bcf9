import { isEndOfRun, type Logger, ThrownReply } from '@pf-agents/agent-core'

const mark = Symbol.for('pf-agents.left-behind')

/** The apps that are served in this process. */
const served = new Set<{ log: Logger }>()

/**
 * What a handler or tool has begun and does not wait for ends with its run: by the reply that ends the run, or because the
 * run is over. Nobody hears of that, and for Node it is a failure nobody has thought of, by which the process ends with all
 * other tasks. While an app is served, it goes to the log instead; every other failure ends the process as ever.
 *
 * @returns ends that
 */
export function keepLeftBehind(log: Logger): () => void {
  if (livesOn()) return () => {}
  const app = { log }
  served.add(app)
  if (served.size === 1) process.on('unhandledRejection', onUnhandled)
  return () => {
    if (served.delete(app) && served.size === 0) process.off('unhandledRejection', onUnhandled)
  }
}

function onUnhandled(reason: unknown): void {
  if (isEndOfRun(reason) || ThrownReply.is(reason)) {
    for (const { log } of served)
      log.log(
        'warn',
        'A handler or tool has left something behind that its run has ended. Wait for it, or catch this.',
        {
          reason: reason.message,
        },
      )
    return
  }
  // Who listens too has decided what becomes of it. This alone must not be why the process lives on.
  if (process.listeners('unhandledRejection').every((listener) => mark in listener)) throw reason
}
Object.defineProperty(onUnhandled, mark, { value: true })

/** Whether the process was told to live on whatever happens: then there is nothing to keep from it. */
function livesOn(): boolean {
  const told = `${process.execArgv.join(' ')} ${process.env['NODE_OPTIONS'] ?? ''}`
  return /--unhandled-rejections[= ](?:warn|none)/.test(told)
}
