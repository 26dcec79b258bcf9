/** What is shorter is no key, and may stand anywhere. */
const leastLength = 8
/** No more than this is looked at, however much there is. */
const looked = 16 * 1024
/** No more than this is told. */
const most = 2048
/** The longest piece of an escape, where a text is cut within one. */
const longestEscape = 6
const backslash = 92
const percent = 37

const secretName = /auth|key|token|secret|cookie|credential|password|signature/i

/** The keys that a request carries: what its `authorization` has, and the headers that are named like one. */
export function keysOf(
  authorization: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): string[] {
  const more = Object.entries(headers).flatMap(([name, value]) => (secretName.test(name) ? [value] : []))
  // `fetch` trims what it sends; the scheme in front of a key is no part of it.
  return [...Object.values(authorization), ...more].map((value) => value.trim().replace(/^[a-z]+ +/i, ''))
}

/**
 * The beginning of a text without the keys that a request carried: some providers repeat the one that they refuse, and
 * not always letter by letter. Found are keys in another case, with the escapes of JSON, and with those of addresses.
 * The work grows with the text alone, and ends where enough was looked at.
 */
export function withoutKeys(text: string, keys: readonly string[]): string {
  const wanted = keys
    .filter(({ length }) => length >= leastLength)
    .map((key) => plainOf(key).plain)
    // One key may be a part of another.
    .filter(({ length }) => length >= leastLength)
    .sort((a, b) => b.length - a.length)
  const [longest] = wanted
  let out = text.slice(0, looked)
  for (const key of wanted) out = replaced(out, key)
  if (longest !== undefined && text.length > looked) {
    // What the cut left of a key.
    const { starts } = plainOf(out)
    out = out.slice(0, starts[Math.max(0, starts.length - longest.length - longestEscape)])
  }
  return out.slice(0, most)
}

function replaced(text: string, key: string): string {
  const { plain, starts } = plainOf(text)
  let out = ''
  let from = 0
  for (let at = plain.indexOf(key); at >= 0; at = plain.indexOf(key, at + key.length)) {
    out += `${text.slice(from, starts[at])}[key]`
    from = starts[at + key.length] ?? text.length
  }
  return from === 0 ? text : out + text.slice(from)
}

/** A text as bytes in lower case, without the escapes of JSON and of addresses, and where in the text each begins. */
function plainOf(text: string): { plain: string; starts: number[] } {
  const starts: number[] = []
  let plain = ''
  const add = (byte: number, start: number): void => {
    // JSON has more or less of them than the key has.
    if (byte === backslash) return
    starts.push(start)
    plain += String.fromCharCode(byte)
  }
  for (let at = 0; at < text.length;) {
    const start = at
    let unit = text.charCodeAt(at++)
    if (unit === percent) {
      const byte = hexOf(text.slice(at, at + 2), 2)
      if (byte !== undefined) {
        at += 2
        add(byte >= 65 && byte <= 90 ? byte + 32 : byte, start)
        continue
      }
    } else if (unit === backslash) {
      while (text.charCodeAt(at) === backslash) at++
      const escaped = hexOf(text.slice(at + 1, at + 5), 4)
      if (escaped === undefined || (text.charCodeAt(at) | 32) !== 117) continue
      at += 5
      unit = escaped
    }
    const small = String.fromCharCode(unit).toLowerCase().charCodeAt(0)
    // As UTF-8. What takes more than two bytes stands in no header.
    if (small < 0x80 || small > 0x7ff) add(small, start)
    else {
      add(0xc0 | (small >> 6), start)
      add(0x80 | (small & 0x3f), start)
    }
  }
  return { plain, starts }
}

function hexOf(digits: string, length: number): number | undefined {
  return digits.length === length && /^[\da-f]+$/i.test(digits) ? Number.parseInt(digits, 16) : undefined
}
