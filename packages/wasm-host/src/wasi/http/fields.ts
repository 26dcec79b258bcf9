/**
 * `wasi:http/types.fields`: header fields with case-insensitive names, in order, values as bytes.
 */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const encoder = new TextEncoder()
const decoder = new TextDecoder('latin1')

/** Hop-by-hop fields and the host: the transport sets these, a guest can't. */
const FORBIDDEN = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

export type HeaderPair = [name: string, value: string]

function checkName(name: string): string {
  if (!TOKEN.test(name)) throw { tag: 'invalid-syntax' }
  const lower = name.toLowerCase()
  if (FORBIDDEN.has(lower)) throw { tag: 'forbidden' }
  return lower
}

function checkValue(value: Uint8Array): Uint8Array {
  for (const byte of value) if ((byte < 32 && byte !== 9) || byte === 127) throw { tag: 'invalid-syntax' }
  return value
}

/** Latin-1 bytes of a header value as node:http delivers it. */
function valueBytes(value: string): Uint8Array {
  for (let index = 0; index < value.length; index++) {
    if (value.charCodeAt(index) > 127) return Uint8Array.from(value, (char) => char.charCodeAt(0) & 0xff)
  }
  return encoder.encode(value)
}

export class Fields {
  #list: [string, Uint8Array][] = []
  #immutable = false

  static fromList(entries: [string, Uint8Array][]): Fields {
    const fields = new Fields()
    for (const [name, value] of entries) fields.#list.push([checkName(name), checkValue(value)])
    return fields
  }

  /** Fields the host received; the guest can't change them. */
  static received(pairs: readonly HeaderPair[]): Fields {
    const fields = new Fields()
    for (const [name, value] of pairs) {
      const lower = name.toLowerCase()
      if (!FORBIDDEN.has(lower) || lower === 'host') fields.#list.push([lower, valueBytes(value)])
    }
    return fields.freeze()
  }

  /** The same fields as strings, for node:http. */
  static pairs(fields: Fields): HeaderPair[] {
    return fields.#list.map(([name, value]) => [name, decoder.decode(value)])
  }

  freeze(): this {
    this.#immutable = true
    return this
  }

  get(name: string): Uint8Array[] {
    const lower = name.toLowerCase()
    return this.#list.filter(([key]) => key === lower).map(([, value]) => value)
  }

  has(name: string): boolean {
    const lower = name.toLowerCase()
    return this.#list.some(([key]) => key === lower)
  }

  set(name: string, values: Uint8Array[]): void {
    this.#mutable()
    const lower = checkName(name)
    const checked = values.map(checkValue)
    this.#list = this.#list.filter(([key]) => key !== lower)
    for (const value of checked) this.#list.push([lower, value])
  }

  delete(name: string): void {
    this.#mutable()
    const lower = checkName(name)
    this.#list = this.#list.filter(([key]) => key !== lower)
  }

  append(name: string, value: Uint8Array): void {
    this.#mutable()
    this.#list.push([checkName(name), checkValue(value)])
  }

  entries(): [string, Uint8Array][] {
    return this.#list.slice()
  }

  clone(): Fields {
    const copy = new Fields()
    copy.#list = this.#list.slice()
    return copy
  }

  #mutable(): void {
    if (this.#immutable) throw { tag: 'immutable' }
  }
}
