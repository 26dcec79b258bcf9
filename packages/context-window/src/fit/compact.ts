import { type ContextRequest, PfError } from '@pf-agents/agent-core'
import { resultStore } from '../results/result-store'
import { readerName } from '../results/shorten'
import { saveSnapshot } from '../state/snapshot'
import type { Shortened } from '../state/fit-state'
import type { Weigher } from '../tokens/weigher'
import { keepNewest } from '../window/sliding-window'
import type { WindowStrategy } from '../window/window-strategy'
import type { Draft, ResultPlace } from './draft'
import type { ContextStrategyOptions, OffloadOptions } from './options'
import { modelName, type Room } from './room'

/** What a prompt is cut with. */
export interface Compaction {
  draft: Draft
  room: Room
  request: ContextRequest
  options: ContextStrategyOptions
  window: WindowStrategy
  weigher: Weigher
  /** The strategy's. */
  name: string
}

/** Share of the room that one result may have where room is needed. */
const largestShare = 0.25
/** Characters at either end of a result that stay, whatever the need. */
const leastShown = 100

/**
 * Makes room: results that crowd out the rest are shown in part, old results are put aside, then messages are left out,
 * with a summary where the strategy makes one; at the very end, what has to stay is shown in part.
 *
 * @throws PfError PF_MODEL_CONTEXT_LENGTH
 */
export async function compact(compaction: Compaction): Promise<void> {
  const { draft, room, request, options, weigher } = compaction
  const offload = options.offload === true ? {} : options.offload || undefined

  const largest = Math.max(1, Math.floor(room.tokens * largestShare))
  for (const place of unread(draft)) {
    const tokens = weigher.text(place.text)
    if (tokens > largest && place.shortened === undefined)
      draft.shorten(place, await partOf(place, tokens, largest, compaction, offload))
  }
  if (offload !== undefined && draft.tokens > targetOf(compaction)) await putAside(compaction, offload)
  const target = targetOf(compaction)
  if (draft.tokens > target) await leaveOut(compaction, target)
  if (draft.tokens > room.tokens) squeeze(draft, room.tokens, weigher)
  if (draft.tokens > room.tokens) draft.dropSummary()
  if (draft.tokens <= room.tokens) return
  throw new PfError(
    'PF_MODEL_CONTEXT_LENGTH',
    `What has to stay in the prompt takes about ${draft.tokens} tokens, and ${modelName(request)} has room for ${room.tokens}. Send less, pin less, or use a model with a longer window.`,
    { details: { tokens: draft.tokens, room: room.tokens, window: room.window } },
  )
}

/** Tokens to come down to: what has to stay, and a share of the room beside it. */
function targetOf({ draft, room, options, window }: Compaction): number {
  let needed = draft.headTokens + spareOf(window)
  for (const { step } of draft.present()) if (step.fixed) needed += step.tokens
  return needed + Math.floor(Math.max(0, room.tokens - needed) * (options.target ?? 0.5))
}

/** Tokens kept free for a summary. */
function spareOf(window: WindowStrategy): number {
  return window.summarize === undefined ? 0 : (window.summaryTokens ?? 800)
}

/** Leaves steps out, down to the target. */
async function leaveOut({ draft, request, window, room, weigher, name }: Compaction, target: number): Promise<void> {
  const present = draft.present()
  const steps = present.map(({ step }) => step)
  const spare = spareOf(window)
  const places = (kept: Iterable<number>): Set<number> =>
    new Set([...kept].flatMap((index) => (present[index] === undefined ? [] : [present[index].at])))
  const fits = (kept: ReadonlySet<number>): boolean => {
    let tokens = draft.headTokens + spare
    for (const { at, step } of present) if (step.fixed || kept.has(at)) tokens += step.tokens
    return tokens <= room.tokens
  }
  const wanted = target - draft.headTokens - spare
  let kept = places(window.keep(steps, wanted))
  // A strategy of somebody else may keep too much.
  if (!fits(kept)) kept = places(keepNewest(steps, wanted))
  const gone = present.filter(({ at, step }) => !step.fixed && !kept.has(at))
  if (gone.length === 0) return

  const previous = draft.cut?.summary
  const messages = gone.flatMap(({ step }) => step.messages)
  const keep = async (summary: string | undefined): Promise<void> => {
    draft.keep(kept, summary === undefined ? undefined : firstTokens(summary, spare, weigher))
    // Only what stands before this turn is in the history of the next task, too.
    if (draft.cut !== undefined && draft.cut.count <= draft.lastUser)
      await saveSnapshot(request.context, name, draft.cut)
  }
  const made = await window.summarize?.({ messages, previous, context: request.context, keep })
  await keep(made ?? previous)
}

