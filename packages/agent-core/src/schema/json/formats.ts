const ipv4 = /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/
const hostname = /^(?=.{1,253}$)[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*$/i

/**
 * The formats of JSON Schema that a text can be checked against, and `url`. Every other name says nothing of a text;
 * those for international names would take tables.
 */
const formats: Readonly<Record<string, RegExp | ((text: string) => boolean)>> = {
  date: isDate,
  time: isTime,
  'date-time'(text) {
    const [date = '', time = '', more] = text.split(/[t\s]/i)
    return more === undefined && isDate(date) && isTime(time)
  },
  // Units follow one another without a gap (RFC 3339, appendix A).
  duration: /^P(?!$)(\d+W|(\d+Y(?!\d+D))?(\d+M)?(\d+D)?(T(?!$)(\d+H(?!\d+S))?(\d+M)?(\d+S)?)?)$/,
  uri: (text) => isReference(text, true),
  'uri-reference': (text) => isReference(text, false),
  'uri-template':
    /^([^\0- \x7f"<>%\\^`{|}]|%[\da-f]{2}|\{[+#./;?&=,!@|]?(\w|%[\da-f]{2})+(\.(\w|%[\da-f]{2})+)*(:[1-9]\d{0,3}|\*)?(,(\w|%[\da-f]{2})+(\.(\w|%[\da-f]{2})+)*(:[1-9]\d{0,3}|\*)?)*\})*$/i,
  url: (text) => /^(https?|ftp):\/\/\S+$/i.test(text) && doesNotThrow(() => new URL(text)),
  email: isEmail,
  hostname,
  ipv4,
  ipv6: isIpv6,
  // ECMAScript has no \Z.
  regex: (text) => isPattern(text) && !/[^\\]\\Z/.test(text),
  uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
  'json-pointer': /^(\/([^~/]|~[01])*)*$/,
  'relative-json-pointer': /^(0|[1-9]\d*)(#|(\/([^~/]|~[01])*)*)$/,
}

/** Whether a text has a format; unknown ones have all. */
export function hasFormat(text: string, name: string): boolean {
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined
  if (format === undefined) return true
  return typeof format === 'function' ? format(text) : format.test(text)
}

/** Whether a text is a regular expression as JSON Schema has them: ECMAScript's, in Unicode mode. */
export function isPattern(text: string): boolean {
  return doesNotThrow(() => new RegExp(text, 'u'))
}

function doesNotThrow(make: () => unknown): boolean {
  try {
    make()
    return true
  } catch {
    return false
  }
}

/** A day there is: others are moved to the next month, or none at all, depending on the engine. */
function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && new Date(text).getUTCDate() === Number(text.slice(8))
}

/** A time with its zone. The second 60 is there at the end of a day of UTC only. */
function isTime(text: string): boolean {
  const found = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?(z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i.exec(text)
  if (found === null) return false
  const [, hour, minute, second, , , sign, aheadHours = 0, aheadMinutes = 0] = found
  const ahead = Number(aheadHours) * 60 + Number(aheadMinutes)
  return second !== '60' || (Number(hour) * 60 + Number(minute) + (sign === '-' ? ahead : -ahead) + 1) % 1440 === 0
}

/** RFC 5321: what is quoted may be anything; a host, or an address in brackets. */
function isEmail(text: string): boolean {
  const [, name = '', host = ''] =
    /^("(?:[ !#-[\]-~]|\\[ -~])*"|(?!.{0,64}\.[.@])[a-z\d!#$%&'*+/=?^_`{|}~-][a-z\d.!#$%&'*+/=?^_`{|}~-]*)@(.+)$/i.exec(
      text,
    ) ?? []
  const [, six, address] = /^\[(ipv6:)?(.*)\]$/i.exec(host) ?? []
  if (name.length > 64) return false
  return address === undefined ? hostname.test(host) : six ? isIpv6(address) : ipv4.test(address)
}

function isIpv6(text: string): boolean {
  const [left = '', right, more] = text.split('::')
  const list = (part = ''): string[] => (part === '' ? [] : part.split(':'))
  const groups = [...list(left), ...list(right)]
  const last = (right ?? left).split(':').at(-1) ?? ''
  if (ipv4.test(last)) groups.splice(-1, 1, '0', '0')
  return (
    more === undefined &&
    (right === undefined ? groups.length === 8 : groups.length < 8) &&
    groups.every((group) => /^[\da-f]{1,4}$/i.test(group))
  )
}

/** RFC 3986. */
function isReference(text: string, isAbsolute: boolean): boolean {
  const found =
    /^([a-z][a-z\d+.-]*:)?(?:\/\/(?:(?:[\w.~!$&'()*+,;=:-]|%[\da-f]{2})*@)?(?:\[(.*)\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?(?=[/?#]|$)|(?!\/\/))(?:[\w.~!$&'()*+,;=:@/-]|%[\da-f]{2})*(?:\?(?:[\w.~!$&'()*+,;=:@/?-]|%[\da-f]{2})*)?(?:#(?:[\w.~!$&'()*+,;=:@/?-]|%[\da-f]{2})*)?$/i.exec(
      text,
    )
  if (found === null) return false
  const [, scheme, address] = found
  if (address !== undefined && !isIpv6(address) && !/^v[\da-f]+\.[\w.~!$&'()*+,;=:-]+$/i.test(address)) return false
  // Without a scheme, a colon in the first step would make one.
  return scheme !== undefined || (!isAbsolute && !/^[^/?#]*:/.test(text))
}
