import {
  type AbortSource,
  type Clock,
  type JsonValue,
  type ModelHost,
  type ModelStreamPart,
  PfError,
  type Random,
} from '@pf-agents/agent-core'
import {
  abortableFetch,
  createSseDecoder,
  raceAbort,
  type SseDecoder,
  type SseEvent,
  type Timeouts,
  type TimeoutWatch,
  watchTimeouts,
} from '@pf-agents/http-kit'
import { type Asked, providerFailure } from '../error/classify'
import { ModelError } from '../error/model-error'
import { interrupted, typedError } from '../error/typed-error'
import { priced } from '../usage/cost'
import { defined, isObject } from '../wire/json'
import { type PartSink, StreamError, type Wire, type WireDecoder, type WireRequest } from '../wire/wire'
import { drain } from './drain'
import { foreignError, unsendable } from './foreign-error'
import { holder, keptLength } from './holder'
import { bodyOf, isNotSse, redirected, strayJson } from './stray-body'
import { keysOf, withoutKeys } from './without-keys'

/** Of an error's body, no more is read, in characters. */
const errorBodyLimit = 64 * 1024
/** How much of a stream without events is kept, to find out what it was. */
const strayLimit = 64 * 1024
/** How long the usage, or `[DONE]`, may keep an answer waiting that is whole, ms. */
const restMs = 2_000
/** A process that was busy until then gets to what came meanwhile, ms. */
const graceMs = 20

type Reader = ReadableStreamDefaultReader<Uint8Array>

/** What one attempt needs. */
export interface ExchangeOptions {
  wire: Wire
  request: WireRequest
  key(): Promise<string | undefined>
  timeouts: Timeouts
  toolName(wireName: string): string
  fetch: NonNullable<ModelHost['fetch']>
  clock: Clock
  random: Random
  signal: AbortSource
  maxEventLength: number
  maxArgumentsLength: number
}

/** One HTTP exchange with a provider: request, headers, and the parts of the answer, a chunk's worth at a time. */
export class Exchange {
  readonly #options: ExchangeOptions
  readonly #watch: TimeoutWatch
  readonly #sink: PartSink = { parts: [] }
  #asked: Asked
  #authorization: Readonly<Record<string, string>> = {}
  #reader: Reader | undefined
  #sse: SseDecoder | undefined
  readonly #keep: (length: number) => void
  #decoder: WireDecoder
  readonly #utf8 = new TextDecoder()
  /** The beginning of what came, while there is no event in it. */
  #stray: string | undefined = ''
  #committed = false
  #over = false
  /** `[DONE]` came. */
  #told = false
  #status: number | undefined
  #cancelRest: (() => void) | undefined
  /** How long may still be waited for what comes behind the end: whoever reads slowly does not use it up. */
  #restMs = restMs
  /** What went wrong behind parts that are handed out first: where a chunk ends must not decide what is seen. */
  #failure: { error: unknown } | undefined

  readonly #withoutKey = (text: string): string => {
    const { request, wire } = this.#options
    return withoutKeys(text, keysOf(this.#authorization, request.headers, `${wire.provider} ${wire.modelId}`))
  }

  readonly #onAbort = (): void => {
    void this.#reader?.cancel(this.#watch.stop.reason).catch(() => {})
  }

