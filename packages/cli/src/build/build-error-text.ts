import type { Message } from 'esbuild'

/** What esbuild has to say, with file, line and column, for a person. */
export function buildErrorText(errors: readonly Message[]): string {
  return errors
    .map(({ text, location, notes }) => {
      const where = location ? `${location.file}:${location.line}:${location.column + 1}: ` : ''
      const shown = location ? [`    ${location.lineText.trim()}`] : []
      return [`✗ ${where}${text}`, ...shown, ...notes.map((note) => `    ${note.text}`)].join('\n')
    })
    .join('\n')
}
