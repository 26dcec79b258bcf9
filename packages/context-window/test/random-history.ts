import type { ModelAssistantPart, ModelMessage, ModelToolResultPart, ModelUserPart, Part } from '@pf-agents/agent-core'
import type { SeededRandom } from '@pf-agents/agent-core/testing'

/** Marks a message that has to stay. */
export const pinMark = '(keep this)'

/** Makes conversations of every shape: parallel calls, pauses, files, thoughts, orders in the middle, broken pairs. */
export class RandomHistory {
  readonly messages: ModelMessage[] = []
  readonly #random: SeededRandom
  /** Whether calls and results may come without each other. */
  readonly #broken: boolean
  #calls = 0
  #words = 0

  constructor(random: SeededRandom, broken = false) {
    this.#random = random
    this.#broken = broken
    for (let left = random.below(3); left > 0; left--) this.messages.push({ role: 'system', text: this.#text(40) })
  }

  /** A message of the user and what follows, up to the next. */
  addTurn(): void {
    if (!this.#chance(0.05)) this.messages.push({ role: 'user', content: this.#userParts() })
    for (let left = this.#random.below(4); left > 0; left--) this.addStep()
  }

  /** What a model says once, with the results of what it calls. */
  addStep(): void {
    if (this.#chance(0.04)) this.messages.push({ role: 'system', text: this.#text(20) })
    const content: ModelAssistantPart[] = []
    if (this.#chance(0.2))
      content.push({ type: 'reasoning', text: this.#text(30), providerData: { p: { s: 'x'.repeat(50) } } })
    if (this.#chance(0.7)) content.push({ type: 'text', text: this.#text(60) })
    if (this.#chance(0.05)) content.push({ type: 'opaque', provider: 'p', data: { n: this.#random.below(1000) } })
    const calls = this.#chance(0.5) ? 1 + this.#random.below(4) : 0
    const results: ModelToolResultPart[] = []
    for (let left = calls; left > 0; left--) {
      const toolCallId = this.#chance(0.1) ? `call-${left}` : `c${++this.#calls}`
      const name = this.#chance(0.1) ? 'policy' : 'search'
      if (content.some((part) => part.type === 'tool-call' && part.toolCallId === toolCallId)) continue
      content.push({ type: 'tool-call', toolCallId, name, arguments: JSON.stringify({ q: this.#text(8) }) })
      if (!this.#broken || !this.#chance(0.1))
        results.push({ type: 'tool-result', toolCallId, name, parts: this.#resultParts() })
    }
    if (content.length === 0) content.push({ type: 'text', text: this.#text(10) })
    this.messages.push({ role: 'assistant', content })
    if (this.#broken && this.#chance(0.1)) {
      results.push({
        type: 'tool-result',
        toolCallId: `stray-${++this.#calls}`,
        name: 'search',
        parts: [{ text: 'stray' }],
      })
    }
    if (results.length === 0) return
    const half = this.#random.below(results.length)
    if (half > 0 && this.#chance(0.2)) {
      this.messages.push(
        { role: 'tool', content: results.slice(0, half) },
        { role: 'tool', content: results.slice(half) },
      )
    } else this.messages.push({ role: 'tool', content: results })
  }

  #userParts(): ModelUserPart[] {
    const parts: ModelUserPart[] = [{ type: 'text', text: this.#text(80) + (this.#chance(0.06) ? pinMark : '') }]
    if (this.#chance(0.1)) parts.push({ type: 'file', mediaType: 'image/png', raw: 'iVBORw0K' })
    return parts
  }

  #resultParts(): Part[] {
    const length = this.#chance(0.15) ? 900 : 30
    const text = this.#text(length) + (this.#chance(0.04) ? pinMark : '')
    const parts: Part[] = [this.#chance(0.3) ? { data: { text } } : { text }]
    if (this.#chance(0.08)) parts.push({ raw: 'AAAA', mediaType: 'image/png' })
    return parts
  }

  /** Words that no other message has. */
  #text(most: number): string {
    const words: string[] = []
    for (let left = 1 + this.#random.below(most); left > 0; left--) words.push(`w${(this.#words++).toString(36)}`)
    return words.join(' ')
  }

  #chance(share: number): boolean {
    return this.#random.fraction() < share
  }
}
