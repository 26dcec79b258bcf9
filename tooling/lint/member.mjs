/** Dotted name of an identifier or of a plain member access such as `crypto.subtle`; undefined for anything else. */
export function dottedName(node) {
  if (node.type === 'Identifier') return node.name
  if (node.type === 'ChainExpression') return dottedName(node.expression)
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return undefined
  const object = dottedName(node.object)
  return object === undefined ? undefined : `${object}.${node.property.name}`
}

/** Whether the first word of the name is a global here, not something the file declares or imports itself. */
export function isGlobal(context, node, name) {
  const first = name.split('.')[0]
  for (let scope = context.sourceCode.getScope(node); scope; scope = scope.upper) {
    const variable = scope.set.get(first)
    if (variable) return variable.defs.length === 0
  }
  return true
}

/** `globalThis.fetch` is `fetch`. */
export const withoutGlobalThis = (name) => name.replace(/^(globalThis|self)\./, '')
