import type {
  ErrorCode,
  JsonValue,
  ModelCall,
  ModelFinishReason,
  ModelStreamPart,
  ModelUsage,
  ProviderData,
} from '@pf-agents/agent-core'

/** A call of a tool that a scripted turn makes. */
export interface MockToolCall {
  /** Default `call_<turn>_<index>`, both counted from 1 and 0. */
  id?: string
  name: string
  /** Becomes JSON; text is taken as it is, to try what is not JSON. Default `{}`. */
  arguments?: JsonValue
  /** False: as if the answer had ended in the middle of the arguments. Default true. */
  complete?: boolean
  providerData?: ProviderData
}

/** One answer of a mock model. Reasoning comes first, then text, then the calls, their pieces taking turns. */
export interface MockTurn {
  reasoning?: string | { text: string; providerData: ProviderData }
  text?: string
  toolCalls?: readonly MockToolCall[]
  /** Default `tool-calls` where there are calls, else `stop`. */
  finish?: ModelFinishReason
  /** Default: 10 tokens in, 5 out. */
  usage?: ModelUsage
  /** Exactly these parts instead, for what the fields above can not say. */
  parts?: readonly ModelStreamPart[]
  /**
   * Thrown after the output of the turn, or at once where it has none; a code stands for a `PfError` with it, retryable
   * where the code is one of a passing state. No `finish` comes.
   */
  error?: Error | ErrorCode
  /** Of the output, only so many parts come before the error. Default: all of them. */
  errorAfter?: number
  /** Goes silent after the output instead of ending, until the call is aborted or left. Default false. */
  stall?: boolean
  /** Milliseconds before the first part. Default 0. */
  delayMs?: number
  /** Milliseconds before each part after it. Default 0. */
  paceMs?: number
  /** Characters per delta. Default 8. */
  deltaLength?: number
}

/** A turn: text stands for a turn that says it; a function makes the turn out of the call, counted from 1. */
export type MockTurnSource = MockTurn | string | ((call: ModelCall, number: number) => MockTurnResult)

/** What a function turn gives. */
export type MockTurnResult = MockTurn | string | Promise<MockTurn | string>

/** The output of a turn: all parts but the first and the last. */
export function outputOf(turn: MockTurn, number: number): ModelStreamPart[] {
  const out: ModelStreamPart[] = []
  const { reasoning, text = '', toolCalls = [], deltaLength = 8 } = turn
  if (reasoning !== undefined) {
    const { text: thought, providerData } = typeof reasoning === 'string' ? { text: reasoning } : reasoning
    const id = 'r0'
    out.push({ type: 'reasoning-start', id })
    for (const delta of pieces(thought, deltaLength)) out.push({ type: 'reasoning-delta', id, delta })
    out.push({ type: 'reasoning-end', id, ...(providerData && { providerData }) })
  }
  if (text !== '') {
    const id = 't0'
    out.push({ type: 'text-start', id })
    for (const delta of pieces(text, deltaLength)) out.push({ type: 'text-delta', id, delta })
    out.push({ type: 'text-end', id })
  }
  pushCalls(out, toolCalls, number, deltaLength)
  return out
}

function pushCalls(out: ModelStreamPart[], toolCalls: readonly MockToolCall[], number: number, length: number): void {
  const calls = toolCalls.map((call, index) => {
    const { arguments: given } = call
    const text = typeof given === 'string' ? given : JSON.stringify(given ?? {})
    return { ...call, toolCallId: call.id ?? `call_${number}_${index}`, text, pieces: pieces(text, length) }
  })
  for (const { toolCallId, name } of calls) out.push({ type: 'tool-call-start', toolCallId, name })
  for (let at = 0; calls.some((call) => at < call.pieces.length); at++) {
    for (const { toolCallId, pieces: list } of calls) {
      const delta = list[at]
      if (delta !== undefined) out.push({ type: 'tool-call-delta', toolCallId, delta })
    }
  }
  for (const { toolCallId, name, text, complete = true, providerData } of calls) {
    const end = { toolCallId, name, arguments: text === '' ? '{}' : text, complete }
    out.push({ type: 'tool-call-end', ...end, ...(providerData && { providerData }) })
  }
}

/** Text in pieces of whole characters: a piece never ends between the halves of a surrogate pair. */
function pieces(text: string, length: number): string[] {
  const list: string[] = []
  let at = 0
  while (at < text.length) {
    let end = at + Math.max(1, length)
    const last = text.charCodeAt(end - 1)
    if (last >= 0xd800 && last < 0xdc00 && end < text.length) end++
    list.push(text.slice(at, end))
    at = end
  }
  return list
}
