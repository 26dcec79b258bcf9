import type { JsonObject } from '../model/json'
import { spokenSentences } from './briefs'
import type { ErrorCode, SpokenCode } from './codes'

const marker = Symbol.for('pf-agents.error')

/** What an error is made of. */
export interface PfErrorOptions {
  /** What went wrong underneath. Never shown to a caller. */
  cause?: unknown
  /** Facts for programs, safe to show to the caller. */
  details?: JsonObject
  /** Whether trying the same again may help. Default false. */
  retryable?: boolean
  /** Milliseconds after which trying again makes sense. */
  retryAfterMs?: number
}

/**
 * The one base class of all errors of this SDK: a stable `code` and a sentence that says what happened and what to do.
 * Use {@link PfError.is} rather than `instanceof`: it holds between two installed copies of the package.
 *
 * @example
 * ```ts
 * try {
 *   await client.getTask({ id })
 * } catch (error) {
 *   if (PfError.is(error, 'PF_TASK_NOT_FOUND')) return undefined
 *   throw error
 * }
 * ```
 */
export class PfError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code
  readonly details: JsonObject | undefined
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined

  /** @param message what happened and what to do. The codes that runs and models end with bring their own. */
  constructor(code: Code & SpokenCode, message?: string, options?: PfErrorOptions)
  constructor(code: Code, message: string, options?: PfErrorOptions)
  constructor(code: Code, message?: string, options: PfErrorOptions = {}) {
    super(
      message ?? spokenSentences[code as SpokenCode] ?? code,
      'cause' in options ? { cause: options.cause } : undefined,
    )
    this.name = 'PfError'
    this.code = code
    this.details = options.details
    this.retryable = options.retryable ?? options.retryAfterMs !== undefined
    this.retryAfterMs = options.retryAfterMs
    Object.defineProperty(this, marker, { value: true })
  }

  /** Whether a value is an error of this SDK, of any installed copy, and has the code if one is given. */
  static is<C extends ErrorCode = ErrorCode>(value: unknown, code?: C): value is PfError<C> {
    if (typeof value !== 'object' || value === null || !(marker in value)) return false
    return code === undefined || (value as unknown as PfError).code === code
  }
}
