import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { PfError } from '@pf-agents/agent-core'

const reasons: Readonly<Record<string, string>> = {
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'there is a file of that name',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOENT: 'no directory can be made there',
  ENOSPC: 'the disk is full',
}

/**
 * Makes a directory that files are to be written into, with those above it. Node's own `recursive` never ends where the
 * file system makes none and says ENOENT, as `/proc` does.
 *
 * @param path - the directory
 * @param what - what it is for and where it is set, for the message: `The data directory (--data)`
 * @throws PfError PF_CONFIG_INVALID where it can not be made or written to
 * @example
 * ```ts
 * makeDirectory('.pf/agent', 'The data directory (dataDir)')
 * ```
 */
export function makeDirectory(path: string, what: string): void {
  explained(resolve(path), what, (directory) => {
    make(directory)
    accessSync(directory, constants.W_OK)
  })
}

/**
 * Looks whether a directory can be made or, where it is there, written to, and makes nothing: for what is written much
 * later.
 *
 * @throws PfError PF_CONFIG_INVALID
 * @example
 * ```ts
 * checkDirectory('dist', 'The directory of the component (-o)')
 * ```
 */
export function checkDirectory(path: string, what: string): void {
  explained(resolve(path), what, (directory) => {
    let nearest = directory
    // A link that leads nowhere does not exist, and can not be made a directory either: that shows when it is made.
    while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest)
    accessSync(`${nearest}/.`, constants.W_OK)
  })
}

function explained(directory: string, what: string, work: (directory: string) => void): void {
  try {
    work(directory)
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    const why = reasons[code] ?? message
    throw new PfError(
      'PF_CONFIG_INVALID',
      `${what} can not be used: ${directory}: ${why} (${code}). Name a directory that can be written to.`,
      { cause },
    )
  }
}

function make(directory: string): void {
  for (const missingParents of [true, false]) {
    try {
      return mkdirSync(directory)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // It is there. What is no directory fails here, with ENOTDIR.
      if (code === 'EEXIST') return accessSync(`${directory}/.`)
      if (code !== 'ENOENT' || !missingParents || dirname(directory) === directory) throw error
      make(dirname(directory))
    }
  }
}
