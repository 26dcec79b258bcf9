/** Words that tell nothing about what a text is about. */
const common = new Set(
  'a an and are as at be but by for from has have i in is it its me my of on or our so that the their this to was we were what when where which who will with you your'.split(
    ' ',
  ),
)

/** Longest term; what is longer is no word. */
const longest = 40

/** What a text is found by: its words in small letters, common ones left out; scripts without spaces by pairs of signs. */
export function termsOf(text: string): string[] {
  const terms: string[] = []
  let word = ''
  let sign = ''
  const close = (): void => {
    if (word !== '' && word.length <= longest && !common.has(word)) terms.push(stem(word))
    word = ''
    sign = ''
  }
  for (const character of text.toLowerCase()) {
    const code = character.codePointAt(0) as number
    // An apostrophe is a part of its word.
    if (code === 0x27 || code === 0x2019) continue
    if (isSign(code)) {
      if (sign === '') close()
      // One sign alone is a word, too, where nothing stands beside it.
      terms.push(sign === '' ? character : sign + character)
      sign = character
    } else if (isLetter(code)) {
      if (sign !== '') close()
      word += character
    } else close()
  }
  close()
  return terms
}

/** Endings that make no other word: plural and possessive. */
function stem(word: string): string {
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word
}

/** Letters and digits of scripts with spaces. What is no letter is told by its range: components know no properties. */
function isLetter(code: number): boolean {
  if (code < 0x80) return (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
  if (code < 0xc0) return code === 0xaa || code === 0xb5 || code === 0xba
  return (
    code !== 0xd7 &&
    code !== 0xf7 &&
    !(code >= 0x2000 && code < 0x2c00) &&
    !(code >= 0x3000 && code < 0x3040) &&
    !(code >= 0xfe00 && code < 0xfe70) &&
    !(code >= 0xff00 && code < 0xff10) &&
    !(code >= 0x1f000 && code < 0x20000)
  )
}

/** Signs of scripts that write no spaces between words. */
function isSign(code: number): boolean {
  return (
    (code >= 0xe00 && code < 0x1000) ||
    (code >= 0x3040 && code < 0x3100) ||
    (code >= 0x3400 && code < 0xa000) ||
    (code >= 0x20000 && code < 0x32000)
  )
}
