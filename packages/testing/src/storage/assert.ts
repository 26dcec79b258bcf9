import { type ErrorCode, PfError } from '@pf-agents/agent-core'

/** What a failed case throws. Assertions of our own, so that the suites also run inside a component. */
export class CaseFailure extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CaseFailure'
  }
}

/** Fails the case where the condition does not hold. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new CaseFailure(message)
}

/** Fails the case where two JSON values differ. The order of keys does not count, an `undefined` field counts as absent. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const left = canonical(actual)
  const right = canonical(expected)
  if (left === right) return
  let at = 0
  while (left[at] === right[at]) at++
  const from = Math.max(0, at - 60)
  throw new CaseFailure(`${what}: got …${left.slice(from, at + 120)}… expected …${right.slice(from, at + 120)}…`)
}

/** JSON text with sorted keys; `undefined` as itself at the top. */
function canonical(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? 'undefined'
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  // Pairs rather than an object: an own key `__proto__` must count, too.
  const pairs: [string, unknown][] = []
  for (const [key, field] of Object.entries(value)) if (field !== undefined) pairs.push([key, sorted(field)])
  return { object: pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)) }
}

/** Fails the case unless the call throws, or rejects with, an error of this code. */
export async function fails(call: () => unknown, code: ErrorCode, what: string): Promise<PfError> {
  let result: unknown
  try {
    result = await call()
  } catch (error) {
    if (PfError.is(error, code)) return error
    throw new CaseFailure(`${what}: threw ${String(error)} instead of ${code}`)
  }
  throw new CaseFailure(`${what}: gave ${canonical(result)} instead of ${code}`)
}

/** Does to a value what a careless caller might do. Where it is frozen, nothing happens. */
export function scramble(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const item of Object.values(value)) scramble(item)
  attempt(() => {
    if (Array.isArray(value)) value.push('scrambled')
    else Object.assign(value, { scrambled: true })
  })
  for (const key of Object.keys(value)) {
    attempt(() => {
      const field = Object.getOwnPropertyDescriptor(value, key)?.value as unknown
      if (typeof field === 'string') Object.assign(value, { [key]: 'scrambled' })
      else if (typeof field === 'number') Object.assign(value, { [key]: -1 })
    })
  }
}

function attempt(change: () => void): void {
  try {
    change()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}
