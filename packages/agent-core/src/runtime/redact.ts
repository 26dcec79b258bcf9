import { describeError } from '../error/describe-error'

/** How deep fields of a log line are looked into. */
const maxDepth = 6

/** A value to be logged, with every secret in its texts replaced. Looks into errors, lists and plain objects. */
export function redact<T>(value: T, secrets: ReadonlySet<string>): T {
  return redacted(value, secrets, maxDepth) as T
}

function redacted(value: unknown, secrets: ReadonlySet<string>, depth: number): unknown {
  if (typeof value === 'string') {
    let text = value
    for (const secret of secrets) text = text.replaceAll(secret, '[secret]')
    return text
  }
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return '…'
  if (value instanceof Error) return redacted(describeError(value), secrets, depth)
  if (Array.isArray(value)) return value.map((item) => redacted(item, secrets, depth - 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redacted(item, secrets, depth - 1)]))
}
