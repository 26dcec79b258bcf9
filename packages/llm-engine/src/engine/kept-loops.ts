import type { JsonObject, RunContext } from '@pf-agents/agent-core'
import { keptName } from '../loop/kept-names'
import { scopeOf } from '../loop/scope'
import { mistake } from '../tool/thrown'
import { isObject } from '../wire/json'
import { takeEarlier } from './earlier-runs'
import type { Kept, KeptKey, Place } from './kept-run'

/**
 * What earlier runs of a task have kept of the requests of one handler or tool call, and whose it is. A key says so.
 * Without one it belongs to the very same request; and while one of them waits, so that all before it are made again, to
 * the request that has its place in their order, whatever the words are this time: prompts are made of messages, and
 * instructions tell the time.
 */
export class KeptLoops {
  readonly #context: RunContext
  /** Of requests without a key: what none has asked for yet, by where it stands. */
  readonly #left = new Map<string, Kept>()
  readonly #taken = new Set<string>()
  /** What was asked for, in other words, by whoever had its place: where it is asked for after all, the two were mixed up. */
  readonly #overtaken = new Set<string>()
  #isWaiting = false
  #count = 0

  constructor(context: RunContext) {
    this.#context = context
    if (!scopeOf(context).isKept) return
    const prefix = keptName(context, 'number', '')
    for (const [slot, kept] of Object.entries(context.state.task.all())) {
      if (!slot.startsWith(prefix) || slot.includes('/', prefix.length) || !isKeptLoop(kept)) continue
      this.#left.set(slot, kept)
      this.#isWaiting ||= kept.waiting !== undefined
    }
  }

  /** Of a request with a key. @throws PfError PF_CONFIG_INVALID where another that is not over has the same */
  byKey(key: string): Place {
    const place = placeOf(this.#context, { by: 'key', name: key, shape: '', print: '' })
    if (this.#taken.has(place.slot) && place.found?.done === undefined)
      throw mistake(`Two requests to the model have the key "${key}". Give each a key of its own.`)
    if (scopeOf(this.#context).isKept) this.#taken.add(place.slot)
    return place
  }

  /** Of the next request without a key. @throws PfError PF_CONFIG_INVALID where it can't be told which it is */
  byPlace(shape: string, print: string): Place {
    const own = `${++this.#count}`
    const slot = keptName(this.#context, 'number', own)
    const same = [...this.#left].flatMap(([at, kept]) => (kept.print === print ? [at] : []))
    let at = same.includes(slot) ? slot : same[0]
    if (at === undefined && this.#overtaken.has(print)) throw mistake(unclear)
    if (at === undefined && this.#isWaiting && this.#left.has(slot)) {
      if (this.#left.get(slot)?.shape !== shape && [...this.#left.values()].some((one) => one.shape === shape))
        throw mistake(unclear)
      at = slot
      this.#overtaken.add(this.#left.get(slot)?.print ?? '')
    }
    if (at !== undefined) {
      const found = this.#left.get(at) as Kept
      this.#take(at)
      return { slot: at, shape, print, found }
    }
    const place =
      this.#left.size > 0 ? { slot, shape, print } : placeOf(this.#context, { by: 'number', name: own, shape, print })
    for (let count = this.#count; this.#taken.has(place.slot);)
      place.slot = keptName(this.#context, 'number', `${++count}`)
    this.#take(place.slot)
    return place
  }

  /** The handler or tool call waits: what was kept of requests that it does not make any more is never asked for. */
  leave(): void {
    if (this.#isWaiting) return
    for (const slot of this.#left.keys()) this.#context.state.task.set(slot, undefined)
  }

  #take(slot: string): void {
    this.#left.delete(slot)
    this.#taken.add(slot)
  }
}

const unclear =
  'It can not be told which request to the model this is: their order is not what it was before the answer, nor are their words. Give each of the requests a key: ctx.llm.run({ key, … }).'

/** The place of a request that is told from others by what it is called. */
export function placeOf(context: RunContext, key: KeptKey): Place {
  const { shape, print } = key
  const slot = keptName(context, key.by, key.name)
  if (!scopeOf(context).isKept) return { slot, shape, print }
  const { task } = context.state
  const kept = task.get(slot)
  if (isKeptLoop(kept)) return { slot, shape, print, found: kept }
  const earlier = takeEarlier(context, key)
  if (earlier === undefined) return { slot, shape, print }
  task.set(slot, earlier as unknown as JsonObject)
  return { slot, shape, print, found: earlier }
}

function isKeptLoop(value: unknown): value is Kept {
  return isObject(value)
}
