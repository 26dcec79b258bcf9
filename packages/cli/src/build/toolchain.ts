import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ownDirectory } from './own-packages'

/** What brings the adapter and makes the component, and what evaluates the code: as componentize-js finds them. */
const around = ['@bytecodealliance/jco', '@bytecodealliance/wizer']

/**
 * Versions of componentize-js and of what it works with, on which everything that is kept depends: they are resolved by
 * whoever installs, so one version of componentize-js comes with several.
 */
export function toolchainVersions(from: string = ownDirectory): string {
  const componentize = packageDirectory('@bytecodealliance/componentize-js', from)
  const found = [componentize, ...around.map((name) => packageDirectory(name, componentize ?? from))]
  return found.map((directory) => (directory === undefined ? 'unknown' : versionOf(directory))).join(' ')
}

function packageDirectory(name: string, from: string): string | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    const folder = join(directory, 'node_modules', name)
    // Node looks beside the real place of a package that is linked.
    if (existsSync(join(folder, 'package.json'))) return realpathSync(folder)
    if (directory === dirname(directory)) return undefined
  }
}

const versionOf = (directory: string): string =>
  (JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { version: string }).version
