import {
  A2A_EXTENSIONS_HEADER,
  decodeStreamResponse,
  EVENT_STREAM,
  isA2AError,
  mediaTypeEssence,
  type Operation,
  parseExtensions,
  replayExtensionUri,
  type StreamResponse,
} from '@pf-agents/a2a-protocol'
import { type Clock, PfError } from '@pf-agents/agent-core'
import { abortReason, type FetchFunction, readSse, timedFetch, type Timeouts } from '@pf-agents/http-kit'
import type { Binding } from '../binding/binding'
import { networkError } from '../transport/errors'
import { type ExchangeTerms, readResponse, type Sender } from '../transport/exchange'
import type { WireRequest } from '../transport/wire'

/** One event, and where it stands in the task, where the agent numbers its events. */
export interface NumberedEvent {
  event: StreamResponse
  /** Its number. */
  seq: number | undefined
  /** What to go on behind it with: begins with the number, and may have more that is the agent's own business. */
  id: string | undefined
}

/** One connection of a stream, answered: an error before the first event was thrown instead. */
export interface StreamConnection {
  /** Whether the agent goes on by number where asked to. */
  readonly replays: boolean
  /**
   * The events, each read when it is asked for. Ends with the connection; leaving it closes the connection.
   * Throws what the agent said, or how the connection broke.
   */
  events(): AsyncGenerator<NumberedEvent, void, undefined>
}

/** What connections are opened with. */
export interface StreamOpener {
  send: Sender
  fetch: FetchFunction
  clock: Clock
  maxResponseBytes: number
  maxEventLength: number
  /** Told of every chunk. Throws where that is more than the stream may have. */
  onBytes(count: number): void
  answered(status: number): void
}

/** Sends a request for a stream and waits until it is answered. */
export async function openStream(
  opener: StreamOpener,
  binding: Binding,
  request: WireRequest,
  id: number,
  terms: ExchangeTerms & { timeouts: Timeouts },
): Promise<StreamConnection> {
  const { signal, timeouts } = terms
  const timed: FetchFunction = (url, init) =>
    timedFetch(opener.fetch, url, { ...init, timeouts } as Parameters<typeof timedFetch>[2], opener.clock)
  const response = await opener.send(request, terms, timed)
  opener.answered(response.status)
  const { extensionsHeader = A2A_EXTENSIONS_HEADER } = binding
  const replays = parseExtensions(response.headers.get(extensionsHeader)).includes(replayExtensionUri)
  const { body } = response
  if (
    response.status !== 200 ||
    body === null ||
    mediaTypeEssence(response.headers.get('content-type')) !== EVENT_STREAM
  ) {
    const read = await readResponse(response, request.url, opener.maxResponseBytes, signal)
    // Mostly an error, which is thrown here. Some agents answer with their only event.
    const event = decodeStreamResponse(binding.read(read, id, opener.clock.now(), request.operation as Operation))
    return { replays: false, events: () => single(event) }
  }
  return { replays, events: () => eventsOf(body, opener, binding, request.url, id, signal) }
}

async function* single(event: StreamResponse): AsyncGenerator<NumberedEvent, void, undefined> {
  yield { event, seq: undefined, id: undefined }
}

async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  opener: StreamOpener,
  binding: Binding,
  url: string,
  id: number,
  signal: AbortSignal,
): AsyncGenerator<NumberedEvent, void, undefined> {
  const { maxEventLength } = opener
  const events = readSse(body, { signal, maxEventLength, onChunk: (chunk) => opener.onBytes(chunk.byteLength) })
  let isReading = true
  try {
    for await (const one of events) {
      isReading = false
      if (one.data === '') continue
      const event = eventOf(one, binding, id)
      if (event !== undefined) yield { event, seq: seqOf(one.id), id: one.id }
      isReading = true
    }
  } catch (error) {
    if (!isReading) throw error
    throw signal.aborted ? abortReason(signal) : networkError(error, url)
  }
}

function eventOf(one: { data: string; event?: string | undefined }, binding: Binding, id: number) {
  const isNamed = one.event !== undefined && one.event !== '' && one.event !== 'message' && one.event !== 'error'
  try {
    return decodeStreamResponse(binding.readEvent(one, id))
  } catch (error) {
    // A name of the agent's own may stand for something that is not of A2A, such as a ping.
    if (isNamed && (PfError.is(error, 'PF_REMOTE_RESPONSE') || isA2AError(error, 'InvalidAgentResponseError')))
      return undefined
    throw error
  }
}

function seqOf(id: string | undefined): number | undefined {
  const digits = id === undefined ? null : /^\d{1,15}(?!\d)/.exec(id)
  return digits === null ? undefined : Number(digits[0])
}
