/** What is shorter is no key, and may stand anywhere. */
const leastLength = 8

/**
 * A text without the keys that a request carried: some providers repeat the one that they refuse, and not always letter
 * by letter. Found are keys in another case, with the escapes of JSON, and with those of addresses.
 */
export function withoutKeys(text: string, authorization: Readonly<Record<string, string>>): string {
  let out = text
  for (const header of Object.values(authorization)) {
    const key = header.replace(/^Bearer /, '')
    // No spelling is shorter than the key itself.
    if (key.length >= leastLength && key.length <= out.length) out = out.replace(spellings(key), '[key]')
  }
  return out
}

function spellings(key: string): RegExp {
  const hex = (code: number, length: number): string => code.toString(16).padStart(length, '0')
  const encoder = new TextEncoder()
  let pattern = ''
  for (const char of key) {
    const units = char.split('').map((unit) => `\\\\+u${hex(unit.charCodeAt(0), 4)}`)
    const bytes = Array.from(encoder.encode(char), (byte) => `%${hex(byte, 2)}`)
    // JSON has a backslash before these, or does not.
    const slashes = /["\\/]/.test(char) ? '\\\\*' : ''
    pattern += `(?:${slashes}${char.replaceAll(/\W/g, '\\$&')}|${units.join('')}|${bytes.join('')})`
  }
  return new RegExp(pattern, 'gi')
}
