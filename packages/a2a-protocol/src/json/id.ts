import { listOf, type Member, readString, requireString } from './read'
import { type Violations, violate } from './violations'

/**
 * The longest id a request may carry, in UTF-16 units: of a message, task, context, push notification config or tenant.
 * The specification sets no bound. Ids become keys of stores, indexes and logs, so what one costs must not grow with what a
 * caller may send; everything known makes ids of 36 characters, and a path of HTTP+JSON holds no more than a few thousand.
 */
export const MAX_ID_LENGTH = 1024

/**
 * The longest page token a request may carry, in characters: that of the longest id, each unit of it written as an escape
 * of JSON (6 bytes), then in base64, with room for what stands beside it.
 */
export const MAX_PAGE_TOKEN_LENGTH = 8 * MAX_ID_LENGTH + 256

function bounded(value: string | undefined, field: string, out: Violations, limit: number): void {
  if (value !== undefined && value.length > limit) violate(out, field, `must have at most ${limit} characters`)
}

/** An id, or none. */
export function readId(value: unknown, field: string, out: Violations): string | undefined {
  const id = readString(value, field, out)
  bounded(id, field, out, MAX_ID_LENGTH)
  return id
}

/** An id that is REQUIRED (§5.7). */
export function requireId(value: unknown, field: string, out: Violations): string {
  const id = requireString(value, field, out)
  bounded(id, field, out, MAX_ID_LENGTH)
  return id
}

/** Ids; an empty list is the same as none. */
export const readIds: Member<string[] | undefined> = /* @__PURE__ */ listOf<string>((value, out) => {
  if (typeof value !== 'string') violate(out, '', 'must be a string')
  else bounded(value, '', out, MAX_ID_LENGTH)
  return value as string
})

/** A page token, or none. */
export function readPageToken(value: unknown, field: string, out: Violations): string | undefined {
  const token = readString(value, field, out)
  bounded(token, field, out, MAX_PAGE_TOKEN_LENGTH)
  return token
}
