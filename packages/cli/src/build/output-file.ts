import { accessSync, constants, existsSync, mkdtempSync, rmdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PfError } from '@pf-agents/agent-core'
import { checkDirectory } from '@pf-agents/wasm-host'

/**
 * Looks whether a file can be written, long before it is, and leaves nothing behind.
 *
 * @throws PfError PF_CONFIG_INVALID
 */
export function checkOutputFile(file: string): void {
  const isThere = existsSync(file)
  if (isThere && statSync(file).isDirectory())
    throw new PfError('PF_CONFIG_INVALID', `${file} is a directory. Name the file of the component (-o).`)
  checkDirectory(dirname(file), 'The directory of the component (-o)')
  let nearest = dirname(file)
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest)
  try {
    if (isThere) accessSync(file, constants.W_OK)
    // What a file system says that may be written to, and takes nothing (/proc for root), shows only so.
    else rmdirSync(mkdtempSync(join(nearest, '.pf-')))
  } catch (cause) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `The component (-o) can not be written to ${file}: ${(cause as Error).message}. Name a file in a directory that can be written to.`,
      { cause },
    )
  }
}
