import type { JsonObject } from '@pf-agents/agent-core'
import type { SseEvent } from '@pf-agents/http-kit'
import type { PreparedTurn } from './turn'
import { jsonEvent, type WireEncoder } from './wire-encoder'

/** OpenAI's Responses. */
export const responsesEncoder: WireEncoder = {
  headers: { 'x-request-id': 'req_fake' },
  errorEvent: 'error',
  stream(turn) {
    const events: SseEvent[] = []
    const send = (type: string, fields: JsonObject) =>
      void events.push(jsonEvent({ type, sequence_number: events.length, ...fields }, type))
    const response = whole(turn)
    send('response.created', { response: { ...response, status: 'in_progress', output: [], usage: null } })
    const items = response['output'] as JsonObject[]
    items.forEach((item, output_index) => {
      const at = { output_index, item_id: item['id'] as string }
      if (item['type'] === 'reasoning') {
        send('response.output_item.added', { output_index, item: { ...item, summary: [], encrypted_content: 'part' } })
        const part = { type: 'summary_text', text: '' }
        send('response.reasoning_summary_part.added', { ...at, summary_index: 0, part })
        for (const delta of turn.pieces(turn.reasoning)) {
          send('response.reasoning_summary_text.delta', { ...at, summary_index: 0, delta })
        }
        send('response.reasoning_summary_text.done', { ...at, summary_index: 0, text: turn.reasoning })
      } else if (item['type'] === 'message') {
        send('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', content: [] } })
        const [part] = item['content'] as JsonObject[]
        const refusal = part?.['type'] === 'refusal'
        const empty = refusal ? { type: 'refusal', refusal: '' } : { ...part, text: '' }
        send('response.content_part.added', { ...at, content_index: 0, part: empty })
        for (const delta of turn.pieces(refusal ? turn.refusal : turn.text)) {
          send(refusal ? 'response.refusal.delta' : 'response.output_text.delta', { ...at, content_index: 0, delta })
        }
        send('response.content_part.done', { ...at, content_index: 0, part: part as JsonObject })
      } else {
        send('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', arguments: '' } })
        for (const delta of turn.pieces(item['arguments'] as string)) {
          send('response.function_call_arguments.delta', { ...at, delta })
        }
        send('response.function_call_arguments.done', { ...at, arguments: item['arguments'] as string })
      }
      send('response.output_item.done', { output_index, item })
    })
    send(response['status'] === 'completed' ? 'response.completed' : 'response.incomplete', { response })
    return events
  },
  whole,
  error: (status, message, after) => ({
    type: 'error',
    ...(after !== undefined && { sequence_number: after }),
    error: { type: 'error', code: codeOf(status), message, param: null },
  }),
}

function codeOf(status: number): string {
  return status === 429 ? 'rate_limit_exceeded' : status === 529 ? 'server_is_overloaded' : 'server_error'
}

function whole(turn: PreparedTurn): JsonObject {
  const { usage, number } = turn
  const output: JsonObject[] = []
  if (turn.reasoning !== '') {
    const summary = [{ type: 'summary_text', text: turn.reasoning }]
    output.push({ id: `rs_${number}`, type: 'reasoning', summary, encrypted_content: `encrypted_${number}` })
  }
  const message = (id: string, part: JsonObject) =>
    output.push({ id, type: 'message', role: 'assistant', status: 'completed', content: [part] })
  if (turn.text !== '')
    message(`msg_${number}`, { type: 'output_text', text: turn.text, annotations: [], logprobs: [] })
  if (turn.refusal !== '') message(`msg_${number}_r`, { type: 'refusal', refusal: turn.refusal })
  turn.calls.forEach(({ id, name, arguments: text }, index) => {
    const call = { type: 'function_call', call_id: id, name, arguments: text, status: 'completed' }
    output.push({ id: `fc_${number}_${index}`, ...call })
  })
  const reason = { length: 'max_output_tokens', 'content-filter': 'content_filter', stop: '', 'tool-calls': '' }[
    turn.finish
  ]
  return {
    id: `resp_${number}`,
    object: 'response',
    created_at: 1,
    model: turn.model,
    status: reason === '' ? 'completed' : 'incomplete',
    incomplete_details: reason === '' ? null : { reason },
    error: null,
    output,
    parallel_tool_calls: true,
    tools: [],
    usage: {
      input_tokens: usage.inputTokens,
      input_tokens_details: { cached_tokens: usage.cacheReadTokens ?? 0 },
      output_tokens: usage.outputTokens,
      output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
      total_tokens: usage.inputTokens + usage.outputTokens,
    },
  }
}
