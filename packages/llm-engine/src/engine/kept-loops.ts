import { clockPort, type JsonObject, type RunContext } from '@pf-agents/agent-core'
import { sleep, StopSignal } from '@pf-agents/http-kit'
import { keptName } from '../loop/kept-names'
import { checkLive, scopeOf } from '../loop/scope'
import { mistake } from '../tool/thrown'
import { isObject } from '../wire/json'
import { takeEarlier } from './earlier-runs'
import type { Asked, Kept, KeptKey, Place } from './kept-run'

/** For how long a request lets others go first where it may be that they never come. */
export const patienceMs = 2000
/** How many runs, none of which waits for a model, may leave out a request before it is forgotten. */
const runsKept = 20

/**
 * What earlier runs of a task have kept of the requests of one handler or tool call, and whose it is. A key says so.
 * Without one it belongs to the very same request. While one of them waits, so that all before it are made again, it
 * belongs also to a request that differs by the message alone, and, where nobody comes whose words they are, to what has
 * its place in their order: instructions tell the time.
 *
 * Requests without a key have numbers. What is over is forgotten where nothing waits and many runs have not asked for it.
 */
export class KeptLoops {
  readonly #context: RunContext
  /** By number: what none of this run has asked for yet. */
  readonly #left = new Map<string, Kept>()
  /** Their numbers in the order of the last run that asked. */
  readonly #last: readonly string[] = []
  /** Numbers that later runs may still ask for, whether this one does or not: what earlier ones did, newest first. */
  readonly #still: string[][] = []
  readonly #isLater: boolean = false
  readonly #isWaiting: boolean = false
  readonly #made: string[] = []
  /** What requests with a key say. */
  readonly #keys = new Map<string, string>()
  /** What somebody else asked for in its place: where it is asked for after all, the two were mixed up. */
  readonly #overtaken = new Set<string>()
  /** Requests that let others go first, by the number that they would take. */
  readonly #patient = new Map<string, StopSignal>()
  #isInOrder = false
  #count = 0

