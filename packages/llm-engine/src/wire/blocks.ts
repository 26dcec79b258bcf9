import type { ModelStreamPart, ProviderData } from '@pf-agents/agent-core'
import type { PartSink } from './wire'

/** Text and thoughts of a wire that has but one stream of them: a block ends where the kind changes. */
export class Blocks {
  readonly #sink: PartSink
  #open: 'text' | 'reasoning' | undefined
  #id = ''
  #count = 0

  constructor(sink: PartSink) {
    this.#sink = sink
  }

  /** The kind of the open block. */
  get open(): 'text' | 'reasoning' | undefined {
    return this.#open
  }

  text(delta: string): void {
    if (this.#open !== 'text') this.begin('text')
    this.#sink.parts.push({ type: 'text-delta', id: this.#id, delta })
  }

  reasoning(delta: string): void {
    if (this.#open !== 'reasoning') this.begin('reasoning')
    this.#sink.parts.push({ type: 'reasoning-delta', id: this.#id, delta })
  }

  begin(kind: 'text' | 'reasoning'): void {
    this.end()
    this.#open = kind
    this.#id = String(this.#count++)
    this.#sink.parts.push({ type: `${kind}-start`, id: this.#id } as ModelStreamPart)
  }

  end(providerData?: ProviderData): void {
    if (this.#open === undefined) return
    this.#sink.parts.push({
      type: `${this.#open}-end`,
      id: this.#id,
      ...(providerData && { providerData }),
    } as ModelStreamPart)
    this.#open = undefined
  }
}
