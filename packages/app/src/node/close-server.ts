import type { Server } from 'node:http'

/** How often connections that became idle are looked for, ms. */
const idleCheckMs = 50
/** What answers to aborted runs get to leave, ms. */
const lastAnswersMs = 500

/** Stops accepting, lets requests end within `drainMs`, closes the app, then cuts whatever connection is left. */
export async function closeServer(server: Server, drainMs: number, closeApp: () => Promise<void>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A kept-alive connection whose request ended is idle, and would hold the server open.
  const idle = setInterval(() => server.closeIdleConnections(), idleCheckMs)
  server.closeIdleConnections()
  try {
    await within(closed, drainMs)
    await closeApp()
    await within(closed, lastAnswersMs)
  } finally {
    clearInterval(idle)
    server.closeAllConnections()
  }
  await closed
}

async function within(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))])
  clearTimeout(timer)
}
