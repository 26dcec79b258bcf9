import type { JsonObject, JsonValue, ModelUsage } from '@pf-agents/agent-core'
import { parseObject } from '../wire/json'

/** The wire formats that the fake provider speaks. */
export type FakeWire = 'chat' | 'responses' | 'anthropic' | 'gemini'

/** A call that a scripted turn makes. */
export interface FakeToolCall {
  /** Default: made of the number of the turn and the call. */
  id?: string
  name: string
  /**
   * Sent as JSON; text is sent as it is, to try what is not JSON. Where the wire has no text for it, what is not JSON is
   * what the real provider makes of it: Anthropic's answers that are one body say `INVALID_JSON`, Gemini leaves the call
   * out and ends with `MALFORMED_FUNCTION_CALL`.
   */
  arguments?: JsonValue
}

/** One answer of the fake provider. */
export interface FakeTurn {
  /** Comes before the text, with a signature or what else the wire has for it. */
  reasoning?: string
  text?: string
  toolCalls?: readonly FakeToolCall[]
  /** Text of a refusal. */
  refusal?: string
  /** Default: `tool-calls` where there are calls, else `stop`. */
  finish?: 'stop' | 'length' | 'tool-calls' | 'content-filter'
  /** Default: 10 tokens in, 5 out. */
  usage?: ModelUsage
  /** Characters per delta. Default 8. */
  deltaLength?: number
  /** Instead of an answer, this HTTP answer. */
  status?: number
  /** Headers of the answer. */
  headers?: Readonly<Record<string, string>>
  /** Body of the answer where `status` is an error; default an error as the wire words it. */
  body?: string
  /** After so many events the connection breaks (`cut`), ends (`end`), goes silent (`stall`), or an error event or garbage comes. */
  fault?: { after: number; kind: 'cut' | 'end' | 'stall' | 'error' | 'garbage' }
  /** Milliseconds before each event. Default 0. */
  paceMs?: number
}

/** A turn with its defaults, ready to be encoded. */
export interface PreparedTurn {
  number: number
  model: string
  reasoning: string
  text: string
  refusal: string
  calls: { id: string; name: string; arguments: string }[]
  finish: NonNullable<FakeTurn['finish']>
  usage: ModelUsage & { inputTokens: number; outputTokens: number }
  /** Whether a stream says what was used: of Chat Completions one that was asked for it. */
  isUsageTold: boolean
  pieces(text: string): string[]
}

/** The arguments of a call as a value; `undefined` where they are no JSON object. */
export function argumentsOf(text: string): JsonObject | undefined {
  return parseObject(text === '' ? '{}' : text)
}

/** Fills in a turn. */
export function prepareTurn(turn: FakeTurn, number: number, model: string, isUsageTold = true): PreparedTurn {
  const { deltaLength = 8 } = turn
  const calls = (turn.toolCalls ?? []).map((call, index) => ({
    id: call.id ?? `call_${number}_${index}`,
    name: call.name,
    arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments ?? {}),
  }))
  return {
    number,
    model,
    reasoning: turn.reasoning ?? '',
    text: turn.text ?? '',
    refusal: turn.refusal ?? '',
    calls,
    finish: turn.finish ?? (calls.length > 0 ? 'tool-calls' : 'stop'),
    usage: { inputTokens: 10, outputTokens: 5, ...turn.usage },
    isUsageTold,
    pieces(text) {
      const pieces: string[] = []
      for (let at = 0; at < text.length; at += deltaLength) pieces.push(text.slice(at, at + deltaLength))
      return pieces
    },
  }
}
