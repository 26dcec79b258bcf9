/**
 * Characters that nobody sees, that are no characters at all, or that turn around what stands beside them: controls (what
 * JSON has not escaped of them), format characters of every plane, fillers, variation selectors, tags, private use.
 */
const unseen = new RegExp(
  [
    '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2]',
    '[\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u2800\\u3164]',
    '[\\ue000-\\uf8ff\\ufdd0-\\ufdef\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffc\\ufffe\\uffff]',
    // Kaithi and Egyptian signs, shorthand, music; planes whose every character is special; the last two of each plane.
    '\\ud804[\\udcbd\\udccd]',
    '\\ud80d[\\udc30-\\udc5f]',
    '\\ud82f[\\udca0-\\udca3]',
    '\\ud834[\\udd73-\\udd7a]',
    '[\\udb40-\\udbff][\\udc00-\\udfff]',
    '[\\ud83f\\ud87f\\ud8bf\\ud8ff\\ud93f\\ud97f\\ud9bf\\ud9ff\\uda3f\\uda7f\\udabf\\udaff\\udb3f][\\udffe\\udfff]',
  ].join('|'),
  'g',
)

/** Blanks in JSON text, so many that they push what follows out of sight. Escapes are read whole: `\\n` is no line. */
const blanks = /\\[^nrtf]|((?:[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|\\[nrtf]){9,})/g

/** JSON text as people can see all of it: what is unseen is spelled out, and of many blanks their number is told. */
export function visible(json: string): string {
  return json
    .replace(unseen, spelled)
    .replace(blanks, (all: string, run: string | undefined) =>
      run === undefined ? all : `… ${run.replace(/\\./g, ' ').length} blanks …`,
    )
}

function spelled(chars: string): string {
  let text = ''
  for (let at = 0; at < chars.length; at++) text += `\\u${chars.charCodeAt(at).toString(16).padStart(4, '0')}`
  return text
}
