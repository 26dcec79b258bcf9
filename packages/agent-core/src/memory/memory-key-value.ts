import { PfError } from '../error/pf-error'
import type { JsonValue } from '../model/json'
import type { KeyValue, KeyValueEntry } from '../port/key-value'
import { compareText } from './compare-text'
import { LinkedList, type LinkedNode } from './linked-list'
import { OrderedList } from './ordered-list'

/** Bounds of {@link createMemoryKeyValue}. */
export interface MemoryKeyValueOptions {
  /** Keys kept; the one used longest ago goes first. Default 10,000. */
  maxKeys?: number
  /** Estimated bytes of all values; the one used longest ago goes first. Default 64 MiB. */
  maxBytes?: number
}

/** The memory driver answers at once. */
export interface MemoryKeyValue extends KeyValue {
  get(key: string): KeyValueEntry | undefined
  set(key: string, value: JsonValue): void
  delete(key: string): void
  compareAndSet(key: string, revision: string | undefined, value: JsonValue): boolean
  keys(prefix: string, options?: { limit?: number; after?: string }): string[]
}

interface Cell extends LinkedNode<Cell> {
  key: string
  /** JSON text, which nobody can change. */
  text: string
  revision: string
  bytes: number
}

/**
 * Keeps values in memory, within bounds: what was least recently read or written goes first.
 * What must not be lost belongs into a driver that keeps it on disk.
 */
export function createMemoryKeyValue(options: MemoryKeyValueOptions = {}): MemoryKeyValue {
  const maxKeys = options.maxKeys ?? 10_000
  const maxBytes = options.maxBytes ?? 64 * 1024 * 1024
  const cells = new Map<string, Cell>()
  const order = new OrderedList<string>(compareText)
  const recency = new LinkedList<Cell>()
  let bytes = 0
  let writes = 0

  function drop(cell: Cell): void {
    cells.delete(cell.key)
    order.remove(cell.key)
    recency.remove(cell)
    bytes -= cell.bytes
  }

  function write(key: string, value: JsonValue): void {
    const text = JSON.stringify(value)
    const weight = 128 + 2 * key.length + text.length
    if (weight > maxBytes) {
      throw new PfError(
        'PF_STORE_FULL',
        `The value of ${key} weighs about ${weight} bytes; the memory driver takes at most ${maxBytes}.`,
      )
    }
    const revision = String(++writes)
    let cell = cells.get(key)
    if (cell === undefined) {
      cell = { key, text, revision, bytes: 0 }
      cells.set(key, cell)
      order.add(key)
      recency.add(cell)
    } else {
      cell.text = text
      cell.revision = revision
      recency.touch(cell)
    }
    bytes += weight - cell.bytes
    cell.bytes = weight
    while (recency.first !== undefined && recency.first !== cell && (recency.size > maxKeys || bytes > maxBytes))
      drop(recency.first)
  }

  return {
    get(key) {
      const cell = cells.get(key)
      if (cell === undefined) return undefined
      recency.touch(cell)
      return { value: JSON.parse(cell.text) as JsonValue, revision: cell.revision }
    },
    set: write,
    delete(key) {
      const cell = cells.get(key)
      if (cell !== undefined) drop(cell)
    },
    compareAndSet(key, revision, value) {
      if (cells.get(key)?.revision !== revision) return false
      write(key, value)
      return true
    },
    keys(prefix, { limit = 1_000, after } = {}) {
      const found: string[] = []
      if (limit <= 0) return found
      const isBehind = after !== undefined && compareText(after, prefix) >= 0
      const place = isBehind
        ? order.countBefore((key) => compareText(key, after) <= 0)
        : order.countBefore((key) => compareText(key, prefix) < 0)
      order.up(place, (key) => {
        if (!key.startsWith(prefix)) return false
        found.push(key)
        return found.length < limit
      })
      return found
    },
  }
}
