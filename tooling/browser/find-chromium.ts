import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** Why a test was skipped, where there is no browser. */
export const needsChromium = 'needs Chromium: apt-get install chromium, or its path in PF_CHROMIUM'

/**
 * Where Chromium is: the file that PF_CHROMIUM names, else the first of the usual names on PATH, else nothing.
 * A path that somebody wrote down and that is not there is an error, and not a reason to skip.
 */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env['PF_CHROMIUM']
  if (named) {
    if (!executable(named)) throw new Error(`PF_CHROMIUM is ${named}, which cannot be run.`)
    return named
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(executable)
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