/** Puts the results of all but the newest step aside. */
async function putAside(compaction: Compaction, offload: OffloadOptions): Promise<void> {
  const { draft, weigher } = compaction
  const { minTokens = 1_000, preview = 400 } = offload
  for (const place of unread(draft)) {
    if (place.step >= draft.length - 1 || place.shortened !== undefined) continue
    if (place.text.length <= 2 * preview || weigher.text(place.text) < minTokens) continue
    const id = await keep(place, compaction, offload)
    if (id !== undefined) draft.shorten(place, { head: preview, tail: 0, id })
  }
}

/** Shows what has to stay in part, the largest results first, until it fits. */
function squeeze(draft: Draft, room: number, weigher: Weigher): void {
  const places = draft
    .results()
    .map((place) => ({ place, tokens: shownTokens(place, weigher) }))
    .sort((a, b) => b.tokens - a.tokens)
  for (const { place, tokens } of places) {
    const over = draft.tokens - room
    if (over <= 0) return
    draft.shorten(place, lengths(place, tokens, Math.max(0, tokens - over - 60)))
    if (draft.tokens > room) draft.shorten(place, { ...place.shortened, head: leastShown, tail: leastShown })
  }
}

/** Results but those of the tool that reads results. */
function unread(draft: Draft): ResultPlace[] {
  return draft.results().filter(({ result }) => result.name !== readerName)
}

async function partOf(
  place: ResultPlace,
  tokens: number,
  wanted: number,
  compaction: Compaction,
  offload: OffloadOptions | undefined,
): Promise<Shortened> {
  const id = offload === undefined ? undefined : await keep(place, compaction, offload)
  return { ...lengths(place, tokens, wanted), ...(id !== undefined && { id }) }
}

/** Puts a result aside, and gives the id under which it can be read; `undefined` where it could not be kept. */
async function keep(place: ResultPlace, { request }: Compaction, offload: OffloadOptions): Promise<string | undefined> {
  const id = `r${place.print}`
  const { context } = request
  try {
    if (await resultStore(context, offload)?.put(id, place.text)) return id
  } catch (error) {
    context.log('warn', 'A long result could not be put aside.', { error: String(error) })
  }
  return undefined
}

/** How much to show so that it takes about so many tokens: two thirds of it from the beginning. */
function lengths({ text, shortened }: ResultPlace, tokens: number, wanted: number): Shortened {
  const shown = shortened === undefined ? text.length : shortened.head + shortened.tail
  const length = Math.max(2 * leastShown, Math.floor((shown * wanted * 0.9) / Math.max(1, tokens)))
  const tail = Math.floor(length / 3)
  return { ...shortened, head: length - tail, tail }
}

function shownTokens({ text, shortened }: ResultPlace, weigher: Weigher): number {
  if (shortened === undefined) return weigher.text(text)
  return weigher.text(text.slice(0, shortened.head)) + weigher.text(text.slice(text.length - shortened.tail))
}

/** A text, or as much of its beginning as so many tokens hold. */
function firstTokens(text: string, tokens: number, weigher: Weigher): string {
  let kept = text
  for (let weight = weigher.text(kept); weight > tokens && kept.length > 0; weight = weigher.text(kept)) {
    kept = kept.slice(0, Math.floor((kept.length * tokens * 0.95) / weight))
  }
  return kept
}
