import type { AnyNode, Identifier } from 'acorn'
import type { ScopedModule } from './scopes'

/** A place that reads the clock, and how. */
export interface ClockRead {
  use: Identifier
  /** `Date.now()` and the like. */
  name: string
}

/** Every `Date.now()`, `new Date()` and `Date()`, wherever it stands. */
export function clockReads({ globals, parents }: ScopedModule): ClockRead[] {
  return globals.flatMap((use) => {
    const name = use.name === 'Date' ? readBy(use, parents) : undefined
    return name === undefined ? [] : [{ use, name }]
  })
}

function readBy(use: Identifier, parents: ReadonlyMap<AnyNode, AnyNode>): string | undefined {
  const up = parents.get(use)
  if (up?.type === 'NewExpression' && up.callee === use) return up.arguments.length === 0 ? 'new Date()' : undefined
  if (up?.type === 'CallExpression' && up.callee === use) return 'Date()'
  if (up?.type !== 'MemberExpression' || up.computed || up.property.type !== 'Identifier') return undefined
  const call = parents.get(up)
  return up.property.name === 'now' && call?.type === 'CallExpression' && call.callee === up ? 'Date.now()' : undefined
}
