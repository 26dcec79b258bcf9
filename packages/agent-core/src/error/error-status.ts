import { errorStatuses } from './briefs'
import type { ErrorCode } from './codes'
import type { PfError } from './pf-error'

/**
 * The HTTP status an error becomes where no protocol says otherwise. Apart from the error itself: only who answers over
 * HTTP needs the table of all of them.
 *
 * @example
 * ```ts
 * return new Response(error.message, { status: errorStatus(error) })
 * ```
 */
export function errorStatus({ code }: PfError): number {
  // A code of a newer copy of this package may not be in the table.
  return isErrorCode(code) ? errorStatuses[code] : 500
}

/** Whether a text is a code of this SDK. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorStatuses, text)
}
