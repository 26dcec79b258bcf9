import { PfError } from '../error/pf-error'

/**
 * The error of a commit that was not stored. What JSON can not carry comes from a handler: that the store is there again
 * later would not help, so it is not told as a failure of the store, whatever the driver makes of it.
 */
export function storeFailure(error: unknown, commit: unknown): PfError {
  const failure = PfError.is(error) ? error : new PfError('PF_STORE_UNAVAILABLE', undefined, { cause: error })
  if (!PfError.is(failure, 'PF_STORE_UNAVAILABLE')) return failure
  try {
    JSON.stringify(commit)
    return failure
  } catch (cause) {
    return new PfError(
      'PF_CONFIG_INVALID',
      'A handler gave a value that JSON can not carry: a BigInt, or an object that holds itself. Make a string or a plain object of it.',
      { cause },
    )
  }
}
