import type { WorldInterfaces } from './worlds'

/** What the user's file exports. */
export type EntryKind = 'app' | 'agent'

/** The module a component is made from: the app of the user's file, or a minimal one around its agent. */
export function componentEntry(file: string, kind: EntryKind, { atomic }: WorldInterfaces): string {
  const imports = [`import { componentExports } from '@pf-agents/app/wasm'`, `import * as entry from ${JSON.stringify(file)}`]
  let app = 'entry.default'
  if (kind === 'agent') {
    imports.push(`import { createApp } from '@pf-agents/app'`, `import { a2aServer } from '@pf-agents/a2a-server'`)
    if (atomic) imports.push(`import { spinStorage } from '@pf-agents/spin-storage'`)
    app = `createApp(entry.default, [a2aServer()${atomic ? ', spinStorage()' : ''}])`
  }
  return `${imports.join('\n')}
const exported = componentExports(${app})
export const discovery = exported.discovery
`
}
