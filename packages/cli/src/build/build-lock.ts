import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PfError } from '@pf-agents/agent-core'

/** Whoever holds a lock for longer is taken for dead: not every machine can be asked, and a number may be another's by now. */
const HELD_LIMIT_MS = 120_000
const POLL_MS = 100

/** What {@link takeLock} takes. */
export interface LockOptions {
  /** Told once where somebody else has the lock. */
  onWait?: (() => void) | undefined
  signal?: AbortSignal | undefined
}

/**
 * Takes the lock at a path, waiting for whoever has it; one that a dead process left behind is taken over at once.
 *
 * The lock is a folder with one file in it, named after its holder. A folder takes the place of an empty one only, and a
 * file can be removed once, by its name: so two who take over from a dead holder do not meet, and nobody removes the lock
 * of another.
 *
 * @returns gives it back
 * @throws PfError PF_BUILD_FAILED where `signal` says so while it waits
 */
export async function takeLock(lock: string, { onWait, signal }: LockOptions = {}): Promise<() => Promise<void>> {
  const self = `${process.pid}@${machine()}@${randomUUID()}`
  for (let waited = false; ;) {
    stopIf(signal)
    const holder = await holderOf(lock)
    if (holder === undefined && (await place(lock, self))) return () => release(lock, self)
    if (holder !== undefined && (await isGone(lock, holder))) {
      await release(lock, holder)
      continue
    }
    if (!waited) onWait?.()
    waited = true
    await sleep(POLL_MS, undefined, { ...(signal && { signal }) }).catch(() => stopIf(signal))
  }
}

/** @throws PfError PF_BUILD_FAILED */
export function stopIf(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new PfError('PF_BUILD_FAILED', 'The build was stopped.')
}

const machine = (): string => hostname().replace(/[^\w.-]/g, '_')

async function holderOf(lock: string): Promise<string | undefined> {
  try {
    return (await readdir(lock))[0]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function isGone(lock: string, holder: string): Promise<boolean> {
  const [pid, host] = holder.split('@')
  if (host === machine() && !isAlive(Number(pid))) return true
  // One that was removed meanwhile is not old: who comes next looks again.
  const since = (await stat(join(lock, holder)).catch(() => undefined))?.mtimeMs
  return since !== undefined && Date.now() - since > HELD_LIMIT_MS
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // A process of another user is there all the same.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function place(lock: string, self: string): Promise<boolean> {
  const own = `${lock}.${randomUUID()}.tmp`
  try {
    await mkdir(own)
    await writeFile(join(own, self), '')
    await rename(own, lock)
    return true
  } catch (error) {
    await rm(own, { recursive: true, force: true })
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false
    throw error
  }
}

async function release(lock: string, holder: string): Promise<void> {
  // Gone already, or another's by now: both are as they should be.
  await unlink(join(lock, holder)).catch(() => {})
  await rmdir(lock).catch(() => {})
}
