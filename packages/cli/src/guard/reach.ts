import type { AnyNode } from 'acorn'
import { type EnvironmentChecks, isFunction } from './environment-checks'
import { type Binding, children, type ScopedModule } from './scopes'

const holders = new Set([
  ...['Property', 'ObjectExpression', 'MethodDefinition', 'PropertyDefinition', 'ClassBody', 'ClassExpression'],
  ...['ClassDeclaration', 'ConditionalExpression', 'LogicalExpression', 'VariableDeclarator'],
])

/**
 * Tells by which ways a use of a global is reached. Where it is in doubt, a use stands behind a check, and is not sure to
 * be reached: what it calls unchecked and sure is refused.
 */
export class Reach {
  readonly #module: ScopedModule
  readonly #checks: EnvironmentChecks
  readonly #openChecks = new Set<Binding>()
  readonly #openCalls = new Set<Binding>()

  constructor(module: ScopedModule, checks: EnvironmentChecks) {
    this.#module = module
    this.#checks = checks
  }

  /** Whether a use is reached only behind a check, or fails without harm. `caught` false: no `catch` takes its failure. */
  isChecked(use: AnyNode, caught = true): boolean {
    // Whether what stands around so far is a value that does nothing until it is used.
    let waits = false
    for (let node = use, up = this.#parent(node); up; node = up, up = this.#parent(up)) {
      if (this.#isCheckedBy(up, node, caught)) return true
      waits = isFunction(up) ? !this.#isCalledInPlace(up) : waits && this.#holds(up)
      const binding = waits ? this.#declaredBy(up) : undefined
      if (binding && this.#areChecked(binding, caught)) return true
    }
    return false
  }

  /**
   * Whether a use is sure to be reached: when the modules are evaluated, or from code that `isOwn` tells by its offset,
   * through calls by name that no condition stands before.
   */
  isSure(use: AnyNode, isOwn: (offset: number) => boolean): boolean {
    if (isOwn(use.start)) return true
    for (let node = use, up = this.#parent(node); up; node = up, up = this.#parent(up)) {
      if (isConditional(up, node, use)) return false
      if (!isFunction(up) || this.#isCalledInPlace(up)) continue
      if ('generator' in up && up.generator) return false
      const binding = this.#declaredBy(up) ?? this.#named(up)
      if (binding === undefined || this.#openCalls.has(binding)) return false
      this.#openCalls.add(binding)
      const sure = binding.references.some((reference) => {
        const call = this.#parent(reference)
        if (call?.type !== 'CallExpression' || call.callee !== reference) return false
        return !this.isChecked(call) && this.isSure(call, isOwn)
      })
      this.#openCalls.delete(binding)
      return sure
    }
    return true
  }

  /** The name of a function expression, or of the module whose code it is: `var f = () => …`, `var require_x = __commonJS({ 'x.js'(exports) { … } })`. */
  #named(node: AnyNode): Binding | undefined {
    let up = this.#parent(node)
    if (up?.type === 'Property' || (up?.type === 'CallExpression' && this.#isWrapper(up))) {
      while (up?.type === 'Property' || up?.type === 'ObjectExpression') up = this.#parent(up)
      up = up && this.#isWrapper(up) ? this.#parent(up) : undefined
    }
    return up && this.#declaredBy(up)
  }

  #isWrapper(node: AnyNode): boolean {
    return (
      node.type === 'CallExpression' &&
      node.callee.type === 'Identifier' &&
      /^__(?:commonJS|esm)(?:Min)?\d*$/.test(node.callee.name)
    )
  }

  /** Whether a node only holds a value, or has it under a name. */
  #holds(node: AnyNode): boolean {
    return holders.has(node.type) || this.#isWrapper(node)
  }

  #isCheckedBy(up: AnyNode, node: AnyNode, caught: boolean): boolean {
    switch (up.type) {
      case 'UnaryExpression':
        return up.operator === 'typeof'
      case 'IfStatement':
      case 'ConditionalExpression':
      case 'WhileStatement':
      case 'ForStatement':
        return node !== up.test && up.test !== null && up.test !== undefined && this.#checks.isCheck(up.test)
      case 'LogicalExpression':
        return node === up.right && this.#checks.isCheck(up.left)
      case 'SwitchStatement':
        return node !== up.discriminant && this.#checks.isCheck(up.discriminant)
      case 'TryStatement':
        return caught && node === up.block && up.handler !== null && up.handler !== undefined
      case 'BlockStatement':
      case 'StaticBlock':
      case 'Program':
        return up.body.slice(0, up.body.indexOf(node as never)).some((before) => this.#leavesAfterCheck(before))
      case 'SwitchCase':
        return up.consequent.slice(0, up.consequent.indexOf(node as never)).some((one) => this.#leavesAfterCheck(one))
      default:
        return false
    }
  }

  /** `if (typeof Buffer === 'undefined') return …` */
  #leavesAfterCheck(statement: AnyNode): boolean {
    return statement.type === 'IfStatement' && leaves(statement) && this.#checks.isCheck(statement.test)
  }

  #isCalledInPlace(node: AnyNode): boolean {
    const up = this.#parent(node)
    return up?.type === 'CallExpression' && up.callee === node
  }

  /** The one name under which a declaration is used. */
  #declaredBy(node: AnyNode): Binding | undefined {
    const id =
      node.type === 'VariableDeclarator' || node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration'
        ? node.id
        : undefined
    return id?.type === 'Identifier' ? this.#module.declared.get(id) : undefined
  }

  /** Whether every use of a name is checked, but for those in what it names. */
  #areChecked(binding: Binding, caught: boolean): boolean {
    if (this.#openChecks.has(binding)) return true
    this.#openChecks.add(binding)
    const checked =
      binding.references.length > 0 && binding.references.every((reference) => this.isChecked(reference, caught))
    this.#openChecks.delete(binding)
    return checked
  }

  #parent(node: AnyNode): AnyNode | undefined {
    return this.#module.parents.get(node)
  }
}

/** Whether something decides if a node within another one is reached. */
function isConditional(up: AnyNode, node: AnyNode, use: AnyNode): boolean {
  switch (up.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement':
      return node !== up.test
    case 'LogicalExpression':
    case 'AssignmentPattern':
      return node === up.right
    case 'AssignmentExpression':
      return node === up.right && /^(?:&&|\|\||\?\?)=$/.test(up.operator)
    case 'ForStatement':
      return node !== up.init
    case 'ForInStatement':
    case 'ForOfStatement':
      return node === up.body
    case 'SwitchCase':
    case 'CatchClause':
      return true
    case 'ChainExpression':
      return leftmost(up) !== use
    case 'PropertyDefinition':
      return !up.static && node === up.value
    case 'BlockStatement':
      return up.body.slice(0, up.body.indexOf(node as never)).some(leaves)
    default:
      return false
  }
}

/** What `a` is in `a?.b.c(d)`: evaluated in any case. */
function leftmost(node: AnyNode): AnyNode {
  let first = node
  for (;;) {
    if (first.type === 'ChainExpression') first = first.expression
    else if (first.type === 'MemberExpression') first = first.object
    else if (first.type === 'CallExpression') first = first.callee
    else return first
  }
}

/** Whether a statement may be the last one that runs. */
function leaves(statement: AnyNode): boolean {
  const open = [statement]
  for (let node = open.pop(); node; node = open.pop()) {
    if (/^(?:Return|Throw|Break|Continue)Statement$/.test(node.type)) return true
    if (!isFunction(node)) open.push(...children(node))
  }
  return false
}
