import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { PfError } from '@pf-agents/agent-core'

/** A file of the page. */
export interface PageFile {
  readonly name: string
  readonly type: string
}

/** The page itself. */
export const indexFile: PageFile = { name: 'index.html', type: 'text/html; charset=utf-8' }

/** What the page is made of. */
export const pageFiles: readonly PageFile[] = [
  { name: 'playground.js', type: 'text/javascript; charset=utf-8' },
  { name: 'playground.css', type: 'text/css; charset=utf-8' },
]

type Loaded = { body: Uint8Array; type: string; tag: string }
const loaded = new Map<string, Loaded>()

/** A file as the package's build made it, read once. */
export function pageFile({ name, type }: PageFile): Loaded {
  let file = loaded.get(name)
  if (file === undefined) loaded.set(name, (file = { type, ...read(name) }))
  return file
}

function read(name: string): Omit<Loaded, 'type'> {
  try {
    // The same from the sources and from what is built of them: both lie one folder below the package.
    const body = readFileSync(new URL(`../dist/page/${name}`, import.meta.url))
    return { body, tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
  } catch (error) {
    throw new PfError('PF_INTERNAL', `The playground's page is not built: ${name} is missing.`, { cause: error })
  }
}
