import { compareText, type JsonValue, type KeyValue, type KeyValueEntry, type Random } from '@pf-agents/agent-core'
import type { BucketSource } from './host-bucket'
import { fromBytes, toBytes } from './json-bytes'
import { digest, escapeUnits } from './key-name'

const prefix = 'kv/'

interface Held {
  key: string
  revision: string
  value: JsonValue
}

/** A key-value store over a bucket: one host key for each key, the revision stored beside the value. */
export function createBucketKeyValue(source: BucketSource, random: Pick<Random, 'id'>): KeyValue {
  const read = (bytes: Uint8Array | undefined): Held | undefined =>
    bytes === undefined ? undefined : (fromBytes(bytes) as unknown as Held)
  return {
    get(key): KeyValueEntry | undefined {
      const held = read(source().get(nameOf(key)))
      return held && { value: held.value, revision: held.revision }
    },
    set(key, value) {
      source().set(nameOf(key), toBytes({ key, revision: random.id(), value }))
    },
    delete(key) {
      source().delete(nameOf(key))
    },
    compareAndSet(key, revision, value) {
      const cas = source().cas(nameOf(key))
      if (read(cas.current())?.revision !== revision) return false
      return cas.swap(toBytes({ key, revision: random.id(), value }))
    },
    keys(start, { limit = 1000, after } = {}) {
      const bucket = source()
      const names = bucket.keys().filter((name) => name.startsWith(prefix))
      const hidden = names.filter((name) => name.startsWith(`${prefix}=`))
      // The key itself is in its name; only of those whose name is a digest the value has to be read.
      const found = names
        .filter((name) => !name.startsWith(`${prefix}=`))
        .map((name) => unescape(name.slice(prefix.length)))
      for (const bytes of bucket.getMany(hidden)) if (bytes !== undefined) found.push((read(bytes) as Held).key)
      return found
        .filter((key) => key.startsWith(start) && (after === undefined || compareText(key, after) > 0))
        .sort(compareText)
        .slice(0, limit)
    },
  }
}

/** Keys of any text: as they are where the host surely takes them, escaped otherwise, a digest where that gets too long. */
function nameOf(key: string): string {
  const safe = escapeUnits(key, /[^A-Za-z0-9_./-]/g)
  return safe.length <= 200 ? prefix + safe : `${prefix}=${digest(safe)}`
}

function unescape(name: string): string {
  return name.replace(/~([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
