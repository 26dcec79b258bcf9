import { pointerStep } from '../pointer-step'
import type { SchemaIssue } from '../schema'

/** The names or indexes of a value that some keyword has looked at. */
export type Seen = Set<string | number>

/**
 * What is wrong with a value; nothing where it fits. An empty list says that nothing is allowed in its place, which
 * what lies above can tell better.
 * @param first whether one problem is enough.
 */
export type Check<Value = unknown> = (value: Value, first: boolean, seen?: Seen) => SchemaIssue[] | undefined

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

/** A problem where it holds. */
export function wrongIf(isWrong: boolean, message: () => string): SchemaIssue[] | undefined {
  return isWrong ? [{ path: '', message: message() }] : undefined
}

/** A check of all: each says what is wrong. */
export function allOf<Value>(checks: readonly Check<Value>[]): Check<Value> {
  return (value, first, seen) => {
    let issues: SchemaIssue[] | undefined
    for (const check of checks) {
      const found = check(value, first, seen)
      if (found === undefined) continue
      if (first) return found
      issues = issues === undefined ? found : [...issues, ...found]
    }
    return issues
  }
}

/** A check of members, each by the check there is for its name or index, if any. */
export function eachMember(
  checkOf: (key: string | number, seen: Seen | undefined, value: Members) => Check | false | undefined,
): Check<Members> {
  return (value, first, seen) => {
    const isList = Array.isArray(value)
    const issues: SchemaIssue[] = []
    for (const key of isList ? value.keys() : Object.keys(value)) {
      const check = checkOf(key, seen, value)
      if (!check) continue
      seen?.add(key)
      const found = check(value[key], first)
      if (found === undefined) continue
      if (found.length === 0)
        issues.push({ path: '', message: `${isList ? 'Item' : 'Property'} "${key}" is not allowed.` })
      for (const { path, message } of found) issues.push({ path: `/${pointerStep(key)}${path}`, message })
      if (first) break
    }
    return issues.length > 0 ? issues : undefined
  }
}
