import type { HostImports } from '../component/host-function'
import type { OutboundTransport } from '../outbound/transport'
import { createImports } from '../wasi/imports'
import type { GuestContext } from '../worker/guest-context'

const nowhere: OutboundTransport = {
  open() {
    throw { tag: 'HTTP-request-denied' }
  },
}

/** The engine inside a component reads the clock whenever it is entered, so a stopped one stands there: it tells nothing. */
const stopped = {
  'wasi:clocks/monotonic-clock': { now: () => 0n, resolution: () => 1n },
  'wasi:clocks/wall-clock': {
    now: () => ({ seconds: 0n, nanoseconds: 0 }),
    resolution: () => ({ seconds: 1n, nanoseconds: 0 }),
  },
}
/** Getting hold of these grants nothing: what is written goes nowhere, stdin is empty, there are no terminals. */
const HARMLESS = /^wasi:cli\/(stdin|stdout|stderr|terminal-)/

/** The import object of an instance that may do nothing: functions throw, classes stay for the bindings' checks. */
export function refusingImports(context: GuestContext): HostImports {
  const real = createImports(context, {
    kv: undefined,
    transport: nowhere,
    stores: new Set(),
    draft: 'draft2',
    variables: {},
  })
  const refusing = Object.entries(real).map(([name, members]) => [
    name,
    HARMLESS.test(name)
      ? members
      : Object.fromEntries(
          Object.entries(members).map(([member, value]) => [member, isClass(value) ? value : refuse(name, member)]),
        ),
  ])
  const imports = Object.fromEntries(refusing) as HostImports
  for (const [name, members] of Object.entries(stopped)) imports[name] = { ...imports[name], ...members }
  return imports
}

const isClass = (value: unknown): boolean =>
  typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))

const refuse = (name: string, member: string) => () => {
  throw new Error(`configure-agent called ${name}.${member}; it must not use any import`)
}
