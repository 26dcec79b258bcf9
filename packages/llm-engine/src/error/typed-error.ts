import { type Clock, PfError } from '@pf-agents/agent-core'
import { StreamError } from '../wire/wire'
import { type Asked, providerFailure } from './classify'
import { ModelError } from './model-error'

/** What was thrown while a model was asked, in this package's words. */
export function typedError(error: unknown, asked: Asked, clock: Clock): unknown {
  if (error instanceof ModelError) return error
  if (error instanceof StreamError)
    return providerFailure(asked, { status: 200, headers: undefined, body: error.body }, clock.now())
  if (PfError.is(error, 'PF_HTTP_TIMEOUT')) {
    const { details } = error
    return new ModelError('PF_MODEL_TIMEOUT', {
      ...asked,
      cause: error,
      details: { ...details },
      retryable: details?.['phase'] !== 'total',
    })
  }
  if (PfError.is(error, 'PF_REMOTE_RESPONSE'))
    return new ModelError('PF_MODEL_RESPONSE_INVALID', { ...asked, message: error.message, cause: error })
  // A denied address, a missing secret.
  if (PfError.is(error)) return error
  // Whatever else `fetch` or the body throws is the network's doing (WHATWG fetch: TypeError).
  return new ModelError('PF_MODEL_UNAVAILABLE', { ...asked, cause: error, retryable: true })
}

/** The same once output has been handed out: the answer broke off. */
export function interrupted(typed: unknown, asked: Asked): unknown {
  if (!(typed instanceof ModelError)) return typed
  const { httpStatus, providerCode, providerMessage, cause, message } = typed
  return new ModelError('PF_MODEL_INTERRUPTED', {
    ...asked,
    httpStatus,
    providerCode,
    providerMessage,
    // What is too much for a limit is too much the next time, too.
    ...(PfError.is(cause, 'PF_REMOTE_RESPONSE') && { message: `The model's answer broke off. ${message}` }),
    cause: typed,
    details: { because: typed.code },
  })
}
