/** What stands where a secret was. */
const redacted = '[redacted]'

const secretHeader = /authorization|(^|-)auth(-|$)|cookie|key|token|secret|signature|credential|password/i
const secretParameter = /key|token|secret|signature|^sig$|credential|password|^(code|auth|authorization)$/i

/** What is taken out of a recording. */
export interface RedactOptions {
  /** Texts that must not be kept, wherever they stand: headers, addresses, bodies of both directions. */
  secrets?: readonly string[]
  /** More headers whose values are not kept. Those with key, token, auth, cookie, secret and such in their names never are. */
  headers?: readonly string[]
}

/** Takes the secrets of one exchange out of it. */
export interface Redactor {
  headers(headers: Headers): Record<string, string>
  url(url: string): string
  /** Also of bytes, each as one character. */
  text(text: string): string
}

/** Headers that describe the transfer, which a recording no longer is: `fetch` has undone them. */
const transferHeaders = new Set(['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'keep-alive'])

/** A short value would be found in places where it is no secret. */
const shortest = 8

/** Makes a redactor; what it finds in headers and addresses it also takes out of all that comes after. */
export function createRedactor(options: RedactOptions): Redactor {
  const named = new Set((options.headers ?? []).map((name) => name.toLowerCase()))
  const patterns = new Map<string, RegExp>()
  const add = (secret: string): void => void (secret !== '' && patterns.set(secret, spellings(secret)))
  const learn = (value: string): void => {
    if (value.length >= shortest && value !== redacted) add(value)
  }
  // Out of a file a secret may come with the end of its line, which no header has.
  for (const secret of options.secrets ?? []) add(secret.trim() === '' ? secret : secret.trim())
  const text = (value: string): string => {
    // The longest first: one may be part of another.
    const all = [...patterns].sort(([a], [b]) => b.length - a.length)
    return all.reduce((out, [, pattern]) => out.replace(pattern, redacted), value)
  }
  return {
    text,
    headers(headers) {
      const kept: [string, string][] = []
      headers.forEach((value, name) => {
        const lower = name.toLowerCase()
        if (transferHeaders.has(lower)) return
        if (named.has(lower) || secretHeader.test(lower)) {
          // `Bearer xyz`, `Basic xyz`: the word may stay, and the value is no secret with it only.
          const [, scheme = '', secret = value] = /^(Bearer |Basic )(.*)$/i.exec(value) ?? []
          if (lower !== 'set-cookie') learn(secret)
          if (/^basic /i.test(scheme)) learn(passwordOf(secret))
          kept.push([lower, scheme + redacted])
        } else kept.push([lower, value])
      })
      return Object.fromEntries(
        kept.map(([name, value]): [string, string] => [name, text(value)]).sort(([a], [b]) => (a < b ? -1 : 1)),
      )
    },
    url(given) {
      const url = new URL(given)
      if (url.password !== '') learn(decodeURIComponent(url.password))
      if (url.username !== '' || url.password !== '') {
        url.username = ''
        url.password = ''
      }
      // It is not sent.
      url.hash = ''
      for (const [name, value] of [...url.searchParams]) {
        if (!secretParameter.test(name)) continue
        learn(value)
        url.searchParams.set(name, redacted)
      }
      return text(url.href)
    },
  }
}

/** The password of basic credentials. */
function passwordOf(credentials: string): string {
  try {
    return atob(credentials).replace(/^[^:]*:/, '')
  } catch {
    // Not what it says it is: taken out as a whole.
    return ''
  }
}

/** Bytes that are no text without secrets; the very same where there are none. */
export function redactBinary(bytes: { base64: string }, redactor: Redactor): { base64: string } {
  const binary = atob(bytes.base64)
  const clean = redactor.text(binary)
  return clean === binary ? bytes : { base64: btoa(clean) }
}

/**
 * Finds a secret however it is spelled: in JSON, also in JSON inside of JSON, percent-encoded, as the bytes of its UTF-8,
 * in capitals or not. All that is tried at one place is bounded.
 */
function spellings(secret: string): RegExp {
  const runs = secret.match(/\\+|[^\\]/gu) ?? []
  return new RegExp(runs.map(spelling).join(''), 'giu')
}

/** How a character is spelled, or a run of backslashes: of those there may be more, not how many more. */
function spelling(character: string): string {
  if (character.startsWith('\\')) return `(?:\\\\|%5c|u005c){${character.length},${character.length * 4}}`
  const bytes = [...new TextEncoder().encode(character)]
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'))
  const named = { '\n': 'n', '\r': 'r', '\t': 't' }[character]
  const forms = [
    `${/\w/.test(character) ? '' : '\\\\{0,3}'}${literal(character)}`,
    units.map((unit) => `\\\\{1,3}u${unit}`).join(''),
    bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    ...(bytes.length > 1 ? [bytes.map((byte) => literal(String.fromCharCode(byte))).join('')] : []),
    ...(named === undefined ? [] : [`\\\\{1,3}${named}`]),
  ]
  return `(?:${forms.join('|')})`
}

function literal(character: string): string {
  return `\\u{${(character.codePointAt(0) as number).toString(16)}}`
}
