import type { JsonObject, JsonValue } from '@pf-agents/agent-core'
import { isObject, numberOf, objectOf, stringOf } from '../wire/json'

/** An error as a provider words it. */
export interface ProviderError {
  /** The HTTP status that the body itself names. */
  status: number | undefined
  code: string | undefined
  message: string | undefined
  retryAfterMs: number | undefined
}

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
  overloaded_error: 529,
  invalid_prompt: 400,
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
  if (typeof first === 'string') return { status: undefined, code: undefined, message: first, retryAfterMs: undefined }
  const root = objectOf(first)
  const error = isObject(root['error']) ? root['error'] : root
  const code = word(error['code']) ?? word(error['status']) ?? word(error['type'])
  const message = stringOf(error['message']) ?? stringOf(root['error']) ?? stringOf(root['message']) ?? detailOf(root)
  const type = word(error['status']) ?? word(error['type'])
  const named = statuses[code ?? ''] ?? statuses[type ?? '']
  const numeric = numberOf(error['code']) ?? numberOf(error['status'])
  return {
    status: numeric !== undefined && numeric >= 400 && numeric < 600 ? numeric : named,
    code: code ?? (numeric === undefined ? undefined : String(numeric)),
    message,
    retryAfterMs: retryInfo(error['details']),
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
function retryInfo(details: JsonValue | undefined): number | undefined {
  if (!Array.isArray(details)) return undefined
  for (const detail of details) {
    const delay = isObject(detail) ? stringOf(detail['retryDelay']) : undefined
    const match = delay === undefined ? null : /^(\d+(?:\.\d+)?)s$/.exec(delay)
    if (match) return Math.ceil(Number(match[1]) * 1000)
  }
  return undefined
}
