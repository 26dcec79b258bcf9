import { userInfo } from 'node:os'
import { join } from 'node:path'
import { checkDirectory } from '@pf-agents/wasm-host'

/**
 * A home directory for the compiler of the engine, which keeps what it compiled below it, and ends where it can not. By
 * itself it takes the one of the system's records, whatever `HOME` says.
 *
 * @param others - directories to take where that one can not be written to, or there is none; the first that can be
 * @returns undefined where there is no need for another
 */
export function compilerHome(others: readonly string[], recorded: () => string = recordedHome): string | undefined {
  // There the system knows the directories of a user by other means.
  if (process.platform === 'win32') return undefined
  const kept = process.platform === 'darwin' ? 'Library/Caches/BytecodeAlliance.wasmtime' : '.cache/wasmtime/modules'
  const isUsable = (home: string): boolean => {
    try {
      checkDirectory(join(home, kept), '')
      return true
    } catch {
      return false
    }
  }
  try {
    if (isUsable(recorded())) return undefined
  } catch {
    // No record of this user.
  }
  return others.find(isUsable)
}

const recordedHome = (): string => userInfo().homedir