  constructor(options: ExchangeOptions) {
    const { wire, timeouts, signal, clock, random } = options
    this.#options = options
    this.#watch = watchTimeouts(timeouts, { signal, clock })
    this.#asked = {
      provider: wire.provider,
      modelId: wire.modelId,
      requestId: undefined,
      warnings: options.request.warnings,
      told: this.#withoutKey,
    }
    // Of two events: what was gathered counts once more where its part comes out.
    this.#keep = holder(2 * options.maxEventLength, 'The data of the answer have', 'maxEventLength')
    this.#decoder = wire.decoder({
      sink: this.#sink,
      modelId: wire.owner ?? wire.modelId,
      random,
      hold: holder(options.maxArgumentsLength),
      keep: this.#keep,
      holdFile: holder(options.maxEventLength, 'The sound of the answer has', 'maxEventLength'),
      toolName: options.toolName,
    })
  }

  /** Sends the request and reads to the first output, or to the end: the caller has seen nothing until then. */
  async open(): Promise<ModelStreamPart[]> {
    const { request, fetch, wire, clock, signal, maxEventLength } = this.#options
    try {
      const { signal: watched, stop } = this.#watch
      const body = this.#body()
      await this.#authorize()
      const init = {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream',
          ...request.headers,
          ...this.#authorization,
        },
        body,
        // Followed, a redirect would take the key along: only `authorization` is left out for another host.
        redirect: 'manual' as const,
        signal: watched,
      }
      const response = await abortableFetch(fetch, request.url, init, stop)
      this.#watch.headers()
      this.#status = response.status
      const requestId = response.headers.get(wire.requestIdHeader) ?? undefined
      if (requestId !== undefined && this.#withoutKey(requestId) === requestId) this.#asked.requestId = requestId
      const reader = (this.#reader = response.body?.getReader())
      // Canceling settles the read that is pending.
      if (stop.aborted) this.#onAbort()
      else stop.addEventListener('abort', this.#onAbort)
      if (!response.ok) throw await this.#refusal(response)
      const type = response.headers.get('content-type') ?? ''
      if (/^[^;]*\bjson\b/i.test(type)) {
        return this.#whole(await this.#text(holder(maxEventLength, 'The answer has', 'maxEventLength')))
      }
      if (!reader) throw this.#cut()
      this.#sse = createSseDecoder({ maxEventLength })
      for (;;) {
        const parts = await this.#read()
        if (parts !== undefined) return parts
      }
    } catch (error) {
      this.close()
      throw this.#typed(error, signal, clock)
    }
  }

  #body(): string {
    try {
      return JSON.stringify(this.#options.request.body)
    } catch (cause) {
      const message = 'The request is no JSON. See providerOptions.'
      throw new ModelError('PF_MODEL_REQUEST_INVALID', { ...this.#asked, message, cause })
    }
  }

  /** Who gives the key may be out like any peer. What is thrown there is told by name and code: its words may hold a key. */
  async #authorize(): Promise<void> {
    const { wire, key } = this.#options
    try {
      const value = await raceAbort(key(), this.#watch.stop)
      if (value !== undefined) this.#authorization = wire.authorization(value)
    } catch (error) {
      if (PfError.is(error, 'PF_SECRET_MISSING')) throw error
      const cause = foreignError(error, (word) => (/^([A-Z_]{3,40}|\w{0,40}Error)$/.test(word) ? word : ''))
      const message = 'The key can not be had, or is no text. See apiKey.'
      throw new ModelError('PF_MODEL_UNAVAILABLE', { ...this.#asked, message, cause, retryable: true })
    }
  }

  /** The next parts, or `undefined` at the end. */
  async next(): Promise<ModelStreamPart[] | undefined> {
    const { signal, clock } = this.#options
    try {
      while (!this.#over) {
        const parts = await this.#read()
        if (parts !== undefined) return parts
      }
      return undefined
    } catch (error) {
      this.close()
      throw this.#typed(error, signal, clock)
    }
  }

  /** Frees what the exchange holds; where the answer is not over, the connection is cut. */
  close(): void {
    this.#watch.dispose()
    this.#cancelRest?.()
    const reader = this.#reader
    this.#reader = undefined
    if (reader === undefined) return
    this.#watch.stop.removeEventListener('abort', this.#onAbort)
    if (this.#over) drain(reader, this.#options.clock)
    else void reader.cancel().catch(() => {})
  }

  async #read(): Promise<ModelStreamPart[] | undefined> {
    if (this.#failure !== undefined) throw this.#failure.error
    const reader = this.#reader as Reader
    const sse = this.#sse as SseDecoder
    const decoder = this.#decoder
    try {
      this.#watch.activity()
      const { done, value } = await (decoder.ended ? this.#readBehind(reader) : reader.read())
      const { stop } = this.#watch
      if (stop.aborted) throw stop.reason
      if (done) this.#feed(sse.end(), true)
      else {
        this.#watch.pause()
        const stray = this.#stray
        if (stray !== undefined && stray.length < strayLimit) this.#stray = stray + this.#decoded(value)
        this.#feed(sse.push(value), false)
      }
      if (done || decoder.done || this.#told) return this.#finish()
      if (sse.failure) throw sse.failure
      return this.#take()
    } catch (error) {
      // The answer is whole: what breaks behind its end, or does not come there, is no part of it.
      if (decoder.ended && !this.#options.signal.aborted) return this.#finish()
      const parts = this.#take()
      if (parts === undefined) throw error
      this.#failure = { error }
      return parts
    }
  }

  /** Reads what may come behind the end of an answer, for so long that is waited for it; canceling settles a read. */
  async #readBehind(reader: Reader): Promise<Awaited<ReturnType<Reader['read']>>> {
    const { clock } = this.#options
    const begun = clock.now()
    const wait = (ms: number, then: () => void): void => void (this.#cancelRest = clock.after(ms, then))
    wait(this.#restMs, () => wait(graceMs, () => void reader.cancel().catch(() => {})))
    try {
      return await reader.read()
    } finally {
      this.#cancelRest?.()
      this.#restMs -= clock.now() - begun
    }
  }

  #feed(events: readonly SseEvent[], last: boolean): void {
    if (events.length === 0) return
    this.#stray = undefined
    for (const { data, event } of events) {
      if (this.#decoder.done || this.#told) return
      this.#event(data, event, last)
    }
  }

  /** @param last - where a text ends that the end of the stream may have cut */
  #event(data: string, name: string | undefined, last: boolean): void {
    if (data === '' || this.#told) return
    this.#told = data.length < 16 && data.startsWith('[DONE]')
    if (this.#told) return
    let value: JsonValue
    try {
      value = JSON.parse(data) as JsonValue
    } catch {
      // Some servers leave out the blank line between events; then the parser joins their data by line ends.
      const lines = data.split('\n')
      const end = lines.length - 1
      if (end > 0) for (const [at, line] of lines.entries()) this.#event(line, name, last && at === end)
      // What was cut off is not garbage: the lack of an end is judged later.
      else if (!last) throw this.#garbage(data)
      return
    }
    if (!isObject(value)) return
    const { parts } = this.#sink
    let at = parts.length
    this.#decoder.event(value, name)
    for (; at < parts.length; at++) this.#keep(keptLength(parts[at] as ModelStreamPart))
  }

  /** What was made since the last time, once there is output among it. */
  #take(): ModelStreamPart[] | undefined {
    const { parts } = this.#sink
    if (parts.length === 0) return undefined
    if (!this.#committed) {
      if (!parts.some(({ type }) => type !== 'usage')) return undefined
      this.#commit(parts)
    }
    this.#sink.parts = []
    return parts
  }

  #commit(parts: ModelStreamPart[]): void {
    this.#committed = true
    this.#watch.first()
    const { wire, request } = this.#options
    const { responseId, modelId } = this.#decoder
    const { requestId } = this.#asked
    parts.unshift({
      type: 'response-start',
      provider: wire.provider,
      modelId: modelId ?? wire.modelId,
      ...defined({ responseId, requestId }),
      warnings: request.warnings,
    })
  }

  #finish(): ModelStreamPart[] {
    const stray = this.#stray
    if (stray) {
      if (strayJson(stray) !== undefined) return this.#whole(stray)
      if (isNotSse(stray)) throw this.#garbage(stray)
    }
    const end = this.#decoder.end()
    if (end === undefined) throw this.#cut()
    this.#over = true
    const { parts } = this.#sink
    parts.push({ type: 'finish', finish: end.finish, usage: priced(end.usage, this.#options.wire.profile) })
    if (!this.#committed) this.#commit(parts)
    this.#sink.parts = []
    this.close()
    return parts
  }

  /** An answer that is one JSON body. */
  #whole(text: string): ModelStreamPart[] {
    this.#stray = undefined
    const body = strayJson(text)
    if (body === undefined || !this.#decoder.body(body)) throw this.#garbage(text)
    return this.#finish()
  }

  async #refusal({ status, headers }: Response): Promise<ModelError> {
    if (status < 400) return redirected(this.#asked, status, this.#withoutKey(headers.get('location') ?? ''))
    // What the status says is known, whatever becomes of the words.
    const body = bodyOf((await this.#text()).slice(0, errorBodyLimit))
    return providerFailure(this.#asked, { status, headers, body }, this.#options.clock.now())
  }

  /** The body as text, which is counted; uncounted, its beginning, to where it breaks or stalls at most. */
  async #text(count?: (length: number) => void): Promise<string> {
    const { stop } = this.#watch
    let text = ''
    try {
      while (this.#reader && (count || text.length < errorBodyLimit)) {
        const { done, value } = await this.#reader.read()
        if (stop.aborted) throw stop.reason
        if (done) break
        const piece = this.#decoded(value)
        text += piece
        if (count) this.#watch.activity()
        count?.(piece.length)
      }
    } catch (error) {
      if (count) throw error
    }
    return text
  }

  /** What came is none of the interface. The parser's own words are left out: they may hold a piece of the key. */
  #garbage(text: string): ModelError {
    const providerMessage = this.#withoutKey(text)
    return new ModelError('PF_MODEL_RESPONSE_INVALID', { ...this.#asked, httpStatus: this.#status, providerMessage })
  }

  #decoded(chunk: Uint8Array): string {
    return this.#utf8.decode(chunk, { stream: true })
  }

  /** The connection ended without the provider's own mark of the end. */
  #cut(): ModelError {
    return new ModelError('PF_MODEL_UNAVAILABLE', {
      ...this.#asked,
      retryable: true,
      details: { reason: 'The answer ended before it was complete.' },
    })
  }

  /** The error in this package's words; after output has been handed out, that the answer broke off. */
  #typed(error: unknown, signal: AbortSource, clock: Clock): unknown {
    if (signal.aborted) return signal.reason
    const { request } = this.#options
    let known = error
    if (!(error instanceof StreamError) && !PfError.is(error)) {
      known =
        (this.#status === undefined && unsendable(this.#asked, this.#authorization, request.headers)) ||
        foreignError(error, this.#withoutKey)
    }
    const typed = typedError(known, this.#asked, clock)
    return this.#committed ? interrupted(typed, this.#asked) : typed
  }
}
