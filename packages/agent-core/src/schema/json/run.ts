import type { SchemaIssue } from '../schema'
import type { Check, Seen } from './check'

/** Enough problems for people and models. */
const mostIssues = 50

/** How deep schemas lead into one another. Counted here, as engines differ in what their stacks take. */
export const mostLevels = 500

/** What values of the size of a request take with schemas of some hundred parts; about a second on Node. */
export const usualSteps = 10_000_000

/** Steps that most checks are done in. Later ones keep what a reference says of a part: it may be asked again. */
const stepsBeforeKeeping = 1000

/** One walk through a value: what it has done, and how much it is to tell. */
export interface Run {
  /** How many problems are enough. */
  readonly most: number
  /** The walk that one problem is enough for, and where the work of both is counted. */
  readonly first: Run
  /** What schemas that references lead to said of values. */
  readonly results: Map<Check, Map<unknown, { issues: SchemaIssue[] | undefined; seen: Seen | undefined }>>
  readonly keepsAfter: number
  readonly mostSteps: number
  /** Numbers of values that were compared: by their texts, and of lists and objects by themselves, too. */
  readonly numbers: Map<unknown, number>
  /** The text whose characters were counted last. */
  measured?: { text: string; length: number }
  steps: number
  levels: number
}

const tooDeep = 'The value is nested too deeply.'

/** Ends a walk that is none to go on with. */
class Refusal extends Error {}

/** Whether an error is what the engines, each in its way, say of a full stack. */
export function isStackFull(error: unknown): boolean {
  return /^(Range|Internal)Error$/.test((error as Error).name)
}

/** Counts steps. */
export function step({ first }: Run, count = 1): void {
  if ((first.steps += count) > first.mostSteps) throw new Refusal('The value takes too long to check.')
}

/** Goes a level down. The way up is `run.first.levels--`. */
export function goDown(run: Run): void {
  step(run)
  if (++run.first.levels > mostLevels) throw new Refusal(tooDeep)
}

/** Checks once: the same part of a value may be asked for by each of many branches, at each of its levels. */
export function once(check: Check, value: unknown, run: Run, seen: Seen | undefined): SchemaIssue[] | undefined {
  if (run.first.steps < run.keepsAfter) return check(value, run, seen)
  let results = run.results.get(check)
  if (results === undefined) run.results.set(check, (results = new Map()))
  let result = results.get(value)
  // What was looked at is only noted where someone asked for it.
  if (result === undefined || (seen && !result.seen)) {
    const own: Seen | undefined = seen && new Set()
    result = { issues: check(value, run, own), seen: own }
    results.set(value, result)
  }
  if (seen) for (const key of result.seen ?? []) seen.add(key)
  return result.issues
}

/**
 * What is wrong with a value, up to a number that is enough; nothing where it fits.
 * @param mostSteps steps after which it is refused
 * @param keepsAfter steps after which results are kept. Default 1000.
 */
export function walk(
  check: Check,
  value: unknown,
  mostSteps: number,
  keepsAfter = stepsBeforeKeeping,
): SchemaIssue[] | undefined {
  const fixed = { most: 1, results: new Map(), numbers: new Map(), keepsAfter, mostSteps }
  const first = { ...fixed, steps: 0, levels: 0 } as unknown as Run & { first: Run }
  first.first = first
  let issues: SchemaIssue[] | undefined
  try {
    issues = check(value, first)
    if (issues === undefined) return undefined
    // Most values fit: only of others all is looked for.
    first.steps = first.levels = 0
    return check(value, { ...first, most: mostIssues, results: new Map() }) ?? issues
  } catch (error) {
    const isRefused = error instanceof Refusal
    // A stack may be nearly full before the first level.
    if (!isRefused && !isStackFull(error)) throw error
    return issues ?? [{ path: '', message: isRefused ? error.message : tooDeep }]
  }
}
