const escaped = /[\u0000\u0001]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

const everyEscaped = new RegExp(escaped, 'g')

/**
 * Text for a column that is compared. SQLite stores UTF-8, in which every unpaired surrogate would become the same
 * replacement character: two ids, one of them sent by a peer, would be one. And node:sqlite of Node 22 ends a text at
 * U+0000. Those are written as U+0001 and four digits.
 */
export function toColumn(text: string): string {
  return escaped.test(text)
    ? text.replace(everyEscaped, (unit) => `\u0001${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : text
}

/** The text that {@link toColumn} made the column of. */
export function fromColumn(column: string): string {
  if (!column.includes('\u0001')) return column
  return column.replace(/\u0001([0-9a-f]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}
