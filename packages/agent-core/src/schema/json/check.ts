import { pointerStep } from '../pointer-step'
import type { SchemaIssue } from '../schema'
import { type Run, step } from './run'

/** The names or indexes of a value that some keyword has looked at. */
export type Seen = Set<string | number>

/**
 * What is wrong with a value; nothing where it fits. An empty list says that nothing is allowed in its place, which
 * what lies above can tell better. Lists are not to be changed: they may be kept.
 */
export type Check<Value = unknown> = (value: Value, run: Run, seen?: Seen) => SchemaIssue[] | undefined

/** An object or a list. */
export type Members = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Members {
  return kindOf(value) === 'object'
}

/** The JSON type of a value. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** Whether an object has a member. One that is undefined is none, as in its JSON. */
export function hasMember(value: Members, name: string): boolean {
  return Object.hasOwn(value, name) && value[name] !== undefined
}

/** A problem where it holds. */
export function wrongIf(isWrong: boolean, message: () => string): SchemaIssue[] | undefined {
  return isWrong ? [{ path: '', message: message() }] : undefined
}

/** What was found, and what was found beside it, as far as that is not enough already. */
export function joined(issues: SchemaIssue[] | undefined, found: SchemaIssue[], { most }: Run): SchemaIssue[] {
  if (issues === undefined || issues.length === 0) return found
  return issues.length < most ? [...issues, ...found].slice(0, most) : issues
}

/** Whether no more problems are asked for. */
export function isEnough(issues: SchemaIssue[] | undefined, { most }: Run): boolean {
  return issues !== undefined && (issues.length || 1) >= most
}

/** A check of all: each says what is wrong. */
export function allOf<Value>(checks: readonly Check<Value>[]): Check<Value> {
  return (value, run, seen) => {
    let issues: SchemaIssue[] | undefined
    for (const check of checks) {
      step(run)
      const found = check(value, run, seen)
      if (found === undefined) continue
      issues = joined(issues, found, run)
      if (isEnough(issues, run)) break
    }
    return issues
  }
}

/** Characters of a name that are told: who sends it may choose one of megabytes. */
const longestName = 100

/** A name as it is told. */
function shown(name: string | number): string {
  const text = String(name)
  return text.length > longestName ? `${text.slice(0, longestName)}…` : text
}

/**
 * A check of members, each by the check there is for its name or index, if any.
 * @param names the only ones that matter, in the order to go in. Default all of the value.
 */
export function eachMember(
  checkOf: (key: string | number, seen: Seen | undefined, value: Members) => Check | false | undefined,
  names?: readonly string[],
): Check<Members> {
  return (value, run, seen) => {
    const isList = Array.isArray(value)
    let issues: SchemaIssue[] | undefined
    for (const key of names ?? (isList ? value.keys() : Object.keys(value))) {
      step(run)
      if (!isList && !hasMember(value, key as string)) continue
      const check = checkOf(key, seen, value)
      if (!check) continue
      seen?.add(key)
      const found = check(value[key], run)
      if (found === undefined) continue
      const named =
        found.length > 0
          ? found.map(({ path, message }) => ({ path: `/${pointerStep(shown(key))}${path}`, message }))
          : [{ path: '', message: `${isList ? 'Item' : 'Property'} "${shown(key)}" is not allowed.` }]
      issues = joined(issues, named, run)
      if (isEnough(issues, run)) break
    }
    return issues
  }
}
