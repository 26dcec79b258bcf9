import { isBuiltin } from 'node:module'

/** `engines.node` of the package: the oldest Node that runs it. */
export const oldestNode = '22.18'

/** What keeps a Node from running this program, in one sentence. Undefined: nothing. */
export function nodeProblem(version: string, has: (builtin: string) => boolean = isBuiltin): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldMajor = 0, oldMinor = 0] = oldestNode.split('.').map(Number)
  if (major < oldMajor || (major === oldMajor && minor < oldMinor))
    return `pf needs Node ${oldestNode} or newer, and this is ${version}; install one from https://nodejs.org.`
  if (!has('node:sqlite'))
    return `pf needs a Node with node:sqlite, and this one (${version}) was built or started without; leave out --no-experimental-sqlite, or install Node from https://nodejs.org.`
  return undefined
}

type Warned = Error & { code?: string }

/**
 * Takes one warning of Node out of what it prints: that its SQLite is experimental, which Node 22 says of every program
 * that uses it. All others go where they went before. For programs only: it is the whole process that listens.
 */
export function quietSqliteWarning(on: NodeJS.Process = process): void {
  const listeners = on.listeners('warning')
  on.removeAllListeners('warning')
  on.on('warning', (warning: Warned) => {
    if (warning.name === 'ExperimentalWarning' && warning.message.startsWith('SQLite ')) return
    for (const listener of listeners) listener.call(on, warning)
  })
}