  constructor(context: RunContext) {
    this.#context = context
    if (!scopeOf(context).isKept) return
    const { task } = context.state
    const prefix = keptName(context, 'number', '')
    const runs = task.get(keptName(context, 'order', '')) as string[][] | undefined
    const last: string[] = runs?.[0] ?? []
    for (const [slot, kept] of Object.entries(task.all())) {
      const number = slot.slice(prefix.length)
      if (!slot.startsWith(prefix) || number.includes('/') || !isKeptLoop(kept)) continue
      this.#left.set(number, kept)
      // The first run asked in the order of their numbers; some may have failed.
      if (runs === undefined) last[Number(number) - 1] = number
    }
    this.#last = last
    this.#isWaiting = this.#isAnyWaiting()
    for (const number of this.#left.keys()) {
      if (this.#isWaiting || runs === undefined || runs.some((one) => one.includes(number))) continue
      this.#left.delete(number)
      task.set(prefix + number, undefined)
    }
    this.#isLater = this.#left.size > 0
    this.#still = this.#isWaiting ? [[...this.#left.keys()]] : (runs ?? [last.filter(Boolean)]).slice(0, runsKept - 1)
  }

  /** Of a request with a key. @throws PfError PF_CONFIG_INVALID where another that says something else, or is not over, has it */
  byKey(key: string, { print }: Asked): Place {
    const place = placeOf(this.#context, { by: 'key', name: key, shape: '', print: '' })
    const before = this.#keys.get(key)
    if (before !== undefined && (before !== print || place.found?.done === undefined))
      throw mistake(`Two requests to the model have the key "${key}". Give each a key of its own.`)
    if (scopeOf(this.#context).isKept) this.#keys.set(key, print)
    return place
  }

  /** A request with a key failed: it may be made again. */
  release(key: string | undefined): void {
    if (key !== undefined) this.#keys.delete(key)
  }

  /** Of the next request without a key. @throws PfError PF_CONFIG_INVALID where it can't be told which it is */
  async byWords(asked: Asked): Promise<Place> {
    const own = `${++this.#count}`
    if (!this.#isLater) return placeOf(this.#context, { ...asked, by: 'number', name: this.#make(own) })
    const inPlace = this.#last[this.#count - 1]
    let number = this.#same(asked, inPlace)
    if (number === undefined && this.#overtaken.has(asked.print)) throw mistake(unclear)
    if (number === undefined && inPlace !== undefined && this.#mayTake(inPlace)) {
      if (!this.#isInOrder) await this.#letGoFirst(inPlace)
      if (this.#mayTake(inPlace)) number = this.#take(inPlace, asked)
    }
    const found = number === undefined ? undefined : this.#left.get(number)
    const slot = keptName(this.#context, 'number', this.#make(number ?? this.#free()))
    return { ...asked, slot, ...(found && { found }) }
  }

  /** The number of the same request, of this message or of the one before the answer. */
  #same({ print, words }: Asked, inPlace: string | undefined): string | undefined {
    const all = [...this.#left]
    let same = all.filter(([, kept]) => kept.print === print)
    if (same.length === 0 && this.#isWaiting) same = all.filter(([, kept]) => kept.words === words)
    return (same.find(([number]) => number === inPlace) ?? same[0])?.[0]
  }

  #isAnyWaiting(): boolean {
    return [...this.#left.values()].some(({ waiting }) => waiting !== undefined)
  }

  /** Behind the last one that waits everything is new. */
  #mayTake(number: string): boolean {
    return this.#left.has(number) && this.#isAnyWaiting()
  }

  /** Requests side by side come in any order: whose words are not known may be a new one, and the owner be on its way. */
  async #letGoFirst(number: string): Promise<void> {
    checkLive(this.#context)
    const { signal, services, log } = this.#context
    const stop = new StopSignal()
    const end = (): void => stop.abort(undefined)
    this.#patient.set(number, stop)
    signal.addEventListener('abort', end)
    try {
      await sleep(patienceMs, { signal: stop, clock: services.find(clockPort) })
      this.#isInOrder = true
      log('warn', 'A request to the model is not worded as before the answer. Give it a key: ctx.llm.run({ key, … }).')
    } catch {
      // Its owner is there, or the run is over.
    } finally {
      signal.removeEventListener('abort', end)
      this.#patient.delete(number)
    }
  }

  #take(number: string, { shape }: Asked): string {
    const kept = this.#left.get(number)
    if (kept?.shape !== shape && [...this.#left.values()].some((one) => one.shape === shape)) throw mistake(unclear)
    this.#overtaken.add(kept?.print ?? '')
    return number
  }

  #free(): string {
    let free = this.#count
    while (this.#left.has(`${free}`) || this.#made.includes(`${free}`)) free++
    return `${free}`
  }

  /** This run makes it. */
  #make(number: string): string {
    this.#left.delete(number)
    this.#made.push(number)
    if (this.#isLater) {
      this.#context.state.task.set(keptName(this.#context, 'order', ''), [[...this.#made], ...this.#still])
    }
    const isDone = !this.#isAnyWaiting()
    for (const [one, stop] of this.#patient) if (isDone || one === number) stop.abort(undefined)
    return number
  }
}

const unclear =
  'It can not be told which request to the model this is: their order is not what it was before the answer, nor are their words. Give each of the requests a key: ctx.llm.run({ key, … }).'

/** The place of a request that is told from others by what it is called. */
export function placeOf(context: RunContext, { by, name, ...asked }: KeptKey): Place {
  const slot = keptName(context, by, name)
  if (!scopeOf(context).isKept) return { ...asked, slot }
  const { task } = context.state
  const kept = task.get(slot)
  if (isKeptLoop(kept)) return { ...asked, slot, found: kept }
  const earlier = takeEarlier(context, { by, name, ...asked })
  if (earlier === undefined) return { ...asked, slot }
  task.set(slot, earlier as unknown as JsonObject)
  return { ...asked, slot, found: earlier }
}

function isKeptLoop(value: unknown): value is Kept {
  return isObject(value)
}
