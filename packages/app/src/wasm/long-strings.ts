/**
 * The engine reserves for a string to be quoted what it would take if every character had to be escaped, several times
 * over: a text of 0.7 MB is more than an instance of 64 MB has at once. Quoted in pieces it takes little more than its
 * length.
 */

/** Characters of a piece. */
const PIECE = 16_384
/** A string from here on is quoted in pieces, once quoting it whole has failed. */
const LONG = 65_536

type Stringify = typeof JSON.stringify

/** Makes `JSON.stringify` try again in pieces where it has run out of memory. */
export function addLongStrings(json: JSON = JSON): void {
  const native: Stringify = json.stringify
  const stringify = (value: unknown, replacer?: unknown, space?: string | number): string | undefined => {
    try {
      return native(value, replacer as null, space)
    } catch (error) {
      // Not an Error, and the same in every place of this engine.
      if (error !== 'out of memory' || Array.isArray(replacer)) throw error
      return inPieces(native, value, replacer as Replacer | undefined, space)
    }
  }
  Object.defineProperty(json, 'stringify', { value: stringify, writable: true, configurable: true })
}

type Replacer = (this: unknown, key: string, value: unknown) => unknown

/** Writes everything with marks in place of long strings and keys, then these in place of the marks. */
function inPieces(
  native: Stringify,
  value: unknown,
  replacer: Replacer | undefined,
  space: string | number | undefined,
): string | undefined {
  // What nobody who wrote any of the strings could know.
  const name = crypto.randomUUID()
  const strings: string[] = []
  const mark = (string: string): string => `${name}:${strings.push(string) - 1}`
  const keyOf = (key: string): string =>
    key.startsWith(`${name}:`) ? (strings[Number(key.slice(name.length + 1))] as string) : key
  function replace(this: unknown, key: string, one: unknown): unknown {
    const replaced = typeof replacer === 'function' ? replacer.call(this, keyOf(key), one) : one
    if (typeof replaced === 'string') return replaced.length < LONG ? replaced : mark(replaced)
    return withShortKeys(replaced, mark)
  }
  const text = native(value, replace, space)
  if (text === undefined) return undefined
  // Every second piece is the number of a string.
  const pieces = text.split(new RegExp(`"${name}:(\\d+)"`))
  let whole = pieces[0] as string
  for (let at = 1; at < pieces.length; at += 2)
    whole += `${quote(native, strings[Number(pieces[at])] as string)}${pieces[at + 1] as string}`
  return whole
}

/** An object whose long keys are marked; any other value as it is. */
function withShortKeys(value: unknown, mark: (key: string) => string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  if (!Object.keys(value).some((key) => key.length >= LONG)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key.length < LONG ? key : mark(key), one]))
}

function quote(native: Stringify, text: string): string {
  let quoted = '"'
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + PIECE, text.length)
    // A pair of surrogates stays together: one alone is written as an escape.
    const last = text.charCodeAt(end - 1)
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end--
    quoted += native(text.slice(at, end)).slice(1, -1)
    at = end
  }
  return `${quoted}"`
}
