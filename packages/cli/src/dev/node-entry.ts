import { RELOAD_GRACE_MS } from './dev-workers'

/** How a dev server is reached. */
export interface DevAddress {
  host: string
  port: number
}

/** Where the playground is on a dev server. */
export const playgroundPath = '/playground'

/**
 * Runs before anything of a dev server. Each answer closes its connection: of those that are kept, a reload closes the idle
 * ones, some just when the client sends its next request there, which then fails. Ctrl-C in a terminal goes to this process
 * too, and it is the command that ends it, once all is answered. The channel to the command closes when that is so, or when
 * the command is gone: then what keeps the process alive has no more to do.
 */
export const nodeBanner = `import { subscribe as pfSubscribe } from 'node:diagnostics_channel'
pfSubscribe('http.server.request.start', ({ response }) => { response.shouldKeepAlive = false })
process.on('SIGINT', () => {})
process.on('disconnect', () => { setTimeout(() => process.exit(), 3_000).unref() })`

/**
 * The module a dev server runs: serves the app that the user's file exports, or its agent on both protocols, with
 * the engine of agents that have a model, and with the playground unless `hasPlayground` is false. A file without a
 * default export serves by itself, as an entry for Node does.
 */
export function nodeEntry(
  file: string,
  hasDefault: boolean,
  { host, port }: DevAddress,
  hasPlayground: boolean,
): string {
  if (!hasDefault) return `import ${JSON.stringify(file)}\n`
  return `import entry from ${JSON.stringify(file)}
import { serve } from '@pf-agents/app/node'
import { pfAgent } from '@pf-agents/pf-agent'
${hasPlayground ? "import { playground } from '@pf-agents/playground'" : ''}
const app = typeof entry?.fetch === 'function' ? entry : pfAgent(entry)
const options = ${JSON.stringify({ hostname: host, port, drainMs: RELOAD_GRACE_MS })}
const server = await serve(app, ${hasPlayground ? '{ ...options, add: [playground()] }' : 'options'})
process.on('message', (message) => {
  if (message === 'pf-close') server.close().then(() => process.exit(0), (error) => { console.error(error); process.exit(1) })
})
`
}
