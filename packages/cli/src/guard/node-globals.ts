import type { Absence } from './builtins'
import { clockReads } from './clock-reads'
import { computedImports, computedRequires } from './computed-loads'
import { EnvironmentChecks } from './environment-checks'
import { Reach } from './reach'
import { resolveScopes } from './scopes'

const places: Absence = {
  reason: 'a module in a component has no place in a file system',
  alternative: 'import the data as a module so that it is bundled',
}
const immediates: Absence = {
  reason: 'a component has the timers of the web only',
  alternative: 'use setTimeout or queueMicrotask',
}

/** Globals of Node that a component does not have, with what to use there instead. */
export const nodeGlobals: Readonly<Record<string, Absence>> = {
  Buffer: { reason: 'a component has no Buffer', alternative: 'use Uint8Array, TextEncoder and TextDecoder' },
  process: {
    reason: 'a component has no process',
    alternative: "read variables through the agent's needs and the run context",
  },
  global: { reason: 'only Node has it', alternative: 'use globalThis' },
  setImmediate: immediates,
  clearImmediate: immediates,
  __dirname: places,
  __filename: places,
}

/** Something in a bundle that fails in a component when it is reached, or is frozen into it. */
export interface Trouble {
  /** `load`: a module by a name that is only known later. `clock`: read once, when the component is built. */
  kind: 'global' | 'load' | 'clock'
  /** A global of Node, `import` or `require`, or what reads the clock: `Date.now()`. */
  name: string
  /** Offset in the code. */
  start: number
  /** Whether it is sure to be reached, and to be wrong there. */
  sure: boolean
}

/**
 * Finds uses of Node's globals and computed imports in a finished bundle, but for those behind a check of the host, and
 * where the clock is read at module scope: dependencies may do so without harm.
 *
 * @param isOwn - tells by an offset whether the code there is the user's own, which is meant to run
 * @throws SyntaxError where the code can not be parsed
 */
export function findTrouble(code: string, isOwn: (offset: number) => boolean): Trouble[] {
  const module = resolveScopes(code)
  const checks = new EnvironmentChecks(module)
  const reach = new Reach(module, checks)
  const globals = module.globals
    .filter((use) => Object.hasOwn(nodeGlobals, use.name) && !checks.provides(use.name) && !reach.isChecked(use))
    .map((use) => ({ kind: 'global' as const, name: use.name, start: use.start, sure: reach.isSure(use, isOwn) }))
  // What fails there ends the guest, whether anybody catches it or not.
  const imports = computedImports(module.program)
    .filter((use) => !reach.isChecked(use, false))
    .map(({ start }) => ({ kind: 'load' as const, name: 'import', start, sure: isOwn(start) }))
  const requires = computedRequires(module)
    .filter((use) => !reach.isChecked(use))
    .map(({ start }) => ({ kind: 'load' as const, name: 'require', start, sure: isOwn(start) }))
  const clocks = clockReads(module)
    .filter(({ use }) => reach.isSure(use, () => false))
    .map(({ name, use: { start } }) => ({ kind: 'clock' as const, name, start, sure: isOwn(start) }))
  return [...globals, ...imports, ...requires, ...clocks]
}
