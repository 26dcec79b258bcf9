import type { ModelMessage, ModelToolResultPart, ModelUserMessage } from '@pf-agents/agent-core'
import type { Fingerprints } from '../history/fingerprint'
import { type History, roleOf, type Step } from '../history/step'
import { shortenResult, shortestText, textOfResult } from '../results/shorten'
import { type Cut, placeOfCut, recordCut } from '../state/cut'
import type { Shortened } from '../state/fit-state'
import type { Weigher } from '../tokens/weigher'

/** A result of a tool in the prompt, and where it stands. */
export interface ResultPlace {
  readonly step: number
  readonly result: ModelToolResultPart
  /** The hash of the whole result. */
  readonly print: string
  /** Its text, whole. */
  readonly text: string
  /** How much of it is shown, where that is not all. */
  readonly shortened: Shortened | undefined
}

interface Slot {
  readonly given: readonly ModelMessage[]
  /** As it is shown; absent until somebody asks: what is not there need not be weighed. */
  tokens?: number
  readonly fixed: boolean
  present: boolean
  /** Results that are shown in part, by call. */
  short?: Map<string, { print: string; entry: Shortened; shown: ModelToolResultPart }>
}

/** A prompt on its way to fit: which steps are there, which results are shown in part, what it weighs. */
export class Draft {
  readonly #head: readonly ModelMessage[]
  readonly #slots: Slot[]
  readonly #weigher: Weigher
  readonly #headTokens: number
  /** Where the last message of the user stands; -1 where there is none. */
  readonly lastUser: number
  #stepTokens: number | undefined
  readonly #fingerprints: Fingerprints
  #prints: readonly string[] | undefined
  #summary: { message: ModelUserMessage; tokens: number } | undefined
  cut: Cut | undefined

