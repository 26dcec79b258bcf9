import { isUnset } from './read'
import { invalid, type Violations } from './violations'

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt]\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(?:[Zz]|[+-]\d\d:\d\d)$/

/**
 * A time (google.protobuf.Timestamp: RFC 3339) as UTC with milliseconds, `2026-11-20T10:00:00.120Z` (§5.6.1).
 * Finer digits are cut off, or rounded up with `up`, so that a filter "at or after" never lets an earlier time through.
 */
export function readTimestamp(value: unknown, field: string, out: Violations, up = false): string | undefined {
  if (isUnset(value) || value === '') return undefined
  const match = typeof value === 'string' ? rfc3339.exec(value) : null
  if (match) {
    const [text, year, month, day, fraction = ''] = match
    // Date.parse of some engines lets 30 February through as 2 March.
    const calendar = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
    if (Number(year) < 100) calendar.setUTCFullYear(Number(year))
    const milliseconds = fraction.slice(0, 3).padEnd(3, '0')
    const time = Date.parse(
      fraction ? text.toUpperCase().replace(`.${fraction}`, `.${milliseconds}`) : text.toUpperCase(),
    )
    if (calendar.getUTCDate() === Number(day) && !Number.isNaN(time)) {
      const date = new Date(time + (up && /[1-9]/.test(fraction.slice(3)) ? 1 : 0))
      if (date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999) return date.toISOString()
    }
  }
  return invalid(out, field, 'must be an RFC 3339 time')
}
