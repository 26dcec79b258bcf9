import { type ModelProfile, type ModelStreamPart, PfError } from '@pf-agents/agent-core'
import { raceAbort, type TimeoutWatch, watchTimeouts } from '@pf-agents/http-kit'
import type { Asked } from '../error/classify'
import { ModelError } from '../error/model-error'
import { interrupted } from '../error/typed-error'
import type { Attempt, AttemptContext } from '../model/attempts'
import { holder, keptLength } from '../model/holder'
import { priced } from '../usage/cost'
import type { AiSdkLanguageModel, AiSdkPart } from './ai-sdk-types'
import { AiSdkDecoder } from './decoder'
import { aiSdkFailure } from './failure'

/** What one attempt needs. */
export interface AiSdkExchangeOptions {
  model: AiSdkLanguageModel
  provider: string
  profile: ModelProfile
  /** What `doStream` is called with, but for the signal. */
  callOptions: Record<string, unknown>
  warnings: readonly string[]
  toolName(wireName: string): string
  maxArgumentsLength: number
}

/** One call of a model of the AI SDK. It makes no attempts of its own: those are ours, and so are the timers. */
export class AiSdkExchange implements Attempt {
  readonly #options: AiSdkExchangeOptions
  readonly #context: AttemptContext
  readonly #watch: TimeoutWatch
  readonly #asked: Asked
  readonly #decoder: AiSdkDecoder
  readonly #keep: (length: number) => void
  #parts: ModelStreamPart[] = []
  #reader: ReadableStreamDefaultReader<unknown> | undefined
  #committed = false
  #over = false

  constructor(options: AiSdkExchangeOptions, context: AttemptContext) {
    const { provider, model, toolName, maxArgumentsLength } = options
    this.#options = options
    this.#context = context
    this.#watch = watchTimeouts(context.timeouts, { signal: context.signal, clock: context.host.clock })
    this.#asked = { provider, modelId: model.modelId, requestId: undefined, warnings: options.warnings }
    this.#keep = holder(4 * maxArgumentsLength, 'The data of the answer have')
    this.#decoder = new AiSdkDecoder({
      provider,
      modelId: model.modelId,
      toolName,
      hold: holder(maxArgumentsLength),
      push: (part) => void this.#parts.push(part),
    })
  }

  async open(): Promise<ModelStreamPart[]> {
    const { model, callOptions } = this.#options
    try {
      const { signal } = this.#watch
      if (signal.aborted) throw signal.reason
      const answer = Promise.resolve(model.doStream({ ...callOptions, abortSignal: signal }))
      const { stream, response } = await raceAbort(answer, signal, (late) => void late.stream.cancel().catch(() => {}))
      this.#watch.headers()
      const headers = response?.headers ?? {}
      this.#asked.requestId = headers['x-request-id'] ?? headers['request-id']
      this.#reader = stream.getReader() as ReadableStreamDefaultReader<unknown>
      return (await this.#read()) ?? []
    } catch (error) {
      this.close()
      throw this.#typed(error)
    }
  }

  async next(): Promise<ModelStreamPart[] | undefined> {
    if (this.#over) return undefined
    try {
      return await this.#read()
    } catch (error) {
      this.close()
      throw this.#typed(error)
    }
  }

  close(): void {
    this.#watch.dispose()
    const reader = this.#reader
    this.#reader = undefined
    // A model that pays no heed to the signal still learns that nobody reads on.
    void reader?.cancel().catch(() => {})
  }

  /** Reads on until there is output, or the end. */
  async #read(): Promise<ModelStreamPart[] | undefined> {
    const reader = this.#reader as ReadableStreamDefaultReader<unknown>
    for (;;) {
      this.#watch.activity()
      const { done, value } = await raceAbort(reader.read(), this.#watch.signal)
      if (done) return this.#finish()
      this.#watch.pause()
      this.#understood(() => this.#decoder.part(value as AiSdkPart))
      for (const part of this.#parts) this.#keep(keptLength(part))
      if (this.#parts.length > 0) return this.#take()
    }
  }

  #take(): ModelStreamPart[] {
    const parts = this.#parts
    this.#parts = []
    if (!this.#committed) this.#commit(parts)
    return parts
  }

  #commit(parts: ModelStreamPart[]): void {
    this.#committed = true
    this.#watch.first()
    const { provider, model, warnings } = this.#options
    const { responseId, modelId = model.modelId } = this.#decoder
    const { requestId } = this.#asked
    parts.unshift({
      type: 'response-start',
      provider,
      modelId,
      ...(responseId !== undefined && { responseId }),
      ...(requestId !== undefined && { requestId }),
      warnings: [...warnings, ...this.#decoder.warnings],
    })
  }

  #finish(): ModelStreamPart[] {
    const { error } = this.#decoder
    if (error !== undefined) throw error.value
    const end = this.#understood(() => this.#decoder.end())
    if (end === undefined) {
      throw new ModelError('PF_MODEL_UNAVAILABLE', {
        ...this.#asked,
        retryable: true,
        details: { reason: 'The answer ended before it was complete.' },
      })
    }
    this.#over = true
    this.#parts.push({ type: 'finish', finish: end.finish, usage: priced(end.usage, this.#options.profile) })
    const parts = this.#take()
    this.close()
    return parts
  }

  /** What is no part of the AI SDK, and trips the decoder up, is the model's doing and no failure of the network. */
  #understood<T>(decode: () => T): T {
    try {
      return decode()
    } catch (error) {
      if (PfError.is(error)) throw error
      throw new ModelError('PF_MODEL_RESPONSE_INVALID', { ...this.#asked, cause: error })
    }
  }

  #typed(error: unknown): unknown {
    const { signal, host } = this.#context
    if (signal.aborted) return signal.reason
    const typed = aiSdkFailure(this.#watch.signal.aborted ? this.#watch.signal.reason : error, this.#asked, host.clock)
    return this.#committed ? interrupted(typed, this.#asked) : typed
  }
}
