import type { JsonObject, JsonValue } from '@pf-agents/agent-core'
import { arrayOf, isObject, numberOf, objectOf, stringOf } from '../wire/json'

/** An error as a provider words it. */
export interface ProviderError {
  /** The HTTP status that the body itself names. */
  status: number | undefined
  code: string | undefined
  message: string | undefined
  /** All that tells what it is, in one text. */
  words: string
  retryAfterMs: number | undefined
  /** OpenRouter tells with 403 what its moderation found. */
  flagged: boolean
}

/** No more than this is looked at of what somebody says. */
const looked = 64 * 1024

/** What is wrong with the request, in the codes of OpenAI's streams: most are of pictures. Others may be the server's own. */
const ofRequest =
  /^(invalid|unsupported|empty|failed_to_download)_(base64_)?(image|prompt|request|parameter|value|type|function|json|schema)|^image_(too|parse|file)_|_(mismatch|user_error)$/

/** Statuses that the words of Anthropic, of Gemini and of OpenAI's streams stand for. */
const statuses: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  api_error: 500,
  server_error: 500,
  timeout_error: 504,
  vector_store_timeout: 504,
  overloaded_error: 529,
  server_is_overloaded: 529,
  slow_down: 529,
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
}

/**
 * Reads the error out of a body or an event, whoever wrote it: `{ error: { … } }` of OpenAI, Anthropic and Gemini, in
 * an array too; `{ error: "…" }`, `{ message }`, `{ detail }` of compatible servers.
 */
export function readProviderError(body: JsonValue | undefined): ProviderError {
  const first = Array.isArray(body) ? body[0] : body
  const root = typeof first === 'string' ? { message: first } : objectOf(first)
  const error = isObject(root['error']) ? root['error'] : root
  const details = arrayOf(error['details']).map(objectOf)
  const type = word(error['status']) ?? word(error['type'])
  const code = word(error['code']) ?? type
  const said = stringOf(error['message']) ?? stringOf(root['error']) ?? stringOf(root['message']) ?? detailOf(root)
  // OpenRouter repeats there what the provider behind it said.
  const { raw, reasons } = objectOf(error['metadata'])
  const behind = stringOf(raw)
  const message = (behind === undefined ? said : `${said ?? ''}: ${behind}`)?.slice(0, looked)
  const named = statuses[code ?? ''] ?? statuses[type ?? ''] ?? (ofRequest.test(code ?? '') ? 400 : undefined)
  const numeric = [error['code'], error['status']].find((value) =>
    /^[45]\d\d$/.test(`${word(value) ?? numberOf(value)}`),
  )
  return {
    status: numeric === undefined ? named : Number(numeric),
    code: code ?? (numberOf(error['code']) ?? numberOf(error['status']))?.toString(),
    message,
    words: [code, word(error['type']), message, ...details.map(({ reason }) => word(reason))].join(' '),
    retryAfterMs: retryInfo(details),
    flagged: Number(numeric) === 403 && Array.isArray(reasons),
  }
}

function word(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** FastAPI, on which vLLM is built, says `detail`. */
function detailOf(root: JsonObject): string | undefined {
  const { detail } = root
  return typeof detail === 'string' ? detail : detail === undefined ? undefined : JSON.stringify(detail)
}

/** `google.rpc.RetryInfo`, such as `{ retryDelay: '12s' }`. */
function retryInfo(details: readonly JsonObject[]): number | undefined {
  for (const { retryDelay } of details) {
    const match = /^(\d+(?:\.\d+)?)s$/.exec(stringOf(retryDelay) ?? '')
    if (match) return Math.ceil(Number(match[1]) * 1000)
  }
  return undefined
}
