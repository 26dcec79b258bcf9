/**
 * Takes one warning out of what this thread prints: that SQLite is experimental, which Node 22 says in every worker anew.
 * All others are printed as before. The thread is the host's own; that of whoever uses the host is left alone.
 */
export function quietSqliteWarning(): void {
  const listeners = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning' && warning.message.startsWith('SQLite ')) return
    for (const listener of listeners) listener.call(process, warning)
  })
}
