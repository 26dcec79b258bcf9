import type { JsonValue } from '@pf-agents/agent-core'
import { parseRetryAfter } from '@pf-agents/http-kit'
import { ModelError, type ModelErrorCode } from './model-error'
import { type ProviderError, readProviderError } from './provider-error'

/** Who was asked. */
export interface Asked {
  provider: string
  modelId: string
  requestId: string | undefined
  warnings?: readonly string[]
  /** What the provider says, as it may be told: without the keys of the request, and not all of it. */
  told?(text: string): string
}

/**
 * What providers say in words whatever the status: the first that fits counts. Where the status is of the key or of the
 * rate, only the first may: there too many tokens are those of a minute.
 */
const saying: readonly [RegExp, ModelErrorCode][] = [
  // A state of the account, not of the rate: waiting does not help. Anthropic answers 400.
  [/insufficient[_ ](quota|balance|credit)|credit balance|billing_error/i, 'PF_MODEL_QUOTA'],
  // Gemini and xAI answer 400.
  [/API_KEY_INVALID|api key (not (valid|found)|expired)|(incorrect|invalid)[ _]api[ _]key/i, 'PF_MODEL_AUTH'],
  [/^(content_filter|moderation_blocked|(bio|cyber)_policy|\w*policy_violation)\b/, 'PF_MODEL_CONTENT_FILTER'],
  // Most; Groq; Anthropic and Bedrock; Z.ai; xAI.
  [
    /context[_ ](length|window|limit|size)|reduce the length|(prompt|input) is too long|prompt exceeds|maximum (context|prompt length)/i,
    'PF_MODEL_CONTEXT_LENGTH',
  ],
  // Some; Gemini; some; Together and whoever else runs text-generation-inference.
  [
    /too many tokens|input token count|exceeds? the max(imum)? (number of )?tokens|inputs`? tokens \+|must have less than \d+ tokens/i,
    'PF_MODEL_CONTEXT_LENGTH',
  ],
]

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
  const status = answer.status >= 400 ? answer.status : error.status
  // What nobody names is the provider's own failure.
  const { code, retryable } = verdict(status ?? 500, error)
  const { told = (text) => text.slice(0, 2048) } = asked
  const again = answer.headers?.get('x-should-retry')
  const retryAfterMs = answer.headers && delayOf(answer.headers, now)
  return new ModelError(code, {
    ...asked,
    httpStatus: status,
    providerCode: error.code && told(error.code),
    providerMessage: error.message && told(error.message),
    retryable: again === 'true' ? true : again === 'false' ? false : retryable,
    retryAfterMs: retryAfterMs ?? error.retryAfterMs,
  })
}

interface Verdict {
  code: ModelErrorCode
  retryable: boolean
}

function verdict(status: number, { words, flagged }: ProviderError): Verdict {
  if (flagged) return no('PF_MODEL_CONTENT_FILTER')
  const rows = status === 401 || status === 403 || status === 429 ? saying.slice(0, 1) : saying
  const said = rows.find(([pattern]) => pattern.test(words))?.[1]
  if (said !== undefined) return no(said)
  if (status === 402) return no('PF_MODEL_QUOTA')
  if (status === 401 || status === 403) return no('PF_MODEL_AUTH')
  if (status === 413) return no('PF_MODEL_CONTEXT_LENGTH')
  if (status === 429) return yes('PF_MODEL_RATE_LIMITED')
  if (status === 529 || status === 503) return yes('PF_MODEL_OVERLOADED')
  if (status === 408 || status === 409 || status === 500 || status === 502 || status === 504)
    return yes('PF_MODEL_UNAVAILABLE')
  return no(status > 500 ? 'PF_MODEL_UNAVAILABLE' : 'PF_MODEL_REQUEST_INVALID')
}

const no = (code: ModelErrorCode): Verdict => ({ code, retryable: false })
const yes = (code: ModelErrorCode): Verdict => ({ code, retryable: true })

/** How long the server asks to wait: `retry-after-ms` before `retry-after`. */
function delayOf(headers: Headers, now: number): number | undefined {
  const exact = headers.get('retry-after-ms')?.trim()
  if (exact !== undefined && /^\d{1,10}(\.\d+)?$/.test(exact)) return Math.ceil(Number(exact))
  return parseRetryAfter(headers.get('retry-after'), now)
}
