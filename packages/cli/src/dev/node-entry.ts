/** How a dev server is reached. */
export interface DevAddress {
  host: string
  port: number
}

/**
 * The module a dev server runs: serves the app that the user's file exports, or its agent on both protocols. A file without a default export
 * serves by itself, as an entry for Node does.
 */
export function nodeEntry(file: string, hasDefault: boolean, { host, port }: DevAddress): string {
  if (!hasDefault) return `import ${JSON.stringify(file)}\n`
  return `import entry from ${JSON.stringify(file)}
import { serve } from '@pf-agents/app/node'
import { dualAgent } from '@pf-agents/dual-agent'
const app = typeof entry?.fetch === 'function' ? entry : dualAgent(entry)
const server = await serve(app, ${JSON.stringify({ hostname: host, port })})
process.on('message', (message) => {
  if (message === 'pf-close') server.close().then(() => process.exit(0), (error) => { console.error(error); process.exit(1) })
})
`
}