  constructor(
    history: History,
    weigher: Weigher,
    fingerprints: Fingerprints,
    pin: ((message: ModelMessage) => boolean) | undefined,
  ) {
    this.#fingerprints = fingerprints
    this.#head = history.head
    this.#weigher = weigher
    this.#headTokens = this.#weigh(history.head)
    const roles = history.steps.map(roleOf)
    this.lastUser = roles.lastIndexOf('user')
    const fixed = pinned(history.steps, pin)
    this.#slots = history.steps.map((given, at) => ({
      given,
      fixed: fixed.has(at) || at === this.lastUser || at === roles.length - 1,
      present: true,
    }))
  }

  /** Tokens of all that is there. */
  get tokens(): number {
    return this.#headTokens + (this.#summary?.tokens ?? 0) + (this.#stepTokens ??= this.#addUp())
  }
  /** Of these, the standing orders. */
  get headTokens(): number {
    return this.#headTokens
  }
  get length(): number {
    return this.#slots.length
  }
  /** Results that are shown in part, by their hash. */
  get short(): Record<string, Shortened> {
    const entries: [string, Shortened][] = []
    for (const slot of this.#slots) {
      if (slot.present) for (const { print, entry } of slot.short?.values() ?? []) entries.push([print, entry])
    }
    // Equal states are equal texts, in whatever order they came about.
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** The steps that are there, with their places. */
  present(): { at: number; step: Step }[] {
    return this.#slots.flatMap((slot, at) => {
      const { present, given, fixed } = slot
      return present
        ? [{ at, step: { messages: given, role: roleOf(given), tokens: this.#tokensOf(slot), fixed } }]
        : []
    })
  }

  /** Cuts as was decided before; false where that was about another history. */
  apply(cut: Cut): boolean {
    const place = placeOfCut(cut, (this.#prints ??= this.#printSteps()))
    if (place === undefined) return false
    const kept = new Set(cut.kept.map((back) => place - back))
    for (let at = 0; at < place; at++) {
      const slot = this.#slots[at] as Slot
      slot.present = slot.fixed || kept.has(at)
    }
    this.cut = cut
    this.#stepTokens = undefined
    this.#summarize(cut.summary)
    return true
  }

  /** Leaves all out but these, of the steps that are there. */
  keep(places: ReadonlySet<number>, summary: string | undefined): void {
    let count = 0
    for (const [at, slot] of this.#slots.entries()) {
      slot.present &&= slot.fixed || places.has(at)
      if (!slot.present) count = at + 1
    }
    const kept: number[] = []
    for (let at = 0; at < count; at++) if (this.#slots[at]?.present) kept.push(at)
    this.cut = recordCut((this.#prints ??= this.#printSteps()), count, kept, summary)
    this.#stepTokens = undefined
    this.#summarize(summary)
  }

  /** Leaves the summary out, too: what has to stay comes first. */
  dropSummary(): void {
    if (this.cut?.summary === undefined) return
    const { summary: _, ...cut } = this.cut
    this.cut = cut
    this.#summarize(undefined)
  }

  /** Shows results in part as they were shown before. */
  restore(short: Readonly<Record<string, Shortened>>): void {
    if (Object.keys(short).length === 0) return
    for (const place of this.results()) {
      const entry = Object.hasOwn(short, place.print) ? short[place.print] : undefined
      if (entry !== undefined) this.shorten(place, entry)
    }
  }

  /** The results that are there and have a text worth shortening, in order. */
  results(): ResultPlace[] {
    const places: ResultPlace[] = []
    for (const [step, slot] of this.#slots.entries()) {
      if (!slot.present) continue
      for (const message of slot.given) {
        if (message.role !== 'tool') continue
        for (const result of message.content) {
          const text = textOfResult(result.parts)
          if (text.length < shortestText) continue
          const print = this.#fingerprints.result(result)
          places.push({ step, result, text, print, shortened: slot.short?.get(result.toolCallId)?.entry })
        }
      }
    }
    return places
  }

  /** Shows a result in part. */
  shorten({ step, result, print }: ResultPlace, entry: Shortened): void {
    const slot = this.#slots[step] as Slot
    const before = slot.short?.get(result.toolCallId)?.shown ?? result
    const shown = shortenResult(result, entry)
    const more = this.#weigher.result(shown) - this.#weigher.result(before)
    slot.tokens = this.#tokensOf(slot) + more
    if (slot.present && this.#stepTokens !== undefined) this.#stepTokens += more
    slot.short ??= new Map()
    slot.short.set(result.toolCallId, { print, entry, shown })
  }

  /** The prompt. */
  messages(): ModelMessage[] {
    const messages = [...this.#head]
    if (this.#summary !== undefined) messages.push(this.#summary.message)
    for (const slot of this.#slots) if (slot.present) messages.push(...shownOf(slot))
    return messages
  }

  /** Messages that are not there, and results that are shown in part. */
  removed(): number {
    let removed = 0
    for (const slot of this.#slots) removed += slot.present ? (slot.short?.size ?? 0) : slot.given.length
    return removed
  }

  #addUp(): number {
    let tokens = 0
    for (const slot of this.#slots) if (slot.present) tokens += this.#tokensOf(slot)
    return tokens
  }

  #tokensOf(slot: Slot): number {
    return (slot.tokens ??= this.#weigh(slot.given))
  }

  #summarize(summary: string | undefined): void {
    if (summary === undefined) {
      this.#summary = undefined
      return
    }
    const text = `<summary of the conversation before>\n${summary}\n</summary>`
    const message: ModelUserMessage = { role: 'user', content: [{ type: 'text', text }] }
    this.#summary = { message, tokens: this.#weigher.message(message) }
  }

  #printSteps(): string[] {
    return this.#slots.map(({ given }) => this.#fingerprints.step(given))
  }

  #weigh(messages: readonly ModelMessage[]): number {
    let tokens = 0
    for (const message of messages) tokens += this.#weigher.message(message)
    return tokens
  }
}

/** The messages of a step, with the results in part that are shown in part. */
function shownOf({ given, short }: Slot): readonly ModelMessage[] {
  if (short === undefined) return given
  return given.map((message): ModelMessage =>
    message.role === 'tool'
      ? { ...message, content: message.content.map((result) => short.get(result.toolCallId)?.shown ?? result) }
      : message,
  )
}

/** Steps with a pinned message, and the messages of the user that their turns began with. */
function pinned(steps: History['steps'], pin: ((message: ModelMessage) => boolean) | undefined): Set<number> {
  const fixed = new Set<number>()
  if (pin === undefined) return fixed
  let user = -1
  for (const [at, messages] of steps.entries()) {
    if (roleOf(messages) === 'user') user = at
    if (!messages.some(pin)) continue
    fixed.add(at)
    if (user >= 0) fixed.add(user)
  }
  return fixed
}
