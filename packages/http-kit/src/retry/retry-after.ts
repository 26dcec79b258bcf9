const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

// RFC 9110 §5.6.7: the form to send, and the two obsolete ones every reader must take.
const imfFixdate = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const rfc850 = /^[A-Z][a-z]{5,8}, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const asctime = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/

/**
 * Reads an HTTP date (RFC 9110 §5.6.7, all three forms) as milliseconds since 1970; `undefined` for anything else.
 * `Date.parse` is not used: it differs between engines and takes nearly anything.
 *
 * @param now - milliseconds since 1970, for the century of two-digit years
 */
export function parseHttpDate(value: string, now: number): number | undefined {
  const fixdate = imfFixdate.exec(value)
  if (fixdate) return utc(fixdate[3], fixdate[2], fixdate[1], fixdate[4], fixdate[5], fixdate[6])
  const old = asctime.exec(value)
  if (old) return utc(old[6], old[1], old[2], old[3], old[4], old[5])
  const older = rfc850.exec(value)
  if (!older) return undefined
  // A two-digit year that seems more than 50 years ahead is in the past century.
  const thisYear = new Date(now).getUTCFullYear()
  let year = thisYear - (thisYear % 100) + Number(older[3])
  if (year > thisYear + 50) year -= 100
  return utc(String(year), older[2], older[1], older[4], older[5], older[6])
}

function utc(
  year?: string,
  month?: string,
  day?: string,
  hour?: string,
  minute?: string,
  second?: string,
): number | undefined {
  const index = months.indexOf(month ?? '')
  const date = Number(day)
  if (index < 0 || date < 1 || date > 31 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60)
    return undefined
  return Date.UTC(Number(year), index, date, Number(hour), Number(minute), Number(second))
}

/**
 * Reads a `Retry-After` header (RFC 9110 §10.2.3: seconds or an HTTP date) as milliseconds from now, never negative.
 * `undefined` where there is none or it is malformed.
 *
 * @param now - milliseconds since 1970
 */
export function parseRetryAfter(value: string | null | undefined, now: number): number | undefined {
  const text = value?.trim()
  if (!text) return undefined
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000
  const date = parseHttpDate(text, now)
  return date === undefined ? undefined : Math.max(0, date - now)
}
