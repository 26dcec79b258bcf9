/** What an id stands for on the client: the role of a message. */
export type MessageKind = 'assistant' | 'user' | 'system' | 'developer' | 'tool' | 'reasoning' | 'activity'

/** Ids of the messages a client holds. One id is one message, of one role: a second use would be lost or appended. */
export class MessageIds {
  readonly #kinds = new Map<string, MessageKind>()
  readonly #owners = new Map<string, string | undefined>()
  /** What an id became that was taken by a message of another role. */
  readonly #aliases = new Map<string, string>()

  kind(id: string): MessageKind | undefined {
    return this.#kinds.get(id)
  }

  owner(id: string): string | undefined {
    return this.#owners.get(id)
  }

  /** The client holds a message. */
  note(id: string, kind: MessageKind, owner?: string): void {
    this.#kinds.set(id, kind)
    if (owner !== undefined) this.#owners.set(id, owner)
  }

  forget(id: string): void {
    this.#kinds.delete(id)
    this.#owners.delete(id)
  }

  all(): IterableIterator<[string, MessageKind]> {
    return this.#kinds.entries()
  }

  /** The id under which messages of this role go where `id` is asked for. */
  resolve(id: string, kind: MessageKind): string {
    return this.#aliases.get(`${kind}\n${id}`) ?? id
  }

  /** Whether an id is taken by a message of another role. */
  isTaken(id: string, kind: MessageKind): boolean {
    const known = this.#kinds.get(id)
    return known !== undefined && known !== kind
  }

  /** Another id in place of one that is taken. */
  alias(id: string, kind: MessageKind): string {
    const free = this.free(`${id}-${kind}`)
    this.#aliases.set(`${kind}\n${id}`, free)
    return free
  }

  /** This id, or one like it that nobody has. */
  free(id: string): string {
    let candidate = id
    for (let count = 2; this.#kinds.has(candidate); count++) candidate = `${id}-${count}`
    return candidate
  }
}
