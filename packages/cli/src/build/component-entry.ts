import type { World } from './worlds'

/** How the module that is made for a component is called in its bundle. */
export const componentEntryFile = 'pf-component-entry.js'

/** What the user's file exports. */
export type EntryKind = 'app' | 'agent'

/** What {@link componentEntry} takes. */
export interface ComponentEntryOptions {
  kind: EntryKind
  world: World
  /** Leaves a place for the signatures of the cards, which `withSignatures` fills. */
  signed: boolean
}

/** A name that nothing declares: a bundler leaves it as it is. */
const signaturesPlace = 'pfCardSignaturesGoHere'

/**
 * Code with signatures by tenant in their place, or with none. The same bundle becomes the component whose cards are signed
 * and the one that shows the signatures, so nothing changes between the two.
 */
export function withSignatures(code: string, signatures: object | undefined): string {
  // The entry is the last module; whoever wrote the same name before it meant something else.
  const at = code.lastIndexOf(signaturesPlace)
  const text = signatures === undefined ? 'undefined' : `JSON.parse(${JSON.stringify(JSON.stringify(signatures))})`
  return at < 0 ? code : code.slice(0, at) + text + code.slice(at + signaturesPlace.length)
}

/** The module a component is made from: the app of the user's file, or the preset for components around its agent. */
export function componentEntry(file: string, { kind, world, signed }: ComponentEntryOptions): string {
  // The order counts: what can't be used at module scope is held back first, then the guest's APIs are put right.
  const imports = [
    `import { releaseModuleScope } from 'pf-host:module-scope'`,
    `import { componentExports } from '@pf-agents/app/wasm'`,
    `import entry from ${JSON.stringify(file)}`,
  ]
  let app = 'entry'
  if (kind === 'agent') {
    imports.push(`import { spinAgent } from '@pf-agents/spin-agent'`)
    app = 'spinAgent(entry)'
  }
  const info = [`world: ${JSON.stringify(world)}`, 'builtAt: Date.now()']
  if (signed) info.push(`cardSignatures: ${signaturesPlace}`)
  return `${imports.join('\n')}
const { discovery } = componentExports(${app}, { ${info.join(', ')} })
releaseModuleScope()
export { discovery }
`
}
