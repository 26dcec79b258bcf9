import type { StreamResponse } from '@pf-agents/a2a-protocol'

/** Events of a connection that the next one is compared with. */
const maxEvents = 1_000

/**
 * Knows an agent that tells the same on each connection, where its events have no numbers: what stands where it stood on the
 * connection before, behind nothing that differs, is nothing new. A first subscription has none before it.
 */
export class Repetition {
  #before: readonly string[] | undefined
  #told: string[] | undefined
  #differs = true

  /** A new connection begins. The first is that of the call itself: nothing of it is kept, as most streams have no other. */
  connected(isFirst: boolean): void {
    this.#before = this.#told
    this.#told = isFirst ? undefined : []
    this.#differs = this.#before === undefined
  }

  /** Whether the connection before this one told the same event at this place. Is asked of each event, in order. */
  has(event: StreamResponse): boolean {
    if (this.#told === undefined || this.#told.length >= maxEvents) return false
    const mark = markOf(JSON.stringify(event))
    const index = this.#told.push(mark) - 1
    this.#differs ||= this.#before?.[index] !== mark
    return !this.#differs
  }
}

/** A few characters in place of a text that may be long. Nobody gains by two that have the same. */
function markOf(text: string): string {
  let [a, b] = [0x811c9dc5, 0x9747b28c]
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x85ebca6b)
  }
  return `${text.length} ${a} ${b}`
}
