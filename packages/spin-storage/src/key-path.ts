import type { Scope, TaskKey } from '@pf-agents/agent-core'
import { sha256 } from './sha256'

const plain = /^[A-Za-z0-9_-]*$/
const special = /[^A-Za-z0-9_-]/g

/** The longest segment that is written out. Stores limit keys to as little as 255 bytes (Azure Cosmos DB). */
const maxSegment = 48

/** How many hashes are kept. A request has a tenant, a caller, a context and a task. */
const maxHashes = 16

/**
 * One part of a key of the host's store. Letters, digits, `_` and `-` stand for themselves, any other UTF-16 unit is
 * `~` and four digits; what comes out too long is `~~` and the SHA-256 of it. Two texts never give the same segment.
 */
export function segment(text: string): string {
  const escaped = plain.test(text)
    ? text
    : text.replace(special, (unit) => `~${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return escaped.length <= maxSegment ? escaped : `~~${sha256(new TextEncoder().encode(escaped))}`
}

/** The text of a segment, or `undefined` where it is a hash. */
export function textOfSegment(part: string): string | undefined {
  if (part.startsWith('~~')) return undefined
  return part.replace(/~([0-9a-f]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

/** Names of everything this package keeps. */
export class KeyPaths {
  private readonly namespace: string
  /** Hashes by what they are of: a caller of many letters stands in every key, and a hash takes a component a millisecond. */
  private readonly hashes = new Map<string, string>()

  /** @param namespace keeps apps apart that share a store. */
  constructor(namespace: string) {
    this.namespace = segment(namespace)
  }

  /** Of a task within its scope; the same for everything that belongs to it. */
  taskName({ tenant, principalId, taskId }: TaskKey): string {
    return this.join(this.segment(tenant), this.segment(principalId), this.segment(taskId))
  }

  /** The record of a task, by its name. */
  task(name: string): string {
    return `task/${name}`
  }

  /** The sign of life of a run. The embedded host deletes keys that begin with `lease/` when the instance that set them dies. */
  lease(name: string, nonce: string): string {
    return `lease/${name}/${nonce}`
  }

  /** The turn in a context: over when the instance that took it dies. No tenant can be called so. */
  turn(scope: Scope, contextId: string): string {
    return `lease/${this.join('~turn', this.segment(scope.tenant), this.segment(scope.principalId), this.segment(contextId))}`
  }

  /** The turn in the context of a path. */
  turnOfContext(path: string): string {
    const [, namespace, ...scope] = path.split('/')
    return `lease/${String(namespace)}/~turn/${scope.join('/')}`
  }

  context(scope: Scope, contextId: string): string {
    return `context/${this.join(this.segment(scope.tenant), this.segment(scope.principalId), this.segment(contextId))}`
  }

  /** One shard of an index. */
  shard(index: 'task' | 'context', shard: number): string {
    return `index/${this.join(index, String(shard))}`
  }

  value(key: string): string {
    return `${this.valuePrefix}${this.segment(key)}`
  }

  /** What the names of all values begin with. */
  get valuePrefix(): string {
    return `value/${this.namespace}/`
  }

  private segment(text: string): string {
    const kept = this.hashes.get(text)
    if (kept !== undefined) return kept
    const made = segment(text)
    if (made.startsWith('~~')) {
      if (this.hashes.size >= maxHashes) this.hashes.clear()
      this.hashes.set(text, made)
    }
    return made
  }

  private join(...parts: string[]): string {
    return `${this.namespace}/${parts.join('/')}`
  }
}

/** Parts of each index: more of them mean fewer writers that meet and smaller values, and more reads for a list. */
export const shards = 16

/** The shard of a name: FNV-1a. */
export function shardOf(name: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  return (hash >>> 0) % shards
}
