import { join } from 'node:path'

const width = 120

/** packages/agent-core/src/error/briefs.ts: of the one table of errors, what every program carries. */
export async function errorBriefs(root) {
  const { errorCodes, spokenCodes } = await import(join(root, 'packages/agent-core/src/error/codes.ts'))
  const quoted = (text) => (text.includes("'") ? JSON.stringify(text) : `'${text}'`)
  const entry = (key, value) => {
    const line = `  ${key}: ${value},`
    return line.length > width ? `  ${key}:\n    ${value},` : line
  }
  return [
    '// Made from codes.ts by `pnpm generate`: programs carry it, so it has no more than is needed there.',
    "import type { ErrorCode, SpokenCode } from './codes'",
    '',
    'export const errorStatuses: Readonly<Record<ErrorCode, number>> = {',
    ...Object.entries(errorCodes).map(([code, { status }]) => entry(code, status)),
    '}',
    '',
    '/** What happened and what to do. */',
    'export const spokenSentences: Readonly<Record<SpokenCode, string>> = {',
    ...spokenCodes.map((code) => entry(code, quoted(`${errorCodes[code].summary} ${errorCodes[code].remedy}`))),
    '}',
    '',
  ].join('\n')
}
