/** The kind of host a component is built for. */
export type World = 'spin' | 'wasmtime' | 'wasi-http'

/** What the hosts of a world give, under the exact names of their drafts. */
export interface WorldInterfaces {
  /** Where it runs, for help and messages. */
  hosts: string
  /** Version of wasi:keyvalue, where there is one. */
  keyValue?: string
  /** Whether the key-value store can compare and set, without which nothing can be stored safely. */
  atomic: boolean
  /** Version of wasi:config, where there is one. */
  config?: string
}

/** Every world; see docs/guides/wasm.md. */
export const worlds: Readonly<Record<World, WorldInterfaces>> = {
  spin: {
    hosts: 'Spin, SpinKube and the embedded host; stored state, variables and secrets',
    keyValue: '0.2.0-draft2',
    atomic: true,
    config: '0.2.0-draft-2024-09-27',
  },
  wasmtime: {
    hosts: 'wasmtime serve and the embedded host; variables and secrets, no stored state',
    keyValue: '0.2.0-draft',
    atomic: false,
    config: '0.2.0-rc.1',
  },
  'wasi-http': {
    hosts: 'any wasi:http host; no stored state, no variables',
    atomic: false,
  },
}

/** Names for usage messages. */
export const worldNames = Object.keys(worlds) as World[]
