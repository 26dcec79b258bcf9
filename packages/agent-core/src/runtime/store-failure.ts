import { isOutOfMemory } from '../error/out-of-memory'
import { PfError } from '../error/pf-error'

/**
 * The error of a commit that was not stored. What JSON can not carry comes from a handler: that the store is there again
 * later would not help, so it is not told as a failure of the store, whatever the driver makes of it. Nor is a lack of
 * memory, which shows in the store as anywhere else.
 */
export function storeFailure(error: unknown, commit: unknown): PfError {
  if (isOutOfMemory(error)) return noMemory(error)
  const failure = PfError.is(error) ? error : new PfError('PF_STORE_UNAVAILABLE', undefined, { cause: error })
  if (!PfError.is(failure, 'PF_STORE_UNAVAILABLE')) return failure
  try {
    JSON.stringify(commit)
    return failure
  } catch (cause) {
    if (isOutOfMemory(cause)) return noMemory(cause)
    // What engines throw where a text gets too long, or a value lies too deep.
    if (cause instanceof RangeError || (cause instanceof Error && cause.name === 'InternalError')) return failure
    return new PfError(
      'PF_CONFIG_INVALID',
      'A handler gave a value that JSON can not carry: a BigInt, or an object that holds itself. Make a string or a plain object of it.',
      { cause },
    )
  }
}

function noMemory(cause: unknown): PfError {
  return PfError.is(cause, 'PF_GUEST_MEMORY') ? cause : new PfError('PF_GUEST_MEMORY', undefined, { cause })
}
