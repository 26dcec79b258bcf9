import { EVENT_STREAM, type Operation, type Requests } from '@pf-agents/a2a-protocol'
import { type JsonValue, PfError } from '@pf-agents/agent-core'
import { parseJson, type SseEvent } from '@pf-agents/http-kit'
import type { WireRequest, WireResponse } from '../transport/wire'

/** How operations become HTTP requests, and responses become results. */
export interface Binding {
  /** The header by which extensions are asked for and confirmed, in a version that has another. Default A2A-Extensions. */
  readonly extensionsHeader?: string
  /** Writes a request. `id` is for bindings that number their requests. */
  write<K extends Operation>(operation: K, request: Requests[K], id: number): WireRequest
  /**
   * Reads the result out of a response; the decoder of the operation reads it on.
   * @param now - milliseconds since 1970
   * @param operation - what was asked for
   * @throws A2AError what the agent answered, or PF_REMOTE_RESPONSE where that is no answer
   */
  read(response: WireResponse, id: number, now: number, operation: Operation): JsonValue
  /**
   * Reads what one event of a stream carries, to be read on as a StreamResponse.
   * @throws A2AError what the agent said in the middle of the stream, PF_REMOTE_RESPONSE where that is nothing A2A allows
   */
  readEvent(event: SseEvent, id: number): JsonValue
  /** SubscribeToTask as agents take it that go by the proto alone; `undefined` where the binding has one way only. */
  writeSubscribe?(request: Requests['SubscribeToTask']): WireRequest
}

/** What asks for a stream accepts: errors before its first event are JSON. */
export const streamAccept = (...types: string[]) => [EVENT_STREAM, ...types].join(', ')

// A free-form value may be 100 deep; around it are the members of a task and the envelope.
const maxDepth = 120

/** The JSON of a response, or `undefined` where it is none. */
export function jsonOf(response: WireResponse): JsonValue | undefined {
  try {
    return response.bytes.byteLength === 0
      ? undefined
      : parseJson(response.bytes, { maxDepth, code: 'PF_REMOTE_RESPONSE' })
  } catch {
    return undefined
  }
}

/** The JSON of a response that must have some. @throws PfError PF_REMOTE_RESPONSE */
export function requiredJson(response: WireResponse): JsonValue {
  return parseJson(response.bytes, { maxDepth, code: 'PF_REMOTE_RESPONSE' })
}

/** The JSON of a response that may have none: `null` then, as the answer to what has no result. @throws PfError PF_REMOTE_RESPONSE */
export function optionalJson(response: WireResponse): JsonValue {
  return response.bytes.byteLength === 0 ? null : requiredJson(response)
}

/** The JSON of an event. @throws PfError PF_REMOTE_RESPONSE */
export function eventJson({ data }: SseEvent): JsonValue {
  return parseJson(data, { maxDepth, code: 'PF_REMOTE_RESPONSE' })
}

/** A request's body. @throws PfError PF_REQUEST_INVALID where it is not JSON (a cycle, a BigInt) */
export function bodyOf(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    throw new PfError('PF_REQUEST_INVALID', 'The request has a value that JSON can not carry.', { cause })
  }
}

/** The error for a status that no binding of A2A answers with. */
export function unexpectedStatus({ status, headers }: WireResponse): PfError {
  const location = headers.get('location')
  const redirect =
    status >= 300 && status < 400 && location ? `, a redirect to ${location.slice(0, 200)}, which is not followed` : ''
  return new PfError('PF_REMOTE_RESPONSE', `The agent answered with HTTP ${status}${redirect}.`, {
    details: { status },
  })
}
