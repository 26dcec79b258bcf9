import type { OutboxColumns } from './prepared-commit'

interface Topic {
  owed: number
  readonly owners: Map<string, number>
  readonly groups: Map<string, number>
}

/** Counts the outbox entries of commits that are not written yet. Names are as the columns hold them. */
export class WaitingEntries {
  private readonly topics = new Map<string, Topic>()

  add(entries: readonly OutboxColumns[]): void {
    for (const { topic: name, owner, group } of entries) {
      let topic = this.topics.get(name)
      if (topic === undefined) this.topics.set(name, (topic = { owed: 0, owners: new Map(), groups: new Map() }))
      topic.owed++
      topic.owners.set(owner, (topic.owners.get(owner) ?? 0) + 1)
      topic.groups.set(group, (topic.groups.get(group) ?? 0) + 1)
    }
  }

  /** How many there are of a topic: of one group or one owner where given, but not of both. */
  count(name: string, group?: string, owner?: string): number {
    const topic = this.topics.get(name)
    if (topic === undefined) return 0
    if (group !== undefined) return topic.groups.get(group) ?? 0
    return owner === undefined ? topic.owed : (topic.owners.get(owner) ?? 0)
  }

  /** They are being written. */
  clear(): void {
    this.topics.clear()
  }
}
