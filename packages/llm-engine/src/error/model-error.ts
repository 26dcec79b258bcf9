import { type ErrorCode, type JsonObject, PfError } from '@pf-agents/agent-core'
import type { ModelReply } from '../reply/reply'
import { defined } from '../wire/json'

/** The codes of what can go wrong with a model. */
export type ModelErrorCode = Extract<ErrorCode, `PF_MODEL_${string}`>

/** What is known of a failed call. */
export interface ModelFailure {
  provider: string
  modelId: string
  /** HTTP status, or the one that the provider's error stands for. */
  httpStatus?: number | undefined
  /** The provider's id of the request, for its support. */
  requestId?: string | undefined
  /** The provider's own word for it. */
  providerCode?: string | undefined
  /** What the provider said. Not part of `message`: it may repeat what was sent to it. */
  providerMessage?: string | undefined
}

/** What {@link ModelError} is made of. */
export interface ModelErrorOptions extends ModelFailure {
  /** What of the call was left out or changed. */
  warnings?: readonly string[] | undefined
  /** What happened and what to do, where it is more than the code says. */
  message?: string | undefined
  cause?: unknown
  retryable?: boolean | undefined
  retryAfterMs?: number | undefined
  /** More facts for programs. */
  details?: JsonObject | undefined
}

/**
 * A call of a model failed. `retryable` says whether the same call may work later; `partial` has what had come where
 * the answer broke off and it was {@link generate} that read it.
 *
 * @example
 * ```ts
 * try {
 *   await generate(model, call)
 * } catch (error) {
 *   if (PfError.is(error, 'PF_MODEL_RATE_LIMITED')) await later(error.retryAfterMs)
 *   else throw error
 * }
 * ```
 */
export class ModelError extends PfError<ModelErrorCode> implements ModelFailure {
  readonly provider: string
  readonly modelId: string
  readonly httpStatus: number | undefined
  readonly requestId: string | undefined
  readonly providerCode: string | undefined
  readonly providerMessage: string | undefined
  partial: ModelReply | undefined

  constructor(code: ModelErrorCode, options: ModelErrorOptions) {
    const { provider, modelId, httpStatus, requestId, providerCode, providerMessage, retryAfterMs } = options
    super(code, options.message, {
      ...('cause' in options && { cause: options.cause }),
      details: {
        provider,
        model: modelId,
        ...defined({ httpStatus, requestId, providerCode }),
        ...(options.warnings?.length && { warnings: [...options.warnings] }),
        ...options.details,
      },
      retryable: options.retryable ?? false,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    })
    this.name = 'ModelError'
    this.provider = provider
    this.modelId = modelId
    this.httpStatus = httpStatus
    this.requestId = requestId
    this.providerCode = providerCode
    this.providerMessage = providerMessage
    this.partial = undefined
  }
}
