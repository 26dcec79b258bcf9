import type { OutboundTransport } from '../outbound/transport'
import { createImports } from '../wasi/imports'
import { GuestContext } from '../worker/guest-context'
import { RunQueue } from '../worker/run-queue'

const nowhere: OutboundTransport = {
  open() {
    throw { tag: 'HTTP-request-denied' }
  },
}

/** The import object of an instance that may do nothing: every function throws, classes stay for the bindings' checks. */
export function refusingImports(): Record<string, unknown> {
  const context = new GuestContext(new RunQueue())
  const real = createImports(context, { kv: undefined, transport: nowhere, stores: new Set(), draft: 'draft2', variables: {} })
  return Object.fromEntries(
    Object.entries(real).map(([name, members]) => [
      name,
      Object.fromEntries(Object.entries(members as Record<string, unknown>).map(([member, value]) => [member, isClass(value) ? value : refuse(name, member)])),
    ]),
  )
}

const isClass = (value: unknown): boolean => typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))

const refuse = (name: string, member: string) => () => {
  throw new Error(`configure-agent called ${name}.${member}; it must not use any import`)
}
