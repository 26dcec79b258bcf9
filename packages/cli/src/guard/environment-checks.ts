import type { AnyNode, Identifier } from 'acorn'
import { bundledRequire } from './computed-loads'
import { type Binding, children, type ScopedModule } from './scopes'

/** Names that tell one host from another: whoever asks for one of them knows that there are several. */
const telling = new Set([
  ...['process', 'Buffer', 'global', 'setImmediate', 'clearImmediate', '__dirname', '__filename', 'require', 'module'],
  ...['window', 'document', 'self', 'navigator', 'Deno', 'Bun', 'importScripts', 'WorkerGlobalScope', 'EdgeRuntime'],
])
const globalObjects = new Set(['globalThis', 'self', 'window', 'global'])

/** A larger function does more than to tell where it is. */
const LARGEST_CHECK = 1500
/** `const node = isNode()`, `const flag = node && …`: how far a check is followed. */
const DEEPEST_CHECK = 4

/** Tells which expressions of a module ask for the host it runs on. Where it is in doubt, one does. */
export class EnvironmentChecks {
  readonly #module: ScopedModule
  /** Properties that hold the outcome of a check, such as `support.nodebuffer`. */
  readonly #properties = new Set<string>()
  /** Globals that the module itself provides. */
  readonly #provided = new Set<string>()
  readonly #flags = new Map<Binding, boolean>()

  constructor(module: ScopedModule) {
    this.#module = module
    for (const identifier of module.globals) this.#learn(identifier)
  }

  /** Whether the module puts a global in place by itself. */
  provides(name: string): boolean {
    return this.#provided.has(name)
  }

  /** What a mention of a global, or of the global object, says about the module. */
  #learn(identifier: Identifier): void {
    const member = this.#parent(identifier)
    const name = propertyName(member)
    if (globalObjects.has(identifier.name) && member?.type === 'MemberExpression' && name !== undefined) {
      const assignment = this.#parent(member)
      if (assignment?.type === 'AssignmentExpression' && assignment.left === member) this.#provided.add(name)
    }
    // Object.assign(globalThis, { Buffer }), Object.defineProperty(globalThis, 'Buffer', …)
    if (globalObjects.has(identifier.name) && member?.type === 'CallExpression' && member.arguments[0] === identifier) {
      for (const argument of member.arguments) {
        if (argument.type === 'Literal' && typeof argument.value === 'string') this.#provided.add(argument.value)
        if (argument.type !== 'ObjectExpression') continue
        for (const property of argument.properties) {
          if (property.type === 'Property' && property.key.type === 'Identifier') this.#provided.add(property.key.name)
        }
      }
    }
    if (!telling.has(identifier.name) && !globalObjects.has(identifier.name)) return
    // { node: typeof process === 'object' } and this.node = typeof process === 'object'
    for (let node: AnyNode = identifier, up = this.#parent(node); up; node = up, up = this.#parent(up)) {
      if (up.type.endsWith('Statement') || isFunction(up)) break
      const isValue =
        (up.type === 'Property' && up.value === node) ||
        (up.type === 'PropertyDefinition' && up.value === node) ||
        (up.type === 'AssignmentExpression' && up.right === node)
      if (!isValue || !this.isCheck(node)) continue
      const key = up.type === 'AssignmentExpression' ? propertyName(up.left) : propertyName(up)
      if (key !== undefined) this.#properties.add(key)
    }
  }

  /** Whether an expression asks, directly or through what it uses, which host it runs on. */
  isCheck(expression: AnyNode, depth = 0): boolean {
    const open = [expression]
    for (let node = open.pop(); node; node = open.pop()) {
      if (this.#asks(node, depth)) return true
      if (node === expression || !isFunction(node)) open.push(...children(node))
    }
    return false
  }

  #asks(node: AnyNode, depth: number): boolean {
    switch (node.type) {
      case 'UnaryExpression':
        return node.operator === 'typeof' && this.#isTelling(node.argument)
      case 'BinaryExpression':
        return node.operator === 'in' && this.#isGlobalObject(node.right)
      case 'MemberExpression': {
        const name = propertyName(node)
        return name !== undefined && (this.#properties.has(name) || this.#isOfGlobalObject(node))
      }
      case 'Identifier': {
        const binding = this.#module.bindings.get(node)
        return binding !== undefined && depth < DEEPEST_CHECK && this.#isFlag(binding, depth + 1)
      }
      default:
        return false
    }
  }

  #isTelling(node: AnyNode): boolean {
    if (node.type === 'Identifier')
      return node.name === bundledRequire || (telling.has(node.name) && !this.#module.bindings.has(node))
    return this.#isOfGlobalObject(node)
  }

  /** `globalThis.process`, and what is below it. */
  #isOfGlobalObject(node: AnyNode): boolean {
    if (node.type === 'ChainExpression') return this.#isOfGlobalObject(node.expression)
    if (node.type !== 'MemberExpression') return false
    const { object } = node
    return (telling.has(propertyName(node) ?? '') && this.#isGlobalObject(object)) || this.#isOfGlobalObject(object)
  }

  #isGlobalObject(node: AnyNode): boolean {
    return node.type === 'Identifier' && globalObjects.has(node.name) && !this.#module.bindings.has(node)
  }

  /** Whether a variable holds, or a function returns, the outcome of a check. */
  #isFlag(binding: Binding, depth: number): boolean {
    const known = this.#flags.get(binding)
    if (known !== undefined) return known
    // Meanwhile: whatever leads back to itself tells nothing.
    this.#flags.set(binding, false)
    const values = binding.declarations.flatMap((node): AnyNode[] => {
      if (node.type === 'VariableDeclarator') return node.init ? [node.init] : []
      if (node.type === 'FunctionDeclaration') return [node]
      // (function (isNode) { … })(typeof process === 'object')
      const called = this.#parent(node)
      const call = called && isFunction(called) ? this.#parent(called) : undefined
      return call?.type === 'CallExpression' && call.callee === called ? call.arguments : []
    })
    for (const reference of binding.references) {
      const up = this.#parent(reference)
      if (up?.type !== 'AssignmentExpression' || up.left !== reference) continue
      values.push(up.right)
      // if (typeof process === 'object') isNode = true
      if (up.right.type !== 'FunctionExpression' && this.#isBehindCheck(up, depth)) values.push(up)
    }
    const flag = values.some(
      (value) =>
        (!isFunction(value) || value.end - value.start <= LARGEST_CHECK) &&
        (this.isCheck(value, depth) || value.type === 'AssignmentExpression'),
    )
    this.#flags.set(binding, flag)
    return flag
  }

  #isBehindCheck(start: AnyNode, depth: number): boolean {
    for (let node = start, up = this.#parent(node); up; node = up, up = this.#parent(up)) {
      if (isFunction(up)) return false
      if (up.type === 'IfStatement' && node !== up.test && this.isCheck(up.test, depth)) return true
    }
    return false
  }

  #parent(node: AnyNode): AnyNode | undefined {
    return this.#module.parents.get(node)
  }
}

export const isFunction = ({ type }: AnyNode): boolean => type.includes('Function')

/** The name of a property that is written down. */
function propertyName(node: AnyNode | undefined): string | undefined {
  if (node?.type !== 'MemberExpression' && node?.type !== 'Property' && node?.type !== 'PropertyDefinition')
    return undefined
  const key = node.type === 'MemberExpression' ? node.property : node.key
  if (key.type === 'Literal') return typeof key.value === 'string' ? key.value : undefined
  return key.type === 'Identifier' && !node.computed ? key.name : undefined
}
