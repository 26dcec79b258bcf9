/** What an id stands for on the client: the role of a message. */
export type MessageKind = 'assistant' | 'user' | 'system' | 'developer' | 'tool' | 'reasoning' | 'activity'

/** Ids of the messages a client holds. One id is one message, of one role: a second use would be lost or appended. */
export class MessageIds {
  readonly #kinds = new Map<string, MessageKind>()
  #owners: Map<string, string> | undefined
  /** What an id became that was taken by a message of another role. */
  #aliases: Map<string, string> | undefined
  /** Ids that stand in place of others. */
  #given: Set<string> | undefined

  kind(id: string): MessageKind | undefined {
    return this.#kinds.get(id)
  }

  owner(id: string): string | undefined {
    return this.#owners?.get(id)
  }

  /** The client holds a message. */
  note(id: string, kind: MessageKind, owner?: string): void {
    this.#kinds.set(id, kind)
    if (owner !== undefined) (this.#owners ??= new Map()).set(id, owner)
  }

  forget(id: string): void {
    this.#kinds.delete(id)
    this.#owners?.delete(id)
  }

  all(): IterableIterator<[string, MessageKind]> {
    return this.#kinds.entries()
  }

  /** The id under which messages of this role go where `id` is asked for. */
  resolve(id: string, kind: MessageKind): string {
    return this.#alias(id, kind) ?? id
  }

  #alias(id: string, kind: MessageKind): string | undefined {
    return this.#aliases?.get(`${kind}\n${id}`)
  }

  /**
   * The id for a message of this role: another in place of one that is taken by a message of another role, the same
   * each time.
   * @param onTaken - told where the id is taken, the first time
   */
  claim(id: string, kind: MessageKind, onTaken: () => void): string {
    const alias = this.#alias(id, kind)
    if (alias !== undefined) return alias
    const known = this.#kinds.get(id)
    if ((known === undefined || known === kind) && !this.#given?.has(id)) return id
    onTaken()
    const free = this.free(`${id}-${kind}`)
    this.#aliases ??= new Map()
    this.#aliases.set(`${kind}\n${id}`, free)
    this.#given ??= new Set()
    this.#given.add(free)
    return free
  }

  /** Whether an id is taken by a message of another role. */
  isTaken(id: string, kind: MessageKind): boolean {
    const known = this.#kinds.get(id)
    return known !== undefined && known !== kind
  }

  /** This id, or one like it that nobody has. */
  free(id: string): string {
    let candidate = id
    for (let count = 2; this.#kinds.has(candidate); count++) candidate = `${id}-${count}`
    return candidate
  }
}
