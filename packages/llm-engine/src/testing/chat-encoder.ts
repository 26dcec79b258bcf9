import type { JsonObject } from '@pf-agents/agent-core'
import { jsonEvent, type WireEncoder } from './wire-encoder'
import type { PreparedTurn } from './turn'

const reasons = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
} as const

/** OpenAI's Chat Completions. */
export const chatEncoder: WireEncoder = {
  headers: { 'x-request-id': 'req_fake' },
  stream(turn) {
    const head = { id: `chatcmpl-${turn.number}`, object: 'chat.completion.chunk', created: 1, model: turn.model }
    const chunk = (delta: JsonObject, finish: string | null = null) =>
      jsonEvent({ ...head, choices: [{ index: 0, delta, finish_reason: finish }] })
    const events = [chunk({ role: 'assistant', content: '' })]
    for (const piece of turn.pieces(turn.reasoning)) events.push(chunk({ reasoning_content: piece }))
    for (const piece of turn.pieces(turn.text)) events.push(chunk({ content: piece }))
    for (const piece of turn.pieces(turn.refusal)) events.push(chunk({ refusal: piece }))
    turn.calls.forEach(({ id, name }, index) => {
      events.push(chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }))
    })
    // Pieces of all calls take turns, as parallel calls may.
    const pieces = turn.calls.map((call) => turn.pieces(call.arguments))
    for (let at = 0; pieces.some((list) => at < list.length); at++) {
      pieces.forEach((list, index) => {
        const piece = list[at]
        if (piece !== undefined) events.push(chunk({ tool_calls: [{ index, function: { arguments: piece } }] }))
      })
    }
    events.push(chunk({}, reasons[turn.finish]))
    if (turn.isUsageTold) events.push(jsonEvent({ ...head, choices: [], usage: usageOf(turn) }))
    events.push({ data: '[DONE]' })
    return events
  },
  whole(turn) {
    const message: JsonObject = { role: 'assistant', content: turn.text === '' ? null : turn.text }
    if (turn.reasoning !== '') message['reasoning_content'] = turn.reasoning
    message['refusal'] = turn.refusal === '' ? null : turn.refusal
    if (turn.calls.length > 0) {
      message['tool_calls'] = turn.calls.map(({ id, name, arguments: text }) => ({
        id,
        type: 'function',
        function: { name, arguments: text },
      }))
    }
    return {
      id: `chatcmpl-${turn.number}`,
      object: 'chat.completion',
      created: 1,
      model: turn.model,
      choices: [{ index: 0, message, finish_reason: reasons[turn.finish] }],
      usage: usageOf(turn),
    }
  },
  error: (status, message) => ({ error: { message, type: 'server_error', param: null, code: codeOf(status) } }),
}

function codeOf(status: number): string | null {
  return status === 429 ? 'rate_limit_exceeded' : status === 529 ? 'overloaded_error' : null
}

function usageOf({ usage }: PreparedTurn): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cacheReadTokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  }
}
