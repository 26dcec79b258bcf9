import type { AnyNode, Identifier } from 'acorn'
import { children, type ScopedModule } from './scopes'

/** `import(x)`: every one whose name is only known later. */
export function computedImports(program: AnyNode): AnyNode[] {
  const found: AnyNode[] = []
  const open = [program]
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === 'ImportExpression' && node.source.type !== 'Literal') found.push(node)
    open.push(...children(node))
  }
  return found.toSorted((a, b) => a.start - b.start)
}

/** What the bundler calls the function it puts in place of `require`. */
export const bundledRequire = '__require'

/**
 * `require(x)`, and `require` handed on under another name: from there on nobody sees what it loads. Literal names are left
 * to the graph, and properties such as `require.main` load nothing.
 */
export function computedRequires({ declared, parents, program }: ScopedModule): Identifier[] {
  for (const [identifier, { references }] of declared) {
    const declarator = parents.get(identifier)
    const declaration = declarator && parents.get(declarator)
    if (identifier.name !== bundledRequire || declaration === undefined || parents.get(declaration) !== program)
      continue
    return references.filter((reference) => {
      const up = parents.get(reference)
      if (up?.type === 'MemberExpression') return up.object !== reference
      return up?.type !== 'CallExpression' || up.callee !== reference || up.arguments[0]?.type !== 'Literal'
    })
  }
  return []
}
