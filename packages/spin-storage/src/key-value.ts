import { compareText, type JsonValue, type KeyValue } from '@pf-agents/agent-core'
import { type KeyPaths, textOfSegment } from './key-path'
import type { StampedBucket, StampedText } from './stamped-bucket'

/**
 * Values by key: one key of the host for each, with the key itself (its name may be a hash) on the first line and the
 * value on the second. The stamp of the last write is the revision.
 */
export function createBucketKeyValue(bucket: StampedBucket, paths: KeyPaths): KeyValue {
  const write = (key: string, value: JsonValue): string => `${JSON.stringify(key)}\n${JSON.stringify(value)}`
  const valueOf = ({ text }: StampedText): JsonValue => JSON.parse(text.slice(text.indexOf('\n') + 1)) as JsonValue
  const revisionOf = (found: StampedText | undefined): string | undefined => found?.stamps[0]

  /** The key of a path, read from the value where the path holds a hash of it. */
  function keyOf(path: string): string | undefined {
    const key = textOfSegment(path.slice(paths.valuePrefix.length))
    if (key !== undefined) return key
    const text = bucket.read(path)?.text
    return text && (JSON.parse(text.slice(0, text.indexOf('\n'))) as string)
  }

  return {
    get(key) {
      const found = bucket.read(paths.value(key))
      const revision = revisionOf(found)
      // Without a stamp, nobody wrote it here: an empty value is none.
      return found && revision !== undefined ? { value: valueOf(found), revision } : undefined
    },

    set: (key, value) => bucket.write(paths.value(key), write(key, value)),

    delete: (key) => bucket.delete(paths.value(key)),

    compareAndSet(key, revision, value) {
      const path = paths.value(key)
      if (revisionOf(bucket.read(path)) !== revision) return false
      return bucket.update(path, (current) =>
        revisionOf(current) === revision ? { text: write(key, value), result: true } : { result: false },
      )
    },

    keys(prefix, { limit = 1_000, after } = {}) {
      const found: string[] = []
      for (const path of bucket.keys()) {
        const key = path.startsWith(paths.valuePrefix) ? keyOf(path) : undefined
        if (key !== undefined && key.startsWith(prefix) && (after === undefined || compareText(key, after) > 0))
          found.push(key)
      }
      return found.toSorted(compareText).slice(0, Math.max(0, limit))
    },
  }
}
