import { termsOf } from './terms'

/** Saturation of repeated terms, and how much long texts count less (BM25's usual values). */
const saturation = 1.2
const lengthShare = 0.75

interface Entry {
  readonly text: string
  readonly counts: ReadonlyMap<string, number>
  readonly length: number
}

/** Texts by key words, ranked by BM25. Holds the newest so many. */
export class KeywordIndex {
  readonly #maxEntries: number
  /** By text: oldest first, each text once. */
  readonly #entries = new Map<string, Entry>()
  readonly #postings = new Map<string, Set<Entry>>()
  #length = 0

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  get size(): number {
    return this.#entries.size
  }

  /** Adds a text as the newest; one that is there already becomes the newest. */
  add(text: string): void {
    this.#remove(text)
    const terms = termsOf(text)
    const counts = new Map<string, number>()
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
    const entry: Entry = { text, counts, length: terms.length }
    this.#entries.set(text, entry)
    this.#length += entry.length
    for (const term of counts.keys()) {
      const posting = this.#postings.get(term)
      if (posting === undefined) this.#postings.set(term, new Set([entry]))
      else posting.add(entry)
    }
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxEntries) break
      this.#remove(oldest)
    }
  }

  /** The texts that have a word of the query, best first; among equals the newest first. */
  search(query: string, limit: number): { text: string; score: number }[] {
    const scores = new Map<Entry, number>()
    const average = this.#length / Math.max(1, this.#entries.size)
    for (const term of new Set(termsOf(query))) {
      const posting = this.#postings.get(term)
      if (posting === undefined) continue
      const rarity = Math.log(1 + (this.#entries.size - posting.size + 0.5) / (posting.size + 0.5))
      for (const entry of posting) {
        const count = entry.counts.get(term) as number
        const norm = saturation * (1 - lengthShare + (lengthShare * entry.length) / average)
        scores.set(entry, (scores.get(entry) ?? 0) + (rarity * count * (saturation + 1)) / (count + norm))
      }
    }
    const age = new Map([...this.#entries.values()].map((entry, index) => [entry, index]))
    return [...scores]
      .sort(([a, first], [b, second]) => second - first || (age.get(b) as number) - (age.get(a) as number))
      .slice(0, Math.max(0, limit))
      .map(([{ text }, score]) => ({ text, score }))
  }

  #remove(text: string): void {
    const entry = this.#entries.get(text)
    if (entry === undefined) return
    this.#entries.delete(text)
    this.#length -= entry.length
    for (const term of entry.counts.keys()) {
      const posting = this.#postings.get(term)
      posting?.delete(entry)
      if (posting?.size === 0) this.#postings.delete(term)
    }
  }
}
