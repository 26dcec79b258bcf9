import { clockPort, type JsonObject, type RunContext, systemClock } from '@pf-agents/agent-core'
import { sleep, StopSignal } from '@pf-agents/http-kit'
import { keptName } from '../loop/kept-names'
import { checkLive, scopeOf } from '../loop/scope'
import { mistake } from '../tool/thrown'
import { isObject } from '../wire/json'
import { takeEarlier } from './earlier-runs'
import type { Asked, Kept, KeptKey, Place } from './kept-run'

/** For how long a request lets others go first where it may be that they never come. */
export const patienceMs = 5000
/** How many runs, none of which waits for a model, may leave out a request before it is forgotten. */
const runsKept = 20

/** What a task's state has of the runs that made requests: their numbers, newest first, and those since nothing waited. */
interface Order {
  runs: string[][]
  chain: string[]
}

/**
 * What earlier runs of a task have kept of the requests of one handler or tool call, and whose it is. A key says so.
 * Without one it belongs to whoever says the very same; and while one of them waits, so that all before it are made again,
 * also to whoever differs by the message alone. Nobody else is given it: what is worded otherwise is new, or, where it may
 * be one that would begin its work anew, refused.
 *
 * Requests without a key have numbers. What is over is forgotten where nothing waits and many runs have not asked for it.
 */
export class KeptLoops {
  readonly #context: RunContext
  /** By number: what none of this run has asked for yet. */
  readonly #left = new Map<string, Kept>()
  /** The numbers that earlier runs made, newest first. */
  readonly #runs: string[][] = []
  /** Where those that wait are, as long as they are not made again, whether they have a key or not. */
  readonly #waiting = new Set<string>()
  readonly #isWaiting: boolean = false
  readonly #made: string[] = []
  /** What requests with a key say. */
  readonly #keys = new Map<string, string>()
  readonly #retried = new Set<string>()
  /** What was given to who says something else: where its owner comes after all, the two were mixed up. */
  readonly #overtaken = new Set<string>()
  /** What was made since a run had nothing to wait for: behind a question of its own, a handler goes another way. */
  readonly #chain = new Set<string>()
  #isNewMade = false
  /** Requests that let others go first, to be told when one has. */
  readonly #patient = new Set<() => void>()
  #next = 1

