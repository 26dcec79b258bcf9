/**
 * What HTTP needs beyond `fetch`: retries with backoff, timeouts, bounded bodies, strict JSON, server-sent events,
 * and headers that can't smuggle. Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export { parseJson, type ParseJsonOptions, defaultMaxDepth } from './body/parse-json'
export { type BodySource, discard, readBody, type ReadBodyOptions } from './body/read-body'
export { readJson } from './body/read-json'
export { abortableFetch } from './fetch/abortable-fetch'
export { type FetchFailure, fetchFailure } from './fetch/fetch-failure'
export type { FetchFunction } from './fetch/fetch-function'
export { timedFetch, type TimedFetchInit } from './fetch/timed-fetch'
export { createHeaderForwarder } from './header/forward-headers'
export { checkHeader, isHeaderName, isHeaderValue } from './header/header-value'
export { isAuthority, onlyHost, type RequestTarget, requestTarget } from './header/request-target'
export {
  createOutboundMatcher,
  matchesOutbound,
  type OutboundPattern,
  parseOutboundPattern,
} from './outbound/outbound-pattern'
export { type Backoff, backoffDelay } from './retry/backoff'
export { parseHttpDate, parseRetryAfter } from './retry/retry-after'
export { defaultRetryPolicy, retry, type RetryDecision, type RetryOptions, type RetryPolicy } from './retry/retry'
export { readSse, type ReadSseOptions } from './sse/read-sse'
export { createSseDecoder, type SseDecoder, type SseDecoderOptions } from './sse/sse-decoder'
export { encodeSseComment, encodeSseEvent, type SseEvent, sseHeaders } from './sse/sse-event'
export { createSseHub, type SseHub, type SseHubOptions } from './sse/sse-hub'
export { isSseResponse, sseResponse } from './sse/sse-response'
export type { SseOwner, SseStream } from './sse/sse-stream'
export { type TextSink, type TextSource, textSourceOf } from './sse/text-source'
export { createSseWriter, type SseWriter, type SseWriterOptions } from './sse/sse-writer'
export { abortReason, checkAborted, raceAbort } from './time/abort'
export { settlesWithin } from './time/settles-within'
export { sleep } from './time/sleep'
export { StopSignal } from './time/stop-signal'
export { type TimeoutPhase, type Timeouts, type TimeoutWatch, watchTimeouts } from './time/timeouts'
