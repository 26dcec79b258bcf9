import type { Server } from 'node:http'

/** How long an answer may take that a client waits for which sends nothing more, ms. */
const WAIT_MS = 2_000

/**
 * Lets a server answer clients that end their side of the connection behind a whole request. Most that do so are gone,
 * which shows only where something is written to them: so an answer that takes longer is given up.
 */
export function answerHalfClosed(server: Server): void {
  // In Node since 0.5, and in no declaration of it.
  Object.assign(server, { httpAllowHalfOpen: true })
  server.on('connection', (socket) => {
    socket.once('end', () => {
      const timer = setTimeout(() => void socket.destroy(), WAIT_MS)
      socket.once('close', () => clearTimeout(timer))
    })
  })
}