  constructor(context: RunContext) {
    this.#context = context
    if (!scopeOf(context).isKept) return
    const { task } = context.state
    const numbered = keptName(context, 'number', '')
    const scope = numbered.slice(0, -1)
    for (const [slot, kept] of Object.entries(task.all())) {
      const name = slot.slice(numbered.length)
      if (!slot.startsWith(scope) || name.includes('/') || !isKeptLoop(kept)) continue
      if (kept.waiting !== undefined) this.#waiting.add(slot)
      if (slot.startsWith(numbered)) this.#left.set(name, kept)
    }
    this.#isWaiting = this.#waiting.size > 0
    const all = [...this.#left.keys()]
    this.#next += Math.max(0, ...all.map(Number))
    const { runs, chain } = (task.get(keptName(context, 'order', '')) as Order | undefined) ?? {
      runs: [all],
      chain: all,
    }
    for (const number of this.#isWaiting ? chain : []) this.#chain.add(number)
    const isLasting = (number: string): boolean => this.#isWaiting || runs.some((one) => one.includes(number))
    for (const number of all.filter((one) => !isLasting(one))) {
      this.#left.delete(number)
      task.set(numbered + number, undefined)
    }
    if (all.length > 0) this.#runs = this.#isWaiting ? [runs[0] ?? [], all] : runs.slice(0, runsKept - 1)
  }

  /** Of a request with a key. @throws PfError PF_CONFIG_INVALID where another that says something else, or is not over, has it */
  byKey(key: string, { print }: Asked): Place {
    const asked = { shape: '', print: '' }
    const place = placeOf(this.#context, { ...asked, by: 'key', name: key })
    const before = this.#keys.get(key)
    if (before !== undefined && (before !== print || place.found?.done === undefined))
      throw mistake(`Two requests to the model have the key "${key}". Give each a key of its own.`)
    if (scopeOf(this.#context).isKept) this.#keys.set(key, print)
    this.#waiting.delete(place.slot)
    if (place.found === undefined) this.#isNewMade = true
    // Who tries once more in the same run wants it tried.
    return this.#retried.has(key) && place.found?.failed ? { ...asked, slot: place.slot } : place
  }

  /** A request with a key failed: it may be made again. */
  release(key: string | undefined): void {
    if (key === undefined) return
    this.#keys.delete(key)
    this.#retried.add(key)
  }

  /** Of the next request without a key. @throws PfError PF_CONFIG_INVALID where it may be one that an earlier run made in other words */
  async byWords(asked: Asked): Promise<Place> {
    let number = this.#same(asked)
    if (number === undefined) {
      if (this.#overtaken.has(asked.print)) throw mistake(unclear)
      if (this.#isWaiting) await this.#othersFirst(this.#mayBe(asked))
      number = `${this.#next++}`
      this.#isNewMade = true
    }
    const found = this.#left.get(number)
    if (found !== undefined && found.print !== asked.print) this.#overtaken.add(found.print)
    this.#make(number)
    if (this.#runs.length === 0) return placeOf(this.#context, { ...asked, by: 'number', name: number })
    return { ...asked, slot: keptName(this.#context, 'number', number), ...(found && { found }) }
  }

  /** Says in the log what has been waiting, and is not any more, though something new was begun. */
  tellLost(): void {
    if (this.#isNewMade && this.#waiting.size > 0) this.#context.log('warn', lost)
  }

  /** The number of the same request, of this message or of the one before the answer; the first, where there are several. */
  #same(asked: Asked): string | undefined {
    const { print } = asked
    const where = (test: (kept: Kept) => boolean | undefined): string | undefined =>
      [...this.#left].flatMap(([number, kept]) => (test(kept) ? [number] : [])).toSorted((a, b) => +a - +b)[0]
    const exact = where((kept) => kept.print === print)
    if (exact !== undefined || !this.#isWaiting) return exact
    return where(({ rests = [] }) => rests.some((one) => asked.rests?.includes(one)))
  }

  /** What this may be, in other words, where it would begin anew what has asked somebody, or used a tool. */
  #mayBe({ kind, said }: Asked): string[] {
    return [...this.#left].flatMap(([number, kept]) => {
      const isAlike = kept.kind === kind || kept.said === said
      const hasActed = (kept.done ?? kept.failed)?.hasActed === true && this.#chain.has(number)
      return isAlike && (kept.waiting !== undefined || hasActed) ? [number] : []
    })
  }

  /** Requests side by side come in any order: this one is new if all that it may be come for themselves. */
  async #othersFirst(others: readonly string[]): Promise<void> {
    const areLeft = (): boolean => others.some((number) => this.#left.has(number))
    if (!areLeft()) return
    checkLive(this.#context)
    const { signal, services, deadline } = this.#context
    const clock = services.find(clockPort) ?? systemClock
    // Whoever has less time is told all the same.
    const left = Math.min(deadline, scopeOf(this.#context).until ?? deadline) - clock.now()
    const stop = new StopSignal()
    const end = (): void => stop.abort(undefined)
    const look = (): void => {
      if (!areLeft()) end()
    }
    this.#patient.add(look)
    signal.addEventListener('abort', end)
    await sleep(Math.max(0, Math.min(patienceMs, left / 2)), { signal: stop, clock }).catch(() => {})
    signal.removeEventListener('abort', end)
    this.#patient.delete(look)
    checkLive(this.#context)
    if (areLeft()) throw mistake(unclear)
  }

  /** This run makes it. */
  #make(number: string): void {
    this.#left.delete(number)
    this.#waiting.delete(keptName(this.#context, 'number', number))
    this.#made.push(number)
    this.#chain.add(number)
    const order: Order = { runs: [[...this.#made], ...this.#runs], chain: [...this.#chain] }
    if (this.#runs.length > 0) this.#context.state.task.set(keptName(this.#context, 'order', ''), { ...order })
    for (const look of this.#patient) look()
  }
}

const lost =
  'A request to the model that had to wait was not made again after the answer, and another was: what was answered is lost. Is it worded otherwise? Give it a key: ctx.llm.run({ key, … }).'

const unclear =
  'A request to the model may be, in other words, one that was made before the answer and is not made again: to begin it anew could do things twice. Give each request a key: ctx.llm.run({ key, … }).'

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
