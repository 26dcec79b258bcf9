/** One field of a request or response that is not as the specification wants it (google.rpc.BadRequest.FieldViolation). */
export interface FieldViolation {
  /** Path of the field, such as `message.parts[0].raw`; empty for the value as a whole. */
  field: string
  /** What is wrong. Never repeats what was sent. */
  description: string
}

/** Violations found so far. */
export type Violations = FieldViolation[]

/** More violations than this are not collected: an answer must not grow with a hostile request. */
export const MAX_VIOLATIONS = 32

/** Notes a violation. */
export function violate(out: Violations, field: string, description: string): void {
  if (out.length < MAX_VIOLATIONS) out.push({ field, description })
}

/** Notes a violation and stands in for the value that could not be read. Nobody sees it: with a violation, decoding throws. */
export function invalid<T>(out: Violations, field: string, description: string): T {
  violate(out, field, description)
  return undefined as T
}

/**
 * Puts the name of the parent before violations found in a child. Paths are made only when something is wrong,
 * so that a good request pays nothing for them.
 */
export function prefix(out: Violations, from: number, parent: string): void {
  for (let index = from; index < out.length; index++) {
    const violation = out[index] as FieldViolation
    const { field } = violation
    violation.field = field === '' ? parent : field[0] === '[' ? parent + field : `${parent}.${field}`
  }
}
