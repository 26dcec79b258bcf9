import { type World, worlds } from './worlds'

/** What the user's file exports. */
export type EntryKind = 'app' | 'agent'

/** The module a component is made from: the app of the user's file, or a minimal one around its agent. */
export function componentEntry(file: string, kind: EntryKind, world: World): string {
  // The order counts: what can't be used at module scope is held back first, then the guest's APIs are put right.
  const imports = [
    `import { releaseModuleScope } from 'pf-host:module-scope'`,
    `import { componentExports } from '@pf-agents/app/wasm'`,
    `import entry from ${JSON.stringify(file)}`,
  ]
  let app = 'entry'
  if (kind === 'agent') {
    const features = ['a2aServer()']
    imports.push(`import { createApp } from '@pf-agents/app'`, `import { a2aServer } from '@pf-agents/a2a-server'`)
    if (worlds[world].atomic) {
      imports.push(`import { spinStorage } from '@pf-agents/spin-storage'`)
      features.push('spinStorage()')
    }
    app = `createApp(entry, [${features.join(', ')}])`
  }
  return `${imports.join('\n')}
const { discovery } = componentExports(${app}, { world: ${JSON.stringify(world)}, builtAt: Date.now() })
releaseModuleScope()
export { discovery }
`
}
