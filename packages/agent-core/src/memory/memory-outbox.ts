import { PfError } from '../error/pf-error'
import {
  type Outbox,
  type OutboxCount,
  type OutboxEntry,
  type OutboxGroup,
  type OutboxTake,
  outboxTurns,
} from '../port/outbox'
import { copyJson } from './copy-json'
import { weighJson } from './weigh-json'

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
  pending(terms: OutboxCount): number
  pendingBytes(terms: Pick<OutboxCount, 'topic' | 'owner'>): number
  take(terms: OutboxTake): OutboxEntry[]
  settle(id: string): void
  postpone(id: string, dueAt: number): void
  defer(id: string, dueAt: number): void
  drop(terms: OutboxGroup): void
  hasten(terms: OutboxGroup & { dueAfter: number; dueAt: number }): void
}

interface Owed {
  entry: OutboxEntry
  /** Place in the order of arrival. */
  arrival: number
  /** About how large its body is. */
  bytes: number
}

interface Owner {
  owed: number
  bytes: number
  /** The number of its last turn, or of the one before all that are remembered. */
  turn: number
  /** Its entries that stand at the head of their groups. */
  heads: Set<Owed>
}

interface Topic {
  owed: number
  bytes: number
  /** Turns there were. */
  turns: number
  /** The entries of each group, in order of arrival. */
  groups: Map<string, Owed[]>
  owners: Map<string, Owner>
}

/** Keeps owed deliveries in memory: they are lost with the process, as the tasks of the memory driver are. */
export function createMemoryOutbox(options: MemoryOutboxOptions = {}): MemoryOutbox {
  const maxEntries = options.maxEntries ?? 10_000
  const byId = new Map<string, Owed>()
  const topics = new Map<string, Topic>()
  let arrivals = 0

  function checkRoom(count: number): void {
    if (byId.size + count <= maxEntries) return
    const message = `The memory outbox owes ${byId.size} deliveries and takes at most ${maxEntries}. Try again later, or raise maxEntries.`
    throw new PfError('PF_STORE_FULL', message, { retryAfterMs: 1_000 })
  }

  function adopt(entries: readonly OutboxEntry[]): void {
    for (const entry of entries) {
      if (byId.has(entry.id)) continue
      const owed: Owed = { entry, arrival: arrivals++, bytes: weighJson(entry.body) }
      byId.set(entry.id, owed)
      let topic = topics.get(entry.topic)
      if (topic === undefined)
        topics.set(entry.topic, (topic = { owed: 0, bytes: 0, turns: 0, groups: new Map(), owners: new Map() }))
      insert(topic, owed)
    }
  }

  return {
    checkRoom,
    adopt,
    add(entries) {
      checkRoom(entries.length)
      adopt(copyJson(entries, { bytes: 0 }))
    },
    pending({ topic: name, group, owner, limit }) {
      const topic = topics.get(name)
      if (group !== undefined) return Math.min(topic?.groups.get(group)?.length ?? 0, limit)
      return Math.min((owner === undefined ? topic : topic?.owners.get(owner))?.owed ?? 0, limit)
    },
    pendingBytes({ topic: name, owner }) {
      const topic = topics.get(name)
      return (owner === undefined ? topic : topic?.owners.get(owner))?.bytes ?? 0
    },
    take({ topic: name, now, hideUntil, limit, except = [] }) {
      const topic = topics.get(name)
      if (topic === undefined) return []
      forgetTurns(topic)
      if (topic.owed === 0) topics.delete(name)
      const lists = nextOwners(topic, now, limit, new Set(except)).map((owner) => {
        owner.turn = ++topic.turns
        return [...owner.heads].filter(({ entry }) => entry.dueAt <= now).toSorted(byDue)
      })
      return inTurns(lists, limit).map(({ entry }) => {
        const copy = copyJson(entry, { bytes: 0 })
        entry.dueAt = hideUntil
        return copy
      })
    },
    settle(id) {
      const owed = byId.get(id)
      const topic = owed && topics.get(owed.entry.topic)
      if (topic === undefined) return
      byId.delete(id)
      remove(topic, owed as Owed)
    },
    postpone(id, dueAt) {
      const owed = byId.get(id)
      if (owed === undefined) return
      owed.entry.dueAt = dueAt
      owed.entry.attempts++
    },
    defer(id, dueAt) {
      const owed = byId.get(id)
      if (owed !== undefined) owed.entry.dueAt = dueAt
    },
    drop({ topic: name, group }) {
      const topic = topics.get(name)
      // From behind: nothing else comes to stand at the head meanwhile.
      for (const owed of topic?.groups.get(group)?.toReversed() ?? []) {
        byId.delete(owed.entry.id)
        remove(topic as Topic, owed)
      }
    },
    hasten({ topic: name, group, dueAfter, dueAt }) {
      const head = topics.get(name)?.groups.get(group)?.[0]
      if (head !== undefined && head.entry.dueAt > dueAfter) head.entry.dueAt = dueAt
    },
  }
}

