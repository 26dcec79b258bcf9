/** Seconds that stand for any number beyond them (RFC 9111 §1.2.2 has as many for times). */
const maxSeconds = 2 ** 31

const months = 'JanFebMarAprMayJunJulAugSepOctNovDec'

// RFC 9110 §5.6.7: the form to send, and the two obsolete ones every reader must take, of which the last is turned first.
const asctime = /^([A-Z][a-z]{2}) ([A-Z][a-z]{2}) ([ \d]\d) (\S+) (\d{4})$/
const form =
  /^[A-Z][a-z]{2,8}, ([ \d]\d)[ -]([A-Z][a-z]{2})[ -](\d{2}|\d{4}) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60) GMT$/

/**
 * Reads an HTTP date (RFC 9110 §5.6.7, all three forms) as milliseconds since 1970; `undefined` for anything else.
 * `Date.parse` is not used: it differs between engines and takes nearly anything.
 *
 * @param now - milliseconds since 1970, for the century of two-digit years
 */
export function parseHttpDate(value: string, now: number): number | undefined {
  const [, day, month = '', years = '', ...time] = form.exec(value.replace(asctime, '$1, $3 $2 $5 $4 GMT')) ?? []
  const date = Number(day)
  const index = months.indexOf(month) / 3
  if (!(date >= 1 && date <= 31) || index < 0) return undefined
  let year = Number(years)
  if (years.length === 2) {
    // One that seems more than 50 years ahead is in the past century.
    const thisYear = new Date(now).getUTCFullYear()
    year += thisYear - (thisYear % 100)
    if (year > thisYear + 50) year -= 100
  }
  const [hour = 0, minute, second] = time.map(Number)
  return Date.UTC(year, index, date, hour, minute, second)
}

/**
 * Reads a `Retry-After` header (RFC 9110 §10.2.3: seconds or an HTTP date) as milliseconds from now, never negative,
 * at most 2^31 seconds where it is a number. `undefined` where there is none or it is malformed.
 *
 * @param now - milliseconds since 1970
 */
export function parseRetryAfter(value: string | null | undefined, now: number): number | undefined {
  const text = value?.trim()
  if (!text) return undefined
  if (/^\d+$/.test(text)) return Math.min(Number(text), maxSeconds) * 1000
  const date = parseHttpDate(text, now)
  return date === undefined ? undefined : Math.max(0, date - now)
}
