import type { Asked } from '../error/classify'
import { ModelError } from '../error/model-error'

type Fields = Readonly<Record<string, string>>

/**
 * `fetch` gave up before there was an answer: there is no way to the server, or a header can not be sent. It may repeat
 * that header, in its words or in those of its cause: then neither is told as it is.
 */
export function unsent(error: Error, asked: Asked, authorization: Fields, headers: Fields): ModelError {
  const told = (text: string): string => asked.told?.(text) ?? text
  const why = (what: string) => ({
    ...asked,
    details: { reason: `A header can not have every character. Look at the ${what}.` },
  })
  if (!areHeaders(authorization)) return new ModelError('PF_MODEL_AUTH', why('key'))
  if (!areHeaders(headers)) return new ModelError('PF_MODEL_REQUEST_INVALID', why('headers'))
  const cause = isPlain(error, told) ? error : new TypeError(told(error.message))
  return new ModelError('PF_MODEL_UNAVAILABLE', { ...asked, retryable: true, cause })
}

/** Nothing is left out of its words, nor of those of its causes, which may go round in a circle. */
function isPlain(error: unknown, told: (text: string) => string, depth = 0): boolean {
  if (!(error instanceof Error)) return true
  return depth < 8 && told(error.message) === error.message && isPlain(error.cause, told, depth + 1)
}

function areHeaders(fields: Fields): boolean {
  try {
    return !!new Headers(fields)
  } catch {
    return false
  }
}