function insert(topic: Topic, owed: Owed): void {
  const { group, owner: name = '' } = owed.entry
  let owner = topic.owners.get(name)
  if (owner === undefined) {
    owner = { owed: 0, bytes: 0, turn: lastForgotten(topic), heads: new Set() }
    topic.owners.set(name, owner)
  }
  topic.owed++
  topic.bytes += owed.bytes
  owner.owed++
  owner.bytes += owed.bytes
  const queue = topic.groups.get(group)
  if (queue !== undefined) queue.push(owed)
  else {
    topic.groups.set(group, [owed])
    owner.heads.add(owed)
  }
}

function remove(topic: Topic, owed: Owed): void {
  const { group, owner: name = '' } = owed.entry
  topic.owed--
  topic.bytes -= owed.bytes
  const owner = topic.owners.get(name)
  if (owner !== undefined) {
    owner.heads.delete(owed)
    owner.bytes -= owed.bytes
    // With a turn that is remembered it stays until that is no longer of use.
    if (--owner.owed === 0 && owner.turn <= lastForgotten(topic)) topic.owners.delete(name)
  }
  const queue = topic.groups.get(group) as Owed[]
  queue.splice(queue.indexOf(owed), 1)
  const [head] = queue
  if (head === undefined) topic.groups.delete(group)
  else topic.owners.get(head.entry.owner ?? '')?.heads.add(head)
}

/** The number of the last turn that is not remembered: that of all who had none since. */
function lastForgotten({ turns }: Topic): number {
  return Math.max(0, turns - outboxTurns)
}

/** Forgets owners without entries whose turn was before that of everybody who waits: they would be the first anyway. */
function forgetTurns(topic: Topic): void {
  let first = Number.POSITIVE_INFINITY
  for (const { owed, turn } of topic.owners.values()) if (owed > 0 && turn < first) first = turn
  const last = Math.max(first - 1, lastForgotten(topic))
  for (const [name, { owed, turn }] of topic.owners) if (owed === 0 && turn <= last) topic.owners.delete(name)
}

/** Owners with something due, in order of their turns, as many as asked for. */
function nextOwners(topic: Topic, now: number, limit: number, except: ReadonlySet<string>): Owner[] {
  const next: { owner: Owner; first: Owed }[] = []
  if (limit < 1) return []
  for (const [name, owner] of topic.owners) {
    // Most of many come too late, whatever is due of theirs.
    const last = next.length < limit ? undefined : next.at(-1)
    if (last !== undefined && owner.turn > last.owner.turn) continue
    const first = except.has(name) ? undefined : firstDue(owner, now)
    if (first === undefined) continue
    let at = next.length
    for (; at > 0; at--) {
      const before = next[at - 1] as (typeof next)[number]
      if ((before.owner.turn - owner.turn || byDue(before.first, first)) < 0) break
    }
    next.splice(at, 0, { owner, first })
    if (next.length > limit) next.pop()
  }
  return next.map(({ owner }) => owner)
}

function firstDue({ heads }: Owner, now: number): Owed | undefined {
  let first: Owed | undefined
  for (const head of heads) if (head.entry.dueAt <= now && (first === undefined || byDue(head, first) < 0)) first = head
  return first
}

function byDue(a: Owed, b: Owed): number {
  return a.entry.dueAt - b.entry.dueAt || a.arrival - b.arrival
}

/** One of each list after the other, as many as asked for. */
function inTurns(lists: readonly Owed[][], limit: number): Owed[] {
  const taken: Owed[] = []
  for (let turn = 0; taken.length < limit; turn++) {
    const before = taken.length
    for (const list of lists) if (turn < list.length && taken.length < limit) taken.push(list[turn] as Owed)
    if (taken.length === before) break
  }
  return taken
}
