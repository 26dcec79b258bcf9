import { removeTurn } from './context-turns'
import { type KeyPaths, shardOf, shards } from './key-path'
import type { StampedBucket } from './stamped-bucket'
import { parseJson } from './task-record'

/** A context: its key, and when it was last used. */
type Entry = [path: string, usedAt: number]

interface Shard {
  contexts: Entry[]
  /** Those that were taken out last; whoever changes the shard next makes sure that they are gone. */
  gone: Entry[]
}

/** Which contexts there are, so that the ones used longest ago can go. Spread over shards, each changed by compare-and-set. */
export class ContextIndex {
  private readonly bucket: StampedBucket
  private readonly paths: KeyPaths
  private readonly share: number

  constructor(bucket: StampedBucket, paths: KeyPaths, keepContexts: number) {
    this.bucket = bucket
    this.paths = paths
    this.share = Math.max(1, Math.ceil(keepContexts / shards))
  }

  /** Notes that a context was used, and removes those that are one too many. */
  touch(path: string, usedAt: number): void {
    const gone = this.bucket.update(this.paths.shard('context', shardOf(path)), (current) => {
      const stored = current && (parseJson(current.text) as Shard | undefined)
      const shard: Shard = stored ?? { contexts: [], gone: [] }
      for (const entry of shard.gone) this.remove(entry, usedAt)
      const others = shard.contexts.filter(([other]) => other !== path).toSorted(([, a], [, b]) => a - b)
      const surplus = others.slice(0, Math.max(0, others.length + 1 - this.share))
      const next: Shard = { contexts: [...others.slice(surplus.length), [path, usedAt]], gone: surplus }
      return { text: JSON.stringify(next), result: surplus }
    })
    for (const entry of gone) this.remove(entry, usedAt)
  }

  /** Removes a context that was not used since. */
  private remove([path, usedAt]: Entry, now: number): void {
    const text = this.bucket.read(path)?.text
    if (text === undefined || Number(text.split('\n', 1)[0]) > usedAt) return
    this.bucket.delete(path)
    removeTurn(this.bucket, this.paths.turnOfContext(path), now)
  }
}
