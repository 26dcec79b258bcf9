import type { KeyValueDraft } from '../wasi/keyvalue/index'

/** What a component imports and exports, with versions, for example `wasi:http/types@0.2.10`. */
export interface ComponentInterfaces {
  imports: string[]
  exports: string[]
}

/**
 * The kind of host a component was built for: `spin` (key-value draft2), `wasmtime` (key-value draft), `wasi-http` (no
 * stored state).
 */
export type ComponentWorld = 'spin' | 'wasmtime' | 'wasi-http'

export function worldOf({ imports }: ComponentInterfaces): ComponentWorld {
  const drafts = imports.filter((name) => /^wasi:(keyvalue|config)\//.test(name))
  if (drafts.some((name) => /@0\.2\.0-draft$|@0\.2\.0-rc\.1$/.test(name))) return 'wasmtime'
  return drafts.length > 0 ? 'spin' : 'wasi-http'
}

export const keyValueDraftOf = (interfaces: ComponentInterfaces): KeyValueDraft =>
  worldOf(interfaces) === 'wasmtime' ? 'draft' : 'draft2'
