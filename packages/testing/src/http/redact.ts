/** What stands where a secret was. */
const redacted = '[redacted]'

const secretHeader =
  /^(authorization|proxy-authorization|cookie|set-cookie)$|api-?key|goog-api|token|secret|signature|credential|password/i
const secretParameter = /key|token|secret|signature|^sig$|credential|password|^code$/i

/** What is taken out of a recording. */
export interface RedactOptions {
  /** Texts that must not be kept, wherever they stand: headers, addresses, bodies of both directions. */
  secrets?: readonly string[]
  /** More headers whose values are not kept. Those with keys, tokens, cookies and such in their names never are. */
  headers?: readonly string[]
}

/** Takes the secrets of one exchange out of it. */
export interface Redactor {
  headers(headers: Headers): Record<string, string>
  url(url: string): string
  text(text: string): string
  /** The values that are taken out: those given, and those found in headers and addresses. */
  readonly secrets: readonly string[]
}

/** Headers that describe the transfer, which a recording no longer is: `fetch` has undone them. */
const transferHeaders = new Set(['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'keep-alive'])

/** A short value would be found in places where it is no secret. */
const shortest = 8

/** Makes a redactor; what it finds in headers and addresses it also takes out of all that comes after. */
export function createRedactor(options: RedactOptions): Redactor {
  const named = new Set((options.headers ?? []).map((name) => name.toLowerCase()))
  const secrets: string[] = []
  const learn = (value: string): void => {
    if (value.length >= shortest && value !== redacted && !secrets.includes(value)) secrets.push(value)
    // The longest first: one may be part of another.
    secrets.sort((a, b) => b.length - a.length)
  }
  for (const secret of options.secrets ?? []) if (secret !== '') secrets.push(secret)
  const text = (value: string): string => {
    let out = value
    for (const secret of secrets) {
      out = out.replaceAll(secret, redacted)
      // As it stands inside JSON.
      const quoted = JSON.stringify(secret).slice(1, -1)
      if (quoted !== secret) out = out.replaceAll(quoted, redacted)
    }
    return out
  }
  return {
    secrets,
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
      for (const [name, value] of [...url.searchParams]) {
        if (!secretParameter.test(name)) continue
        learn(value)
        url.searchParams.set(name, redacted)
      }
      return text(url.href)
    },
  }
}
