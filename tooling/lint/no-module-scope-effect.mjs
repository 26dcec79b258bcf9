import { dottedName, isGlobal, withoutGlobalThis } from './member.mjs'

const effects = [
  [/^(setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame)$/, 'starts a timer'],
  [/^(Date|Date\.now|performance\.now|performance\.timeOrigin)$/, 'reads the clock'],
  [/^(Math\.random|crypto\.randomUUID|crypto\.getRandomValues|crypto\.subtle\.\w+)$/, 'draws randomness'],
  [/^fetch$/, 'sends a request'],
  [/^addEventListener$/, 'adds a listener'],
]

const message = (name, what) =>
  `${name} ${what} while the module loads. A component is loaded once, when it is built, and its memory is frozen into the file: ` +
  'every instance would share the one result. Do it inside a function that runs per request, through the Clock, Random or HttpClient port.'

/** Whether code at this place runs when the module is loaded: no function around it, or one that is called on the spot. */
function runsOnLoad(node) {
  for (let child = node, parent = node.parent; parent; child = parent, parent = parent.parent) {
    const isFunction = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(parent.type)
    if (isFunction) {
      const called = parent.parent?.type === 'CallExpression' && parent.parent.callee === parent
      if (!called) return false
    }
    // A field of an instance gets its value when one is made; a static one when the module loads.
    if (
      (parent.type === 'PropertyDefinition' || parent.type === 'AccessorProperty') &&
      !parent.static &&
      parent.value === child
    )
      return false
  }
  return true
}

/** No timer, clock, randomness, request or listener while a neutral module loads. */
export default {
  create(context) {
    const check = (node) => {
      const dotted = dottedName(node.callee)
      if (dotted === undefined) return
      const name = withoutGlobalThis(dotted)
      const effect = effects.find(([pattern]) => pattern.test(name))
      // `new Date(0)` and `Date.UTC(…)` depend on nothing.
      if (!effect || (name === 'Date' && node.type === 'NewExpression' && node.arguments.length > 0)) return
      if (!runsOnLoad(node) || !isGlobal(context, node, dotted)) return
      context.report({
        node,
        message: message(node.type === 'NewExpression' ? `new ${name}()` : `${name}()`, effect[1]),
      })
    }
    return { CallExpression: check, NewExpression: check }
  },
}
