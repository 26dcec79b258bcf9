import type { Asked } from '../error/classify'
import { ModelError } from '../error/model-error'

type Fields = Readonly<Record<string, string>>

/**
 * `fetch` gave up before there was an answer: there is no way to the server, or a header can not be sent. It may repeat
 * that header, in its words or in those of its causes: then they are not told as they are.
 */
export function unsent(error: Error, asked: Asked, authorization: Fields, headers: Fields): ModelError {
  for (const fields of [authorization, headers]) {
    try {
      new Headers(fields)
    } catch {
      return new ModelError(fields === headers ? 'PF_MODEL_REQUEST_INVALID' : 'PF_MODEL_AUTH', {
        ...asked,
        details: {
          reason: `The ${fields === headers ? 'headers have' : 'key has'} characters that no header can have.`,
        },
      })
    }
  }
  const cause = isPlain(error, asked) ? error : new TypeError(asked.told?.(error.message))
  return new ModelError('PF_MODEL_UNAVAILABLE', { ...asked, retryable: true, cause })
}

/** Nothing is to be left out of its words, nor of those of its causes, which may go round in a circle. */
function isPlain(error: unknown, asked: Asked, depth = 8): boolean {
  if (!(error instanceof Error)) return true
  return depth > 0 && asked.told?.(error.message) === error.message && isPlain(error.cause, asked, depth - 1)
}
