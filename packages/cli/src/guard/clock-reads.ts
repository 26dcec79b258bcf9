import type { AnyNode, CallExpression, Identifier } from 'acorn'
import type { ScopedModule } from './scopes'

/** A place that reads the clock, and how. */
export interface ClockRead {
  use: Identifier
  /** `Date.now()` and the like. */
  name: string
}

/** Every `Date.now()`, `new Date()` and `Date()`, wherever it stands, also by a constant that is `Date.now`. */
export function clockReads(module: ScopedModule): ClockRead[] {
  const { globals, parents } = module
  return globals.flatMap((use): ClockRead[] => {
    const date = dateAt(use, parents)
    if (date === undefined) return []
    const name = readBy(date, parents)
    if (name !== undefined) return [{ use, name }]
    return callsOf(constantNow(date, module), module).map((call) => ({ use: call, name: 'Date.now()' }))
  })
}

/** The expression that is the global `Date`: by its name, or as a property of `globalThis`. */
function dateAt(use: Identifier, parents: ReadonlyMap<AnyNode, AnyNode>): AnyNode | undefined {
  if (use.name === 'Date') return use
  const up = use.name === 'globalThis' ? parents.get(use) : undefined
  return up !== undefined && propertyOf(up, use) === 'Date' ? up : undefined
}

function readBy(date: AnyNode, parents: ReadonlyMap<AnyNode, AnyNode>): string | undefined {
  const up = parents.get(date)
  if (up?.type === 'NewExpression' && up.callee === date) return up.arguments.length === 0 ? 'new Date()' : undefined
  if (up?.type === 'CallExpression')
    return up.callee === date ? 'Date()' : isConstruct(up, date) ? 'new Date()' : undefined
  if (up === undefined || propertyOf(up, date) !== 'now') return undefined
  const call = parents.get(up)
  return call?.type === 'CallExpression' && call.callee === up ? 'Date.now()' : undefined
}

/** `Reflect.construct(Date, [])`. */
function isConstruct({ callee, arguments: [what, values] }: CallExpression, date: AnyNode): boolean {
  return (
    what === date &&
    values?.type === 'ArrayExpression' &&
    values.elements.length === 0 &&
    callee.type === 'MemberExpression' &&
    callee.object.type === 'Identifier' &&
    callee.object.name === 'Reflect' &&
    propertyOf(callee, callee.object) === 'construct'
  )
}

/** The name in `const { now } = Date` and in `const now = Date.now`. */
function constantNow(date: AnyNode, { parents }: ScopedModule): Identifier | undefined {
  const up = parents.get(date)
  const value = up !== undefined && propertyOf(up, date) === 'now' ? up : date
  const declarator = parents.get(value)
  if (declarator?.type !== 'VariableDeclarator' || declarator.init !== value) return undefined
  const declaration = parents.get(declarator)
  if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') return undefined
  const { id } = declarator
  if (value !== date) return id.type === 'Identifier' ? id : undefined
  if (id.type !== 'ObjectPattern') return undefined
  for (const property of id.properties) {
    if (property.type !== 'Property' || property.computed || property.key.type !== 'Identifier') continue
    if (property.key.name === 'now' && property.value.type === 'Identifier') return property.value
  }
  return undefined
}

function callsOf(constant: Identifier | undefined, { declared, parents }: ScopedModule): Identifier[] {
  const references = (constant && declared.get(constant)?.references) ?? []
  return references.filter((reference) => {
    const up = parents.get(reference)
    return up?.type === 'CallExpression' && up.callee === reference
  })
}

/** The name of the property where a node is a member of an object. */
function propertyOf(node: AnyNode, object: AnyNode): string | undefined {
  if (node.type !== 'MemberExpression' || node.object !== object || node.computed) return undefined
  return node.property.type === 'Identifier' ? node.property.name : undefined
}
