import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** docs/errors.md, from the one table of agent-core. */
export async function errorsPage(root) {
  const table = join(root, 'packages/agent-core/src/error/codes.ts')
  if (!existsSync(table))
    throw new Error('packages/agent-core/src/error/codes.ts is missing: docs/errors.md is made from it.')
  const { errorCodes } = await import(table)
  const cell = (text) => text.replaceAll('|', '\\|')
  return [
    '# Error codes',
    '',
    'Every error of this SDK is a `PfError` with one of these codes. The status is the HTTP status where no protocol says otherwise.',
    'Codes are never reused. This page is made from `packages/agent-core/src/error/codes.ts` by `pnpm generate`.',
    '',
    '| Code | Status | What happened | What to do |',
    '|---|---|---|---|',
    ...Object.entries(errorCodes).map(
      ([code, { status, summary, remedy }]) =>
        `| <a id="${code.toLowerCase()}"></a>\`${code}\` | ${status} | ${cell(summary)} | ${cell(remedy)} |`,
    ),
    '',
  ].join('\n')
}
