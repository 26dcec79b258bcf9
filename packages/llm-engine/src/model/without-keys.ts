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

/** Names of headers with a secret, and not of what is about one. */
const secretName =
  /^(?!.*(?<!session)[-_](id|name|type|provider|method|scheme)$).*(auth(?!or\b)|key|token|secret|cookie|credential|password|signature|jwt|session|bearer|\bpat\b)/i

/**
 * The keys that a request carries: what its `authorization` has, and the headers that are named like one. What is known
 * anyway is none: some servers take any key, and the name of the server is what they are given.
 */
export function keysOf(
  authorization: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
  known = '',
): string[] {
  const more = Object.entries(headers).filter(([name]) => secretName.test(name))
  // `fetch` trims what it sends; the scheme in front of a key is no part of it.
  return [...Object.values(authorization), ...more.map(([, value]) => value)]
    .map((value) => value.trim().replace(/^[a-z]+ +/i, ''))
    .filter((key) => !known.includes(key))
}

/**
 * The beginning of a text without the keys that a request carried: some providers repeat the one that they refuse, and
 * not always letter by letter. Found are keys in another case, with the escapes of JSON, and with those of addresses.
 * What is beyond ASCII is left out of the comparison. The work grows with the text alone, and ends where enough was looked
 * at.
 */
export function withoutKeys(text: string, keys: readonly string[]): string {
  const wanted = keys
    .filter(({ length }) => length >= leastLength)
    .map((key) => plainOf(key).plain)
    .filter(({ length }) => length >= leastLength / 2)
    // One key may be a part of another.
    .sort((a, b) => b.length - a.length)
  let out = text.slice(0, looked)
  for (const key of wanted) out = replaced(out, key)
  if (wanted[0] !== undefined && text.length > looked) {
    // What the cut left of a key.
    const { starts } = plainOf(out)
    out = out.slice(0, starts[Math.max(0, starts.length - wanted[0].length - longestEscape)])
  }
  return out.slice(0, most)
}

function replaced(text: string, key: string): string {
  const { plain, starts } = plainOf(text)
  let out = ''
  let from = 0
  for (let at = 0; (at = plain.indexOf(key, at)) >= 0; at += key.length) {
    out += `${text.slice(from, starts[at])}[key]`
    from = starts[at + key.length] ?? text.length
  }
  return out + text.slice(from)
}

/** A text in lower case, without the escapes of JSON and of addresses, and where in the text each character begins. */
function plainOf(text: string): { plain: string; starts: number[] } {
  const starts: number[] = []
  let plain = ''
  for (let at = 0; at < text.length;) {
    const start = at
    let unit = text.charCodeAt(at++)
    if (unit === backslash || unit === percent) {
      while (unit === backslash && text.charCodeAt(at) === backslash) at++
      const [escape] = /^(?:%|\\u[\da-f]{2})[\da-f]{2}/i.exec(text.slice(at - 1, at + 5)) ?? []
      if (escape !== undefined) {
        at += escape.length - 1
        unit = Number.parseInt(escape.replace(/\W+u?/i, ''), 16)
      }
    }
    // Of backslashes JSON has more or less than the key has; what is beyond ASCII has many spellings.
    if (unit === backslash || unit > 127) continue
    starts.push(start)
    plain += String.fromCharCode(unit)
  }
  return { plain: plain.toLowerCase(), starts }
}
