/** A rule for names on a wire. */
interface NameRule {
  /** What the whole name must match. */
  pattern: RegExp
  maxLength: number
}

/** Letters, digits, `_` and `-`, not a digit first: holds for every provider. */
const portableName: NameRule = { pattern: /^[A-Za-z_][A-Za-z0-9_-]*$/, maxLength: 64 }

/**
 * The name on the wire: the name itself where the rule allows it, else one made of it and its hash. The outcome depends
 * on nothing but the name, so that it stays the same from turn to turn, whatever tools come and go.
 */
export function wireName(name: string, rule: NameRule = portableName): string {
  if (name.length <= rule.maxLength && rule.pattern.test(name)) return name
  const suffix = `_${hash(name)}`
  const kept = name.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, rule.maxLength - suffix.length - 1)
  return `${/^[A-Za-z_]/.test(kept) ? '' : '_'}${kept}${suffix}`
}

/** The way back for the tools of one call: from the name on the wire to the tool's own. Unknown names stay as they are. */
export function nameTable(names: Iterable<string>, toWire: (name: string) => string): (wire: string) => string {
  let table: Map<string, string> | undefined
  for (const name of names) {
    const wire = toWire(name)
    if (wire !== name) (table ??= new Map()).set(wire, name)
  }
  return (wire) => table?.get(wire) ?? wire
}

/** FNV-1a of the UTF-16 units, as eight characters. */
export function hash(text: string): string {
  let state = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    state ^= text.charCodeAt(at)
    state = Math.imul(state, 0x01000193)
  }
  return (state >>> 0).toString(16).padStart(8, '0')
}
