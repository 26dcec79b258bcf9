import { dottedName, isGlobal, withoutGlobalThis } from './member.mjs'

const missing = {
  process: 'a component has no process; take variables through the Variables port',
  Buffer: 'a component has no Buffer; use Uint8Array, TextEncoder and TextDecoder',
  __dirname: 'a component has no files',
  __filename: 'a component has no files',
  require: 'a component has no CommonJS; import it',
  global: 'a component has no global; use globalThis',
  setImmediate: 'a component has no setImmediate; use queueMicrotask or setTimeout',
  Intl: 'the component engine is built without Intl; format by hand',
  TextDecoderStream: 'the component engine has none; use a TextDecoder with { stream: true }',
  URLPattern: 'the component engine has none; match by hand',
}

const members = {
  'Math.random': 'it is not seeded in tests and is guessable; use the Random port',
  'AbortSignal.any': 'it is missing in the component engine; forward the abort with a listener, and remove it',
  'URL.canParse': 'it is missing in the component engine; try new URL() and catch',
}

/** Nothing the component engine lacks or gets wrong. */
export default {
  create(context) {
    const report = (node, what, why) => context.report({ node, message: `${what}: ${why}.` })
    return {
      Identifier(node) {
        const why = Object.hasOwn(missing, node.name) ? missing[node.name] : undefined
        if (!why) return
        const { parent } = node
        // Only uses of the name as a value: not `a.process`, not `{ process: 1 }`, not a declaration or a type.
        if (parent.type === 'MemberExpression' && parent.property === node && !parent.computed) {
          const name = dottedName(parent)
          if (name === undefined || withoutGlobalThis(name) !== node.name || !isGlobal(context, node, name)) return
          return report(node, name, why)
        }
        if (parent.type === 'Property' && parent.key === node && !parent.shorthand && !parent.computed) return
        if (/^(PropertyDefinition|MethodDefinition|TS)/.test(parent.type) && parent.value !== node) return
        if (isGlobal(context, node, node.name)) report(node, node.name, why)
      },
      MemberExpression(node) {
        const dotted = dottedName(node)
        const name = dotted && withoutGlobalThis(dotted)
        if (name && Object.hasOwn(members, name) && isGlobal(context, node, dotted)) report(node, name, members[name])
      },
      CallExpression(node) {
        const { callee } = node
        if (callee.type !== 'MemberExpression' || callee.computed) return
        if (callee.property.name === 'throwIfAborted') {
          report(
            node,
            'throwIfAborted()',
            'it is missing in the component engine; test signal.aborted and throw signal.reason',
          )
        }
        if (dottedName(callee) === 'AbortSignal.abort' && node.arguments.length === 0) {
          report(node, 'AbortSignal.abort() without a reason', 'the component engine gives it none; pass one')
        }
      },
      ForOfStatement(node) {
        const name = node.await ? dottedName(node.right) : undefined
        if (name?.endsWith('.body'))
          report(
            node.right,
            `for await over ${name}`,
            'body streams are not async iterable in the component engine; use getReader()',
          )
      },
      Literal(node) {
        if (node.regex && /\\p\{/i.test(node.regex.pattern)) {
          report(
            node,
            `/${node.regex.pattern}/`,
            'the component engine has no Unicode property classes; write the ranges out',
          )
        }
      },
    }
  },
}
