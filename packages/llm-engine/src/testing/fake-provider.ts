import { type Clock, type JsonObject, systemClock } from '@pf-agents/agent-core'
import { encodeSseEvent, type SseEvent } from '@pf-agents/http-kit'
import { objectOf, parseObject } from '../wire/json'
import { anthropicEncoder } from './anthropic-encoder'
import { chatEncoder } from './chat-encoder'
import { faultyBody } from './faulty-body'
import { geminiEncoder } from './gemini-encoder'
import { responsesEncoder } from './responses-encoder'
import { type FakeTurn, type FakeWire, prepareTurn } from './turn'
import type { WireEncoder } from './wire-encoder'

/** A request as the fake provider got it. */
export interface FakeRequest {
  wire: FakeWire
  url: string
  headers: Headers
  body: JsonObject
}

/** What the fake provider answers: one turn after the other, or what a function says of the request. */
export type FakeScript = readonly FakeTurn[] | ((request: FakeRequest, number: number) => FakeTurn | Promise<FakeTurn>)

/** Options of {@link createFakeProvider}. */
export interface FakeProviderOptions {
  /** For pacing. */
  clock?: Clock
}

/** A provider without a model. */
export interface FakeProvider {
  /** Everything it was asked, in order. */
  readonly requests: readonly FakeRequest[]
  /** The server, as a fetch handler: to be served over HTTP. */
  handle(request: Request): Promise<Response>
  /** The server as a `fetch` function: to be called in memory. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
}

const encoders: Readonly<Record<FakeWire, WireEncoder>> = {
  chat: chatEncoder,
  responses: responsesEncoder,
  anthropic: anthropicEncoder,
  gemini: geminiEncoder,
}

/**
 * A provider that answers by a script, over every wire of the clients at once; the path tells which. Real SDKs and our
 * own clients can both be pointed at it. It checks no key.
 *
 * @example
 * ```ts
 * const provider = createFakeProvider([{ text: 'Hello' }, { toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] }])
 * const model = createOpenAiChat({ model: 'any', host: { fetch: provider.fetch } })
 * ```
 */
export function createFakeProvider(script: FakeScript, options: FakeProviderOptions = {}): FakeProvider {
  const { clock = systemClock } = options
  const requests: FakeRequest[] = []
  const handle = async (request: Request): Promise<Response> => {
    const wire = wireOf(new URL(request.url).pathname)
    const encoder = wire && encoders[wire]
    if (request.method !== 'POST' || !wire || !encoder) return new Response('not found', { status: 404 })
    const body = parseObject(await request.text())
    if (body === undefined) return errorResponse(encoder, 400, 'The body is not a JSON object.')
    const asked: FakeRequest = { wire, url: request.url, headers: request.headers, body }
    requests.push(asked)
    const number = requests.length
    const turn = typeof script === 'function' ? await script(asked, number) : script[number - 1]
    if (turn === undefined) return errorResponse(encoder, 500, 'The script is over.')
    return answer(turn, asked, encoder, number, clock)
  }
  return {
    requests,
    handle,
    fetch: (input, init) => handle(input instanceof Request && init === undefined ? input : new Request(input, init)),
  }
}

function wireOf(path: string): FakeWire | undefined {
  if (path.endsWith('/chat/completions')) return 'chat'
  if (path.endsWith('/responses')) return 'responses'
  if (path.endsWith('/messages')) return 'anthropic'
  return /:(stream)?generateContent$/i.test(path) ? 'gemini' : undefined
}

function answer(turn: FakeTurn, asked: FakeRequest, encoder: WireEncoder, number: number, clock: Clock): Response {
  const headers = { ...encoder.headers, ...turn.headers }
  const { status = 200 } = turn
  if (status >= 400) {
    if (turn.body === undefined) return errorResponse(encoder, status, 'Scripted.', headers)
    return new Response(turn.body, { status, headers })
  }
  const prepared = prepareTurn(turn, number, modelOf(asked), isUsageAsked(asked))
  const streams = asked.wire === 'gemini' ? /:stream/i.test(asked.url) : asked.body['stream'] === true
  if (!streams) return Response.json(encoder.whole(prepared), { headers })
  const events = encoder.stream(prepared)
  const { fault, paceMs = 0 } = turn
  const frames = fault === undefined ? events.map(encodeSseEvent) : withFault(events, fault, encoder)
  const body = faultyBody(
    frames,
    fault?.kind === 'cut' || fault?.kind === 'stall' ? fault.kind : undefined,
    paceMs,
    clock,
  )
  return new Response(body, { status, headers: { ...headers, 'content-type': 'text/event-stream' } })
}

function withFault(events: SseEvent[], fault: NonNullable<FakeTurn['fault']>, encoder: WireEncoder): string[] {
  const frames = events.slice(0, fault.after).map(encodeSseEvent)
  if (fault.kind === 'garbage') frames.push('data: {"broken\n\n')
  if (fault.kind === 'error') {
    const event = encoder.errorEvent === undefined ? {} : { event: encoder.errorEvent }
    frames.push(encodeSseEvent({ ...event, data: JSON.stringify(encoder.error(529, 'Overloaded.', fault.after)) }))
  }
  return frames
}

function errorResponse(encoder: WireEncoder, status: number, message: string, headers = encoder.headers): Response {
  return Response.json(encoder.error(status, message), { status, headers })
}

function isUsageAsked({ wire, body }: FakeRequest): boolean {
  return wire !== 'chat' || objectOf(body['stream_options'])['include_usage'] === true
}

function modelOf({ body, url }: FakeRequest): string {
  const { model } = body
  if (typeof model === 'string') return model
  return /\/models\/([^:/]+):/.exec(url)?.[1] ?? 'fake'
}
