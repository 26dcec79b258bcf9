import { hashText } from '../history/fingerprint'

/** How many steps before the cut are remembered one by one. */
const tailLength = 32
/** How many of them have to be there, at least, for a history whose oldest messages are gone to be the same one. */
const leastOverlap = 4

/** What was left out of a history, in a form that holds only for that very history. Plain JSON. */
export interface Cut {
  /** Steps of the history that were decided upon: those behind them are all there. */
  readonly count: number
  /** Hash of these steps, chained: another history has another one. */
  readonly revision: string
  /** Hashes of the last of them, for a history whose oldest messages are not read any more. */
  readonly tail: readonly string[]
  /** Hash of the step behind them: the newest is always there. */
  readonly next: string
  /** Those of the decided steps that were kept: how far each stands before the cut. Descending. */
  readonly kept: readonly number[]
  /** Stands for what was left out. */
  readonly summary?: string
}

/** Writes down a decision. @param kept indices below `count` of the steps that stay */
export function recordCut(prints: readonly string[], count: number, kept: readonly number[], summary?: string): Cut {
  return {
    count,
    revision: revisionOf(prints, count),
    tail: prints.slice(Math.max(0, count - tailLength), count),
    next: prints[count] ?? '',
    kept: kept.map((index) => count - index),
    ...(summary !== undefined && { summary }),
  }
}

/**
 * Where a decision made before cuts this history, or `undefined` where it was made about another one. It holds, too, for
 * a history that has lost steps at its front since: readers of conversations read the newest messages only.
 */
export function placeOfCut(cut: Cut, prints: readonly string[]): number | undefined {
  if (prints.length >= cut.count && revisionOf(prints, cut.count) === cut.revision) return cut.count
  for (let place = Math.min(cut.count, prints.length) - 1; place >= leastOverlap; place--) {
    if (prints[place] === cut.next && endsAlike(cut.tail, prints, place)) return place
  }
  return undefined
}

function endsAlike(tail: readonly string[], prints: readonly string[], place: number): boolean {
  const length = Math.min(place, tail.length)
  for (let back = 1; back <= length; back++) if (tail[tail.length - back] !== prints[place - back]) return false
  return true
}

function revisionOf(prints: readonly string[], count: number): string {
  let revision = ''
  for (let at = 0; at < count; at++) revision = hashText(prints[at] as string, revision)
  return revision
}
