import { type Run, step } from './run'

/** The first half of a character that JavaScript counts as two, with the other behind it. */
const firstHalf = /[\ud800-\udbff](?=[\udc00-\udfff])/g

/** How much of a text is copied at once. */
const piece = 65_536

/** Whether a text has fewer characters than that. It is looked through only where its length in halves leaves it open. */
export function isShorter(text: string, least: number, run: Run): boolean {
  return text.length < least || (text.length < 2 * least && lengthOf(text, run) < least)
}

/** Whether a text has more characters than that. See {@link isShorter}. */
export function isLonger(text: string, most: number, run: Run): boolean {
  return text.length > 2 * most || (text.length > most && lengthOf(text, run) > most)
}

/** In characters, not in the halves that JavaScript counts. A text is looked through once, however often it is asked for. */
export function lengthOf(text: string, run: Run): number {
  const { first } = run
  if (first.measured?.text === text) return first.measured.length
  let { length } = text
  for (let at = 0; at < text.length; at += piece) {
    // One more than a piece: the other half of its last character may be there.
    const part = text.slice(at, at + piece + 1)
    const pairs = part.length - part.replace(firstHalf, '').length
    stepThrough(part, run)
    step(run, pairs)
    length -= pairs
  }
  first.measured = { text, length }
  return length
}

/** Counts what it takes to look through a text: engines do many characters in the time of another step. */
export function stepThrough(text: string, run: Run): void {
  step(run, text.length / 50)
}
