/** `method` and `scheme` of wasi:http as the generated bindings pass them. */
export interface Variant {
  tag: string
  val?: string
}

const METHODS = new Set(['get', 'head', 'post', 'put', 'delete', 'connect', 'options', 'trace', 'patch'])

export function methodVariant(method: string): Variant {
  const lower = method.toLowerCase()
  return METHODS.has(lower) ? { tag: lower } : { tag: 'other', val: method }
}

export const methodName = (method: Variant): string =>
  method.tag === 'other' ? (method.val ?? '') : method.tag.toUpperCase()

export function schemeVariant(scheme: string): Variant {
  if (scheme === 'http') return { tag: 'HTTP' }
  if (scheme === 'https') return { tag: 'HTTPS' }
  return { tag: 'other', val: scheme }
}

export const schemeName = (scheme: Variant): string =>
  scheme.tag === 'other' ? (scheme.val ?? '') : scheme.tag.toLowerCase()
