import type { JsonObject } from '@pf-agents/agent-core'
import type { SseEvent } from '@pf-agents/http-kit'
import { argumentsOf, type PreparedTurn } from './turn'
import { jsonEvent, type WireEncoder } from './wire-encoder'

const reasons = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
} as const

/** Anthropic's Messages. */
export const anthropicEncoder: WireEncoder = {
  headers: { 'request-id': 'req_fake' },
  errorEvent: 'error',
  stream(turn) {
    const events: SseEvent[] = []
    const send = (value: JsonObject & { type: string }) => void events.push(jsonEvent(value, value.type))
    const usage = usageOf(turn)
    const message = { ...messageOf(turn, []), stop_reason: null, usage: { ...usage, output_tokens: 1 } }
    send({ type: 'message_start', message })
    send({ type: 'ping' })
    let index = 0
    const block = (start: JsonObject, deltas: JsonObject[]) => {
      send({ type: 'content_block_start', index, content_block: start })
      for (const delta of deltas) send({ type: 'content_block_delta', index, delta })
      send({ type: 'content_block_stop', index })
      index++
    }
    if (turn.reasoning !== '') {
      const deltas = turn.pieces(turn.reasoning).map((thinking): JsonObject => ({ type: 'thinking_delta', thinking }))
      const signed = { type: 'signature_delta', signature: signature(turn) }
      block({ type: 'thinking', thinking: '', signature: '' }, [...deltas, signed])
    }
    const text = turn.text + turn.refusal
    if (text !== '') {
      const deltas = turn.pieces(text).map((piece) => ({ type: 'text_delta', text: piece }))
      block({ type: 'text', text: '' }, deltas)
    }
    for (const { id, name, arguments: json } of turn.calls) {
      const pieces = ['', ...turn.pieces(json)]
      const deltas = pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece }))
      block({ type: 'tool_use', id, name, input: {} }, deltas)
    }
    send({ type: 'message_delta', delta: { stop_reason: stopReason(turn), stop_sequence: null }, usage })
    send({ type: 'message_stop' })
    return events
  },
  whole,
  error: (status, message) => ({
    type: 'error',
    error: { type: status === 429 ? 'rate_limit_error' : status === 529 ? 'overloaded_error' : 'api_error', message },
    request_id: 'req_fake',
  }),
}

function whole(turn: PreparedTurn): JsonObject {
  const content: JsonObject[] = []
  if (turn.reasoning !== '') content.push({ type: 'thinking', thinking: turn.reasoning, signature: signature(turn) })
  const text = turn.text + turn.refusal
  if (text !== '') content.push({ type: 'text', text })
  for (const { id, name, arguments: json } of turn.calls) {
    // What the real one makes of arguments that are no JSON where it has to word them as a value.
    content.push({ type: 'tool_use', id, name, input: argumentsOf(json) ?? { INVALID_JSON: json } })
  }
  return messageOf(turn, content)
}

function messageOf(turn: PreparedTurn, content: JsonObject[]): JsonObject {
  return {
    id: `msg_${turn.number}`,
    type: 'message',
    role: 'assistant',
    model: turn.model,
    content,
    stop_reason: stopReason(turn),
    stop_sequence: null,
    usage: usageOf(turn),
  }
}

function stopReason(turn: PreparedTurn): string {
  return turn.refusal === '' ? reasons[turn.finish] : 'refusal'
}

function signature(turn: PreparedTurn): string {
  return `signature_${turn.number}`
}

function usageOf({ usage }: PreparedTurn): JsonObject {
  const read = usage.cacheReadTokens ?? 0
  const written = usage.cacheWriteTokens ?? 0
  return {
    input_tokens: usage.inputTokens - read - written,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: written,
    output_tokens: usage.outputTokens,
  }
}
