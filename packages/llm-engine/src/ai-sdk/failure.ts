import { type Clock, type JsonValue, PfError } from '@pf-agents/agent-core'
import { type Asked, providerFailure } from '../error/classify'
import { ModelError, type ModelErrorCode } from '../error/model-error'
import { typedError } from '../error/typed-error'
import { isObject } from '../wire/json'
import { plain } from './plain'

interface ApiCallError {
  statusCode?: number
  responseHeaders?: Record<string, string>
  responseBody?: string
  isRetryable?: boolean
}

/** Errors of the AI SDK that are not answers of a provider, by name. */
const named: Readonly<Record<string, ModelErrorCode>> = {
  AI_LoadAPIKeyError: 'PF_MODEL_AUTH',
  AI_LoadSettingError: 'PF_MODEL_REQUEST_INVALID',
  AI_InvalidArgumentError: 'PF_MODEL_REQUEST_INVALID',
  AI_InvalidPromptError: 'PF_MODEL_REQUEST_INVALID',
  AI_NoSuchModelError: 'PF_MODEL_REQUEST_INVALID',
  AI_UnsupportedFunctionalityError: 'PF_MODEL_REQUEST_INVALID',
  AI_EmptyResponseBodyError: 'PF_MODEL_RESPONSE_INVALID',
  AI_InvalidResponseDataError: 'PF_MODEL_RESPONSE_INVALID',
  AI_JSONParseError: 'PF_MODEL_RESPONSE_INVALID',
  AI_NoContentGeneratedError: 'PF_MODEL_RESPONSE_INVALID',
  AI_TypeValidationError: 'PF_MODEL_RESPONSE_INVALID',
}

/** What a model of the AI SDK threw, or reported in its stream, in this package's words. */
export function aiSdkFailure(error: unknown, asked: Asked, clock: Clock): unknown {
  if (PfError.is(error)) return typedError(error, asked, clock)
  if (typeof error === 'object' && error !== null) {
    // The whole prompt with its files: whoever asks for it finds it, but no log that prints the error has it.
    for (const name of ['requestBodyValues', 'prompt'])
      if (name in error) Reflect.defineProperty(error, name, { enumerable: false })
  }
  if (isApiCallError(error)) return apiFailure(error, asked, clock)
  const code = error instanceof Error ? named[error.name] : undefined
  if (code !== undefined) return new ModelError(code, { ...asked, cause: error })
  if (error instanceof Error) return typedError(error, asked, clock)
  // Reported as the provider worded it.
  return providerFailure(asked, { status: 200, headers: undefined, body: worded(error) }, clock.now())
}

function worded(error: unknown): JsonValue | undefined {
  try {
    return plain({ error })['error']
  } catch {
    // It has itself in it: nothing of it can be told.
    return undefined
  }
}

/** By its mark, not by its class: there may be several copies of the package. */
function isApiCallError(error: unknown): error is ApiCallError {
  return typeof error === 'object' && error !== null && Symbol.for('vercel.ai.error.AI_APICallError') in error
}

function apiFailure(error: ApiCallError, asked: Asked, clock: Clock): ModelError {
  const { statusCode, responseHeaders, responseBody = '', isRetryable } = error
  if (statusCode === undefined)
    return new ModelError('PF_MODEL_UNAVAILABLE', { ...asked, cause: error, retryable: isRetryable ?? true })
  const headers = responseHeaders && new Headers(responseHeaders)
  const body = bodyOf(responseBody)
  const failure = providerFailure(asked, { status: statusCode, headers, body }, clock.now())
  const { code, httpStatus, providerCode, providerMessage, retryable, retryAfterMs } = failure
  return new ModelError(code, {
    ...asked,
    httpStatus,
    providerCode,
    providerMessage,
    retryable,
    retryAfterMs,
    cause: error,
  })
}

function bodyOf(text: string): JsonValue | undefined {
  try {
    const value = JSON.parse(text) as JsonValue
    return isObject(value) || Array.isArray(value) ? value : text
  } catch {
    return text || undefined
  }
}
