/**
 * Who may import whom. Core below everything; the libraries in this order, a later one may import earlier ones;
 * features import libraries and core, never each other; above them presets, tools and examples, which import anything below.
 */
const libraries = ['a2a-protocol', 'http-kit', 'auth', 'a2a-client', 'app']
/** On top of features and presets, in this order. */
const tools = ['wasm-host', 'cli', 'testing']
const presets = ['a2a-agent', 'agui-agent', 'dual-agent', 'pf-agent', 'spin-agent']

const ranks = ['core', 'library', 'feature', 'preset', 'tool']
const shortName = (name) => name.replace('@pf-agents/', '')

/** The layer of a published package. What is not named here is a feature. */
export function layerOf(name) {
  const short = shortName(name)
  if (short === 'agent-core') return 'core'
  if (libraries.includes(short)) return 'library'
  if (presets.includes(short)) return 'preset'
  if (tools.includes(short)) return 'tool'
  return 'feature'
}

/** Why one package may not import another, or undefined when it may. */
export function layerViolation(from, to) {
  if (from === to) return undefined
  const [source, target] = [layerOf(from), layerOf(to)]
  const [fromName, toName] = [shortName(from), shortName(to)]
  if (ranks.indexOf(target) > ranks.indexOf(source))
    return `${fromName} (${source}) is below ${toName} (${target}); never upward`
  if (source !== target) return undefined
  if (source === 'feature') return `${fromName} and ${toName} are both features; use the port, not the package`
  const order = source === 'library' ? libraries : source === 'tool' ? tools : undefined
  if (!order || order.indexOf(toName) < order.indexOf(fromName)) return undefined
  return `${fromName} may import only what stands before it in the order ${order.join(', ')}; ${toName} does not`
}
