import { PfError } from '../error/pf-error'
import type { Outbox, OutboxEntry } from '../port/outbox'
import { copyJson } from './copy-json'

/** Bounds of {@link createMemoryOutbox}. */
export interface MemoryOutboxOptions {
  /** Entries that may be owed at once. Default 10,000. */
  maxEntries?: number
}

/** The memory driver answers at once. */
export interface MemoryOutbox extends Outbox {
  /** @throws PfError PF_STORE_FULL where so many more entries have no room. */
  checkRoom(count: number): void
  /**
   * Takes over what a commit owes: the caller never changes it again.
   * An entry whose id is there already is not added again.
   */
  adopt(entries: readonly OutboxEntry[]): void
  add(entries: readonly OutboxEntry[]): void
  pending(terms: { topic: string; group?: string; limit: number }): number
  take(terms: { topic: string; now: number; hideUntil: number; limit: number }): OutboxEntry[]
  settle(id: string): void
  postpone(id: string, dueAt: number): void
}

interface Owed {
  entry: OutboxEntry
  /** Place in the order of arrival. */
  arrival: number
}

/** Keeps owed deliveries in memory: they are lost with the process, as the tasks of the memory driver are. */
export function createMemoryOutbox(options: MemoryOutboxOptions = {}): MemoryOutbox {
  const maxEntries = options.maxEntries ?? 10_000
  const byId = new Map<string, Owed>()
  /** Topic, then group, then its entries in order of arrival. */
  const topics = new Map<string, Map<string, Owed[]>>()
  let arrivals = 0

  function queueOf(entry: OutboxEntry): Owed[] {
    let groups = topics.get(entry.topic)
    if (groups === undefined) topics.set(entry.topic, (groups = new Map<string, Owed[]>()))
    let queue = groups.get(entry.group)
    if (queue === undefined) groups.set(entry.group, (queue = []))
    return queue
  }

  function forget({ entry }: Owed): void {
    byId.delete(entry.id)
    const groups = topics.get(entry.topic)
    const queue = groups?.get(entry.group)
    if (groups === undefined || queue === undefined) return
    queue.splice(
      queue.findIndex((owed) => owed.entry.id === entry.id),
      1,
    )
    if (queue.length === 0) groups.delete(entry.group)
    if (groups.size === 0) topics.delete(entry.topic)
  }

  function checkRoom(count: number): void {
    if (byId.size + count <= maxEntries) return
    const message = `The memory outbox owes ${byId.size} deliveries and takes at most ${maxEntries}. Try again later, or raise maxEntries.`
    throw new PfError('PF_STORE_FULL', message, { retryAfterMs: 1_000 })
  }

  function adopt(entries: readonly OutboxEntry[]): void {
    for (const entry of entries) {
      if (byId.has(entry.id)) continue
      const owed: Owed = { entry, arrival: arrivals++ }
      byId.set(entry.id, owed)
      queueOf(entry).push(owed)
    }
  }

  return {
    checkRoom,
    adopt,
    add(entries) {
      checkRoom(entries.length)
      adopt(copyJson(entries, { bytes: 0 }))
    },
    pending({ topic, group, limit }) {
      let count = 0
      const groups = topics.get(topic)
      if (group !== undefined) count = groups?.get(group)?.length ?? 0
      else for (const queue of groups?.values() ?? []) if ((count += queue.length) >= limit) break
      return Math.min(count, limit)
    },
    take({ topic, now, hideUntil, limit }) {
      const due: Owed[] = []
      for (const queue of topics.get(topic)?.values() ?? []) {
        const head = queue[0]
        if (head !== undefined && head.entry.dueAt <= now) due.push(head)
      }
      due.sort((a, b) => a.arrival - b.arrival)
      const taken = due.slice(0, Math.max(0, limit))
      return taken.map(({ entry }) => {
        entry.dueAt = hideUntil
        return copyJson(entry, { bytes: 0 })
      })
    },
    settle(id) {
      const owed = byId.get(id)
      if (owed !== undefined) forget(owed)
    },
    postpone(id, dueAt) {
      const owed = byId.get(id)
      if (owed === undefined) return
      owed.entry.dueAt = dueAt
      owed.entry.attempts++
    },
  }
}
