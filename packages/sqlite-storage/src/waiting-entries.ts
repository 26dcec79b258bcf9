import type { OutboxColumns } from './prepared-commit'

interface Owed {
  entries: number
  bytes: number
}

interface Topic extends Owed {
  readonly owners: Map<string, Owed>
  readonly groups: Map<string, number>
}

/** Counts the outbox entries of commits that are not written yet. Names are as the columns hold them. */
export class WaitingEntries {
  private readonly topics = new Map<string, Topic>()

  add(entries: readonly OutboxColumns[]): void {
    for (const { topic: name, owner, group, body } of entries) {
      let topic = this.topics.get(name)
      if (topic === undefined)
        this.topics.set(name, (topic = { entries: 0, bytes: 0, owners: new Map(), groups: new Map() }))
      let owned = topic.owners.get(owner)
      if (owned === undefined) topic.owners.set(owner, (owned = { entries: 0, bytes: 0 }))
      const bytes = Buffer.byteLength(body)
      for (const one of [topic, owned]) {
        one.entries++
        one.bytes += bytes
      }
      topic.groups.set(group, (topic.groups.get(group) ?? 0) + 1)
    }
  }

  /** How many there are of a topic: of one group or one owner where given, but not of both. */
  count(name: string, group?: string, owner?: string): number {
    const topic = this.topics.get(name)
    if (topic === undefined) return 0
    if (group !== undefined) return topic.groups.get(group) ?? 0
    return (owner === undefined ? topic : topic.owners.get(owner))?.entries ?? 0
  }

  /** How many bytes their bodies have. */
  bytes(name: string, owner?: string): number {
    const topic = this.topics.get(name)
    return (owner === undefined ? topic : topic?.owners.get(owner))?.bytes ?? 0
  }

  /** They are being written. */
  clear(): void {
    this.topics.clear()
  }
}
