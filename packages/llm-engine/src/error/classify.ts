import type { JsonValue } from '@pf-agents/agent-core'
import { parseRetryAfter } from '@pf-agents/http-kit'
import { ModelError, type ModelErrorCode } from './model-error'
import { type ProviderError, readProviderError } from './provider-error'

/** Who was asked. */
export interface Asked {
  provider: string
  modelId: string
  requestId: string | undefined
}

const tooLong =
  /prompt is too long|context[_ ](length|window)|maximum context|too many tokens|exceeds? the (maximum|max) (number of )?tokens|input token count|input is too long|reduce the length/i

/**
 * The error that an HTTP answer of 400 and above, or an error inside a stream (`status` 200), stands for.
 *
 * @param now - milliseconds since 1970
 */
export function providerFailure(
  asked: Asked,
  answer: { status: number; headers: Headers | undefined; body: JsonValue | undefined },
  now: number,
): ModelError {
  const error = readProviderError(answer.body)
  const status = answer.status >= 400 ? answer.status : (error.status ?? 500)
  const { code, retryable } = verdict(status, error)
  const told = answer.headers?.get('x-should-retry')
  const retryAfterMs = answer.headers && delayOf(answer.headers, now)
  return new ModelError(code, {
    ...asked,
    httpStatus: status,
    providerCode: error.code,
    providerMessage: error.message,
    retryable: told === 'true' ? true : told === 'false' ? false : retryable,
    retryAfterMs: retryAfterMs ?? error.retryAfterMs,
  })
}

interface Verdict {
  code: ModelErrorCode
  retryable: boolean
}

function verdict(status: number, error: ProviderError): Verdict {
  const code = error.code ?? ''
  // A state of the account, not of the rate: waiting does not help.
  if (status === 402 || code === 'insufficient_quota' || code === 'billing_error') return no('PF_MODEL_QUOTA')
  if (status === 401 || status === 403) return no('PF_MODEL_AUTH')
  if (code === 'context_length_exceeded' || status === 413) return no('PF_MODEL_CONTEXT_LENGTH')
  if (code === 'content_filter' || code === 'content_policy_violation') return no('PF_MODEL_CONTENT_FILTER')
  if (status === 429) return yes('PF_MODEL_RATE_LIMITED')
  if (status === 529 || status === 503) return yes('PF_MODEL_OVERLOADED')
  if (status === 408 || status === 409 || status === 500 || status === 502 || status === 504)
    return yes('PF_MODEL_UNAVAILABLE')
  if (status > 500) return no('PF_MODEL_UNAVAILABLE')
  if (tooLong.test(error.message ?? '')) return no('PF_MODEL_CONTEXT_LENGTH')
  return no('PF_MODEL_REQUEST_INVALID')
}

const no = (code: ModelErrorCode): Verdict => ({ code, retryable: false })
const yes = (code: ModelErrorCode): Verdict => ({ code, retryable: true })

/** How long the server asks to wait: `retry-after-ms` before `retry-after`. */
function delayOf(headers: Headers, now: number): number | undefined {
  const exact = headers.get('retry-after-ms')?.trim()
  if (exact !== undefined && /^\d{1,10}(\.\d+)?$/.test(exact)) return Math.ceil(Number(exact))
  return parseRetryAfter(headers.get('retry-after'), now)
}
