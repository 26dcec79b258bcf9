import type { TurnOutcome, TurnStore } from '@pf-agents/agent-core'
import type { KeyPaths } from './key-path'
import type { StampedBucket, StampedText } from './stamped-bucket'

/**
 * Turns in contexts: one key for each that is taken, with its token and its time, gone when it is given back. One that ran
 * out of time stays where it is, for a key can't be deleted by compare-and-set: whoever comes next writes over it, or it
 * goes with its context.
 */
export function createBucketTurns(bucket: StampedBucket, paths: KeyPaths, newNonce: () => string): TurnStore {
  return {
    take(scope, contextId, { now, expiresAt, isNew }) {
      const path = paths.turn(scope, contextId)
      const token = newNonce()
      const text = `${token} ${expiresAt}`
      if (isNew) {
        bucket.create(path, text)
        return { token }
      }
      return bucket.update(
        path,
        (current): { text?: string; result: TurnOutcome } => {
          const busyUntil = endOf(current)
          return busyUntil > now ? { result: { busyUntil } } : { text, result: { token } }
        },
        true,
      )
    },

    extend(scope, contextId, { token, expiresAt }) {
      const isHeld = (current: StampedText | undefined): boolean => tokenOf(current) === token
      return bucket.update(
        paths.turn(scope, contextId),
        (current) => (isHeld(current) ? { text: `${token} ${expiresAt}`, result: true } : { result: false }),
        true,
      )
    },

    release(scope, contextId, { token, expiresAt, now }) {
      // Once its time is over, somebody may be taking it.
      if (now >= expiresAt) return
      const path = paths.turn(scope, contextId)
      if (tokenOf(bucket.read(path)) === token) bucket.delete(path)
    },
  }
}

/** Removes the turn of a context that is removed, unless somebody has it. */
export function removeTurn(bucket: StampedBucket, path: string, now: number): void {
  const found = bucket.read(path)
  if (found !== undefined && endOf(found) <= now) bucket.delete(path)
}

function tokenOf(found: StampedText | undefined): string | undefined {
  return found?.text.split(' ')[0]
}

/** When a turn is over; long ago where there is none. */
function endOf(found: StampedText | undefined): number {
  return Number(found?.text.split(' ')[1] ?? 0)
}
