import { isEncoded, isUriTemplate } from './uri-template'

const ipv4 = /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/
const hostname = /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*$/i

/**
 * The formats of JSON Schema that a text can be checked against, and `url`. Every other name says nothing of a text;
 * those for international names would take tables.
 *
 * Texts of any length come here. Engines keep a way back for each round of a loop over alternatives, and one that has
 * too many ends the component: such a loop is only gone through after a look at the length. Others are over single
 * characters.
 */
const formats: Readonly<Record<string, RegExp | ((text: string) => boolean)>> = {
  date: isDate,
  time: isTime,
  'date-time': (text) => isDate(text.slice(0, 10)) && /^[t\s]/i.test(text.slice(10, 11)) && isTime(text.slice(11)),
  // Units follow one another without a gap (RFC 3339, appendix A).
  duration: /^P(?!$)(\d+W|(\d+Y(?!\d+D))?(\d+M)?(\d+D)?(T(?!$)(\d+H(?!\d+S))?(\d+M)?(\d+S)?)?)$/,
  uri: (text) => isReference(text, true),
  'uri-reference': (text) => isReference(text, false),
  'uri-template': isUriTemplate,
  url: (text) => /^(https?|ftp):\/\/\S+$/i.test(text) && doesNotThrow(() => new URL(text)),
  email: isEmail,
  hostname: isHostname,
  ipv4,
  ipv6: isIpv6,
  // ECMAScript has no \Z. In longer ones more may be nested than an engine takes, each of them something else.
  regex: (text) => text.length <= 10_000 && isPattern(text) && !/[^\\]\\Z/.test(text),
  uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
  'json-pointer': (text) => /^(\/|$)/.test(text) && isEscaped(text),
  'relative-json-pointer': (text) => /^(0|[1-9]\d*)(#?$|\/)/.test(text) && isEscaped(text),
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

/** RFC 6901: what a tilde stands for is said behind it. */
function isEscaped(pointer: string): boolean {
  return !/~(?![01])/.test(pointer)
}

/** RFC 1123, at most as long as one can be asked for. */
function isHostname(text: string): boolean {
  return text.length <= 253 && hostname.test(text)
}

/** RFC 5321: what is quoted may be anything; a host, or an address in brackets. */
function isEmail(text: string): boolean {
  // 64 for the name, 255 for the rest (section 4.5.3.1).
  if (text.length > 320) return false
  const [, name = '', host = ''] =
    /^("(?:[ !#-[\]-~]|\\[ -~])*"|(?!.{0,64}\.[.@])[a-z\d!#$%&'*+/=?^_`{|}~-][a-z\d.!#$%&'*+/=?^_`{|}~-]*)@(.+)$/i.exec(
      text,
    ) ?? []
  const [, six, address] = /^\[(ipv6:)?(.*)\]$/i.exec(host) ?? []
  if (name.length > 64) return false
  return address === undefined ? isHostname(host) : six ? isIpv6(address) : ipv4.test(address)
}

function isIpv6(text: string): boolean {
  // Six groups, and an address of the older kind.
  if (text.length > 45) return false
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
  if (!isEncoded(text)) return false
  const found =
    /^([a-z][a-z\d+.-]*:)?(?:\/\/(?:[\w.~!$&'()*+,;=:%-]*@)?(?:\[([^\]]*)\]|[\w.~!$&'()*+,;=%-]*)(?::\d*)?(?=[/?#]|$)|(?!\/\/))[\w.~!$&'()*+,;=:@/%-]*(?:\?[\w.~!$&'()*+,;=:@/?%-]*)?(?:#[\w.~!$&'()*+,;=:@/?%-]*)?$/i.exec(
      text,
    )
  if (found === null) return false
  const [, scheme, address] = found
  if (address !== undefined && !isIpv6(address) && !/^v[\da-f]+\.[\w.~!$&'()*+,;=:-]+$/i.test(address)) return false
  // Without a scheme, a colon in the first step would make one.
  return scheme !== undefined || (!isAbsolute && !/^[^/?#]*:/.test(text))
}
