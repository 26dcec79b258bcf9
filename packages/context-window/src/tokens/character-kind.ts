/**
 * Kinds of characters that tokenizers treat alike, numbered. No table of Unicode is at hand in a component, so scripts are
 * told by their range.
 */
export const kind = {
  lower: 0,
  upper: 1,
  digit: 2,
  blank: 3,
  line: 4,
  punctuation: 5,
  latin: 6,
  greek: 7,
  cyrillic: 8,
  semitic: 9,
  indic: 10,
  thai: 11,
  kana: 12,
  han: 13,
  hangul: 14,
  astral: 15,
  trailing: 16,
  joiner: 17,
  other: 18,
} as const

/** First code of a range that goes on to the next entry, with its kind. Ascending. */
const ranges: readonly (readonly [number, number])[] = [
  [0x80, kind.other],
  [0xc0, kind.latin],
  [0x250, kind.joiner],
  [0x370, kind.greek],
  [0x400, kind.cyrillic],
  [0x530, kind.semitic],
  [0x900, kind.indic],
  [0xe00, kind.thai],
  [0x1000, kind.other],
  [0x200d, kind.joiner],
  [0x200e, kind.other],
  [0x3040, kind.kana],
  [0x3100, kind.other],
  [0x3400, kind.han],
  [0xa000, kind.other],
  [0xac00, kind.hangul],
  [0xd800, kind.astral],
  [0xdc00, kind.trailing],
  [0xe000, kind.other],
  [0xf900, kind.han],
  [0xfb00, kind.semitic],
  [0xfe00, kind.joiner],
  [0xfe10, kind.other],
]

/** The kind of a UTF-16 code unit. */
export function kindOf(code: number): number {
  if (code < 0x80) return ascii[code] as number
  let low = 0
  let high = ranges.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((ranges[middle] as readonly [number, number])[0] <= code) low = middle
    else high = middle - 1
  }
  return (ranges[low] as readonly [number, number])[1]
}

function kindOfAscii(code: number): number {
  if (code >= 97 && code <= 122) return kind.lower
  if (code === 32 || code === 9) return kind.blank
  if (code >= 65 && code <= 90) return kind.upper
  if (code >= 48 && code <= 57) return kind.digit
  return code === 10 || code === 13 ? kind.line : kind.punctuation
}

/** The kinds of ASCII, looked up: in a component, which compiles nothing, each branch costs. */
const ascii: readonly number[] = Array.from({ length: 0x80 }, (_, code) => kindOfAscii(code))
