import { isBuiltin } from 'node:module'

const message = (name) =>
  `'${name}' is a Node builtin and this file also runs in a component, which has none. ` +
  'Put the code that needs it into a *.node.ts file or an entry for Node, or ask for a port.'

/** No Node builtin, with or without `node:`, by any form of import. */
export default {
  create(context) {
    const check = (source) => {
      if (source?.type === 'Literal' && typeof source.value === 'string' && isBuiltin(source.value)) {
        context.report({ node: source, message: message(source.value) })
      }
    }
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
    }
  },
}
