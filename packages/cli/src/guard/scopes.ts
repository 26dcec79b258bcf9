import { type AnyNode, type Identifier, type Pattern, type Program, parse } from 'acorn'

/** A declared name, with what declares it and every use of it, writes included. */
export interface Binding {
  /** The declarator, function, class or other node that declares it. */
  declarations: AnyNode[]
  references: Identifier[]
}

/** A module whose names are resolved. */
export interface ScopedModule {
  program: Program
  /** The node around a node; the program has none. */
  parents: ReadonlyMap<AnyNode, AnyNode>
  /** What a used identifier names. Undefined: a global. */
  bindings: ReadonlyMap<Identifier, Binding>
  /** What an identifier declares, where it stands in a declaration. */
  declared: ReadonlyMap<Identifier, Binding>
  /** Uses of names that nothing in the module declares, in their order. */
  globals: readonly Identifier[]
}

type Scope = { names: Map<string, Binding>; outer: Scope | undefined; isFunction: boolean }

const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression', 'StaticBlock'])
const blocks = new Set([
  'BlockStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'SwitchStatement',
  'CatchClause',
  'ClassExpression',
])

/** Every node directly below a node. */
export function children(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = []
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) {
      for (const one of value) if (isNode(one)) found.push(one)
    } else if (isNode(value)) found.push(value)
  }
  return found
}

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

/**
 * Parses a module and resolves its names by the rules of strict code.
 *
 * @throws SyntaxError where it is no JavaScript
 */
export function resolveScopes(code: string): ScopedModule {
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' })
  const parents = new Map<AnyNode, AnyNode>()
  const used: [Identifier, Scope][] = []
  const top: Scope = { names: new Map(), outer: undefined, isFunction: true }

  const declared = new Map<Identifier, Binding>()
  const declare = (scope: Scope, identifier: Identifier, node: AnyNode): void => {
    const binding = scope.names.get(identifier.name) ?? { declarations: [], references: [] }
    binding.declarations.push(node)
    scope.names.set(identifier.name, binding)
    declared.set(identifier, binding)
  }
  const declarePattern = (scope: Scope, pattern: Pattern | null, node: AnyNode): void => {
    for (const identifier of boundNames(pattern)) declare(scope, identifier, node)
  }

  const declareNode = (node: AnyNode, scope: Scope, outer: Scope): void => {
    switch (node.type) {
      case 'VariableDeclaration': {
        const target = node.kind === 'var' ? functionScope(scope) : scope
        for (const one of node.declarations) declarePattern(target, one.id, one)
        break
      }
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        // The name of a function expression is its own business, that of a declaration its surroundings'.
        if (node.id) declare(node.type === 'FunctionDeclaration' ? outer : scope, node.id, node)
        for (const parameter of node.params) declarePattern(scope, parameter, parameter)
        break
      case 'ClassDeclaration':
      case 'ClassExpression':
        if (node.id) declare(scope, node.id, node)
        break
      case 'CatchClause':
        if (node.param) declarePattern(scope, node.param, node)
        break
      case 'ImportSpecifier':
      case 'ImportDefaultSpecifier':
      case 'ImportNamespaceSpecifier':
        declare(scope, node.local, node)
    }
  }

  // Deep code (long chains of `+` or `else if`) must not exhaust the stack.
  const open: [AnyNode, Scope][] = [[program, top]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, outer] = next
    const isFunction = functions.has(node.type)
    const scope = isFunction || blocks.has(node.type) ? { names: new Map(), outer, isFunction } : outer
    declareNode(node, scope, outer)
    for (const child of children(node)) {
      parents.set(child, node)
      if (child.type !== 'Identifier') open.push([child, scope])
      else if (isUse(child, node)) used.push([child, scope])
    }
  }

  const bindings = new Map<Identifier, Binding>()
  const globals: Identifier[] = []
  for (const [identifier, from] of used) {
    if (declared.has(identifier)) continue
    let scope: Scope | undefined = from
    while (scope && !scope.names.has(identifier.name)) scope = scope.outer
    const binding = scope?.names.get(identifier.name)
    if (binding) {
      bindings.set(identifier, binding)
      binding.references.push(identifier)
    } else globals.push(identifier)
  }
  globals.sort((a, b) => a.start - b.start)
  return { program, parents, bindings, declared, globals }
}

function functionScope(scope: Scope): Scope {
  let found = scope
  while (!found.isFunction && found.outer) found = found.outer
  return found
}

/** The identifiers that a pattern declares. */
function* boundNames(pattern: AnyNode | null): Generator<Identifier> {
  switch (pattern?.type) {
    case 'Identifier':
      yield pattern
      break
    case 'ObjectPattern':
      for (const property of pattern.properties)
        yield* boundNames(property.type === 'Property' ? property.value : property.argument)
      break
    case 'ArrayPattern':
      for (const element of pattern.elements) yield* boundNames(element)
      break
    case 'AssignmentPattern':
      yield* boundNames(pattern.left)
      break
    case 'RestElement':
      yield* boundNames(pattern.argument)
  }
}

/** Whether an identifier stands for a value: not for a property, a label, or a name that is being declared. */
function isUse(node: Identifier, parent: AnyNode): boolean {
  switch (parent.type) {
    case 'MemberExpression':
      return parent.object === node || parent.computed
    case 'Property':
      return parent.value === node || parent.computed
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return parent.value === node || parent.computed
    case 'ExportSpecifier':
      return parent.local === node
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
    case 'ImportAttribute':
      return false
    default:
      return true
  }
}
