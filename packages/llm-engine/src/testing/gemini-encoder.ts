import type { JsonObject } from '@pf-agents/agent-core'
import { argumentsOf, type PreparedTurn } from './turn'
import { jsonEvent, type WireEncoder } from './wire-encoder'

const reasons = { stop: 'STOP', length: 'MAX_TOKENS', 'tool-calls': 'STOP', 'content-filter': 'SAFETY' } as const

/** Google's Gemini. */
export const geminiEncoder: WireEncoder = {
  headers: {},
  stream(turn) {
    const chunks: JsonObject[] = []
    for (const text of turn.pieces(turn.reasoning)) chunks.push(chunk(turn, [{ text, thought: true }]))
    for (const text of turn.pieces(turn.text + turn.refusal)) chunks.push(chunk(turn, [{ text }]))
    const called = calls(turn)
    if (called.length > 0) chunks.push(chunk(turn, called))
    chunks.push(chunk(turn, [], finishReason(turn)))
    return chunks.map((value) => jsonEvent(value))
  },
  whole(turn) {
    const parts: JsonObject[] = []
    if (turn.reasoning !== '') parts.push({ text: turn.reasoning, thought: true })
    const text = turn.text + turn.refusal
    if (text !== '') parts.push({ text })
    return chunk(turn, [...parts, ...calls(turn)], finishReason(turn))
  },
  error: (status, message) => ({
    error: { code: status, message, status: status === 429 ? 'RESOURCE_EXHAUSTED' : 'UNAVAILABLE' },
  }),
}

function chunk(turn: PreparedTurn, parts: JsonObject[], finish?: string): JsonObject {
  const { usage } = turn
  const thoughts = usage.reasoningTokens ?? 0
  return {
    candidates: [
      { index: 0, content: { role: 'model', parts }, ...(finish !== undefined && { finishReason: finish }) },
    ],
    usageMetadata: {
      promptTokenCount: usage.inputTokens,
      cachedContentTokenCount: usage.cacheReadTokens ?? 0,
      candidatesTokenCount: usage.outputTokens - thoughts,
      thoughtsTokenCount: thoughts,
      totalTokenCount: usage.inputTokens + usage.outputTokens,
    },
    modelVersion: turn.model,
    responseId: `response_${turn.number}`,
  }
}

/** Of calls made together only the first is signed; one whose arguments are no JSON is none. */
function calls(turn: PreparedTurn): JsonObject[] {
  return turn.calls
    .flatMap(({ id, name, arguments: json }) => {
      const args = argumentsOf(json)
      return args === undefined ? [] : [{ functionCall: { id, name, args } }]
    })
    .map((call, index) => ({ ...call, ...(index === 0 && { thoughtSignature: `c2lnbmF0dXJl${turn.number}` }) }))
}

function finishReason(turn: PreparedTurn): string {
  const isBroken = turn.calls.some((call) => argumentsOf(call.arguments) === undefined)
  if (isBroken && turn.finish === 'tool-calls') return 'MALFORMED_FUNCTION_CALL'
  return turn.refusal === '' ? reasons[turn.finish] : 'SAFETY'
}
