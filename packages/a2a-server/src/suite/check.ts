/** Assertions for cases that run anywhere: in a test runner, and against a server that is a component. */

/** Throws where a value is not true. */
export function ok(value: unknown, what: string): asserts value {
  if (!value) throw new Error(`Expected ${what}.`)
}

/** Throws where two JSON values differ. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  if (same(actual, expected)) return
  throw new Error(`${what}: expected ${show(expected)}, got ${show(actual)}.`)
}

/** Throws where a value lacks something of a shape: objects may have more members than the shape, all else is compared. */
export function matches(actual: unknown, shape: unknown, what: string): void {
  if (fits(actual, shape)) return
  throw new Error(`${what}: expected at least ${show(shape)}, got ${show(actual)}.`)
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 2000)
}

type Members = Record<string, unknown>

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, index) => same(one, b[index]))
  if (!isMembers(a) || !isMembers(b)) return Object.is(a, b)
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]))
}

function fits(actual: unknown, shape: unknown): boolean {
  if (shape instanceof RegExp) return typeof actual === 'string' && shape.test(actual)
  if (Array.isArray(actual) && Array.isArray(shape)) {
    return actual.length === shape.length && shape.every((one, index) => fits(actual[index], one))
  }
  if (!isMembers(shape)) return Object.is(actual, shape)
  return isMembers(actual) && Object.entries(shape).every(([key, value]) => fits(actual[key], value))
}
