const standard = /^[A-Za-z0-9+/]*={0,2}$/
const lenient = /^[A-Za-z0-9+/_-]*={0,2}$/

/**
 * Standard, padded base64 of a `bytes` field. Readers must also take the URL alphabet and missing padding (ProtoJSON);
 * `undefined` for anything else. The common case hands back the very string.
 */
export function normaliseBase64(value: string): string | undefined {
  if (value.length % 4 === 0 && standard.test(value)) return value
  if (!lenient.test(value)) return undefined
  const digits = value.replace(/={1,2}$/, '')
  const rest = digits.length % 4
  if (rest === 1 || (digits !== value && value.length % 4 !== 0)) return undefined
  return digits.replaceAll('-', '+').replaceAll('_', '/') + '=='.slice(0, (4 - rest) % 4)
}
