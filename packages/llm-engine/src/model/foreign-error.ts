import type { Asked } from '../error/classify'
import { ModelError } from '../error/model-error'
import { defined } from '../wire/json'

type Fields = Readonly<Record<string, string>>

/** For a request that could not be sent: whether that is for what its headers hold. */
export function unsendable(asked: Asked, authorization: Fields, headers: Fields): ModelError | undefined {
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
  return undefined
}

/**
 * What somebody else threw, as it may be told: name, code, words and stack of it and of what caused it, without the keys.
 * Nothing else of it is kept: it may have the request with it, as some clients put it there.
 */
export function foreignError(thrown: unknown, told: (text: string) => string, depth = 4): Error {
  const words = (value: unknown): string | undefined => (typeof value === 'string' ? told(value) : undefined)
  try {
    const { message = thrown, name, code, stack = '', cause, errors } = Object(thrown) as Record<string, unknown>
    const inner = cause ?? (errors as unknown[] | undefined)?.[0]
    return Object.assign(
      new Error(words(message), inner && depth > 0 ? { cause: foreignError(inner, told, depth - 1) } : {}),
      defined({ name: words(name), code: words(code), stack: words(stack) }),
    )
  } catch {
    return new Error('It can not be read.')
  }
}
