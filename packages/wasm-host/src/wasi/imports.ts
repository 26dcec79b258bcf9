import type { HostImports } from '../component/host-function'
import type { OutboundTransport } from '../outbound/transport'
import type { GuestContext } from '../worker/guest-context'
import { cli } from './cli'
import { clocks } from './clocks'
import { config } from './config'
import { filesystem } from './filesystem'
import { http } from './http/index'
import { InputStream } from './io/input-stream'
import { IoError } from './io/io-error'
import { OutputStream } from './io/output-stream'
import { Pollable } from './io/pollable'
import { keyvalue, type KeyValueDraft } from './keyvalue/index'
import type { KvStore } from './keyvalue/kv-store'
import { random } from './random'

/** What an app's instances may use. */
export interface Capabilities {
  transport: OutboundTransport
  kv: KvStore | undefined
  stores: ReadonlySet<string>
  draft: KeyValueDraft
  variables: Readonly<Record<string, string>>
}

/** What one instance may call: interfaces without their versions, functions in camelCase, resources as classes. */
export function createImports(context: GuestContext, capabilities: Capabilities): HostImports {
  const { kv, stores, draft, variables, transport } = capabilities
  return {
    'wasi:io/error': { Error: IoError },
    'wasi:io/poll': { Pollable, poll: (list: Pollable[]) => context.waitFor(list) },
    'wasi:io/streams': { InputStream, OutputStream },
    ...clocks(context),
    ...random,
    ...cli(context),
    ...filesystem,
    ...http(context, transport),
    ...keyvalue(kv && { store: kv, owner: () => context.owner, effect: () => context.effect() }, stores, draft),
    ...config(variables),
  }
}
